"""The facts of a practice guide: which values they may have, and which of them contradict each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Kind(models.TextChoices):
    EVENT_FORMAT = "event_format", _("Event format")
    METHOD = "method", _("Method")
    PROCESS = "process", _("Process")
    CHECKLIST = "checklist", _("Checklist")


class Phase(models.TextChoices):
    ANALYSE = "analyse", _("Analyse")
    PLAN = "plan", _("Plan")
    DO = "do", _("Carry out")
    EVALUATE = "evaluate", _("Evaluate")


class Mode(models.TextChoices):
    ONSITE = "onsite", _("On site")
    ONLINE = "online", _("Online")
    HYBRID = "hybrid", _("Hybrid")


class CostClass(models.TextChoices):
    NONE = "none", _("No costs")
    LOW = "low", _("Low costs")
    MEDIUM = "medium", _("Medium costs")
    HIGH = "high", _("High costs")


class Difficulty(models.TextChoices):
    EASY = "easy", _("Easy")
    MEDIUM = "medium", _("Medium")
    ADVANCED = "advanced", _("Advanced")


class Status(models.TextChoices):
    DRAFT = "draft", _("Not tried yet")
    TESTED = "tested", _("Tested")
    PROVEN = "proven", _("Proven")
    OUTDATED = "outdated", _("Outdated")


class GuideFacts(models.Model):
    """Everything about a guide that is a figure or a choice.

    Only kind and task area are required, and a draft may be without them.
    """

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    task_area = models.ForeignKey(
        "core.TaskArea",
        verbose_name=_("task area"),
        null=True,  # a draft may be without; a published guide may not, since the field is not blank
        on_delete=models.PROTECT,
        related_name="+",
    )
    phase = models.CharField(_("phase"), max_length=20, choices=Phase.choices, blank=True)
    duration_min = models.PositiveIntegerField(
        _("duration from (minutes)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("How long the thing itself takes. For a process over weeks: its main session."),
    )
    duration_max = models.PositiveIntegerField(
        _("duration to (minutes)"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    lead_time_days = models.PositiveIntegerField(
        _("lead time (days)"),
        null=True,
        blank=True,
        help_text=_("How many days before the date you have to begin."),
    )
    group_min = models.PositiveIntegerField(
        _("group size from"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    group_max = models.PositiveIntegerField(
        _("group size to"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    effort_days = models.DecimalField(
        _("effort (person-days)"),
        max_digits=5,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("Of everybody together, preparation and follow-up included."),
    )
    cost_class = models.CharField(_("costs"), max_length=10, choices=CostClass.choices, blank=True)
    cost_note = models.CharField(
        _("note on costs"),
        max_length=120,
        blank=True,
        help_text=_("What the money goes to, and how much it is."),
    )
    mode = models.CharField(_("mode"), max_length=10, choices=Mode.choices, blank=True)
    difficulty = models.CharField(_("difficulty"), max_length=10, choices=Difficulty.choices, blank=True)

    class Meta:
        abstract = True

    def clean(self) -> None:
        """Raises ValidationError where two facts contradict each other."""
        super().clean()
        errors: dict[str, StrOrPromise] = {}
        for lower, upper in (("duration_min", "duration_max"), ("group_min", "group_max")):
            start, end = getattr(self, lower), getattr(self, upper)
            if start is not None and end is not None and end < start:
                errors[upper] = _("The upper value is smaller than the lower one (%(start)s).") % {
                    "start": start
                }
        if errors:
            raise ValidationError(errors)


class Review(models.Model):
    """Where a text comes from, who looked at it last, and when that is due again."""

    authors = models.CharField(_("authors"), max_length=250, blank=True)
    contact = models.EmailField(
        _("contact"),
        blank=True,
        help_text=_("Whom readers can ask: an address that stays when somebody leaves."),
    )
    source = models.CharField(
        _("source"), max_length=250, blank=True, help_text=_("Where this was first described.")
    )
    source_url = models.URLField(_("address of the source"), blank=True)
    licence = models.CharField(
        _("licence"),
        max_length=60,
        blank=True,
        help_text=_(
            "How others may use this. For example “CC BY 4.0”: use and change it, and name the source."
        ),
    )
    reviewed_on = models.DateField(_("reviewed on"), null=True, blank=True)
    reviewed_by = models.CharField(
        _("reviewed by"),
        max_length=120,
        blank=True,
        help_text=_("A role or an organisation, as readers see it."),
    )
    next_review = models.DateField(
        _("next review"),
        null=True,
        blank=True,
        help_text=_(
            "In a year, for example. Whoever is responsible is reminded by mail 30 days before, and on the day."
        ),
    )
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("responsible for the review"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Gets the reminders. Empty: whoever began the guide."),
    )
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DRAFT)

    class Meta:
        abstract = True

    def clean(self) -> None:
        """Raises ValidationError for a review in the future or a next one before the last one."""
        super().clean()
        errors: dict[str, StrOrPromise] = {}
        if self.reviewed_on and self.reviewed_on > timezone.localdate():
            errors["reviewed_on"] = _("This date is in the future.")
        if self.reviewed_on and self.next_review and self.next_review < self.reviewed_on:
            errors["next_review"] = _("The next review is before the last one.")
        if errors:
            raise ValidationError(errors)
