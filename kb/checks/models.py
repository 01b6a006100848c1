"""What was found on live pages, for the report: to look at all of them takes minutes."""

from __future__ import annotations

from django.db import models


class PageFindings(models.Model):
    """How much there is to look at on a live page. Which, the list of the page says, in the language of who asks."""

    page = models.OneToOneField(
        "wagtailcore.Page", primary_key=True, on_delete=models.CASCADE, related_name="findings"
    )
    counts = models.JSONField(default=dict)
    """kb.checks.finding.Kind -> number, without those of which there are none"""
    number = models.PositiveIntegerField()
    """of all kinds"""
    checked_at = models.DateTimeField(db_index=True)

    wagtail_reference_index_ignore = True  # no place where a page is used

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.page_id)
