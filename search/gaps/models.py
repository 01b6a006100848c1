"""What is kept of unanswered questions. No row knows who asked, when on a day, or in which order."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Gap(models.Model):
    """A question that the site owes an answer, whatever its words.

    Everything but `key` and what an editor decided goes with the askings and counts below it (search.gaps.ageing).
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        DONE = "done", _("Dealt with")
        DISMISSED = "dismissed", _("Dismissed")

    # Random, here and below: a counter would keep the order, and with it which questions came from one person.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    language = models.CharField(_("language"), max_length=10)
    key = models.CharField(max_length=32, editable=False)
    """of the set of terms (search.gaps.wording.key_of): the same question is known again when its words are gone"""
    words = ArrayField(models.CharField(max_length=80), default=list, editable=False)
    """the set of terms as people write them, in alphabetical order; empty when nothing of the question is kept"""
    nearest = ArrayField(models.UUIDField(), default=list, editable=False)
    """translation keys of the pages that a visitor is offered instead, nearest first"""

    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    note = models.TextField(
        _("note"),
        max_length=500,
        blank=True,
        help_text=_("For your colleagues: what was done, or why nothing needs to be. Please name nobody."),
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("decided on"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("unanswered question")
        verbose_name_plural = _("unanswered questions")
        default_permissions = ("view", "change")
        constraints = [models.UniqueConstraint(fields=["language", "key"], name="gaps_gap_once")]

    def __str__(self) -> str:
        # Goes into Wagtail's own records of what editors do, which are kept: never a word of the question.
        return str(_("unanswered question"))


class Asking(models.Model):
    """How often a question was asked in the same words on one day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    day = models.DateField()
    language = models.CharField(max_length=10)
    question = models.CharField(max_length=200)
    """cut, and without what looks like a person (search.gaps.masking)"""
    count = models.PositiveIntegerField(default=1, db_default=1)
    gap = models.ForeignKey(Gap, on_delete=models.CASCADE, null=True, related_name="askings")
    """null until the question was asked again on behalf of a visitor (search.gaps.checking); not shown before"""

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["day", "language", "question"], name="gaps_asking_once")
        ]

    def __str__(self) -> str:
        return str(self.id)


class MonthCount(models.Model):
    """What is left of a month's askings when their words are deleted: how many there were."""

    gap = models.ForeignKey(Gap, on_delete=models.CASCADE, related_name="months")
    month = models.DateField()
    """its first day"""
    count = models.PositiveIntegerField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["gap", "month"], name="gaps_monthcount_once")]

    def __str__(self) -> str:
        return f"{self.gap_id} {self.month:%Y-%m}: {self.count}"
