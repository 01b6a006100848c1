"""Who was reminded of what, so that nobody is reminded twice."""

from __future__ import annotations

from django.db import models


class Reminder(models.Model):
    """A mail about the review of a guide. Another date is another review, and has reminders of its own."""

    page = models.ForeignKey("wagtailcore.Page", on_delete=models.CASCADE, related_name="+")
    why = models.CharField(max_length=10)
    """selectors.Review: once when the review comes near, once when it is overdue"""
    next_review = models.DateField()
    sent_at = models.DateTimeField(auto_now_add=True)

    wagtail_reference_index_ignore = True  # no place where a page is used

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["page", "why", "next_review"], name="upkeep_reminder_once")
        ]

    def __str__(self) -> str:
        return f"{self.page_id}: {self.why}"
