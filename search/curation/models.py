"""Decisions are only ever added: the newest about a pair is in force, the others are its history."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Decision(models.Model):
    """Somebody pinned, dismissed or restored `other` in the list of `page`.

    By translation keys, so that one decision is for all languages and outlives whatever happens to the index. Read
    by search/related/related.sql.
    """

    class Verdict(models.TextChoices):
        PINNED = "pinned", _("pinned")
        DISMISSED = "dismissed", _("dismissed")
        RESTORED = "restored", _("left to the search again")

    page_key = models.UUIDField()
    other_key = models.UUIDField()
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["page_key", "other_key", "-id"], name="curation_decision_pair")]

    def __str__(self) -> str:
        return f"{self.page_key} ~ {self.other_key}: {self.verdict}"
