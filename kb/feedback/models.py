"""What readers say of a page. No row knows who said it, when on a day, or in which order."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Feedback(models.Model):
    """One answer to "Was this helpful?"."""

    class Reason(models.TextChoices):
        MISSING = "missing", _("Something is missing")
        UNCLEAR = "unclear", _("It is hard to understand")
        OUTDATED = "outdated", _("It is out of date or wrong")
        OTHER = "other", _("I was looking for something else")

    # Random: a counter would keep the order, and with it which answers came from one person.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    page = models.ForeignKey("wagtailcore.Page", on_delete=models.CASCADE, related_name="feedback")
    day = models.DateField()
    helpful = models.BooleanField()
    reason = models.CharField(max_length=10, choices=Reason.choices, blank=True)
    text = models.TextField(blank=True)
    """without what looks like a person (search.gaps.masking); deleted after services.DAYS_KEPT"""
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    handled_on = models.DateField(null=True, editable=False)

    wagtail_reference_index_ignore = True  # an answer is no place where a page is used

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        default_permissions = ("view", "change")
        indexes = [models.Index(fields=["page", "day"], name="feedback_page_day")]

    def __str__(self) -> str:
        # Goes into Wagtail's own records of what editors do, which are kept: never a reader's word.
        return str(_("feedback"))
