"""What was found on live pages, for the report: to look at all of them takes minutes."""

from __future__ import annotations

from django.db import models


class PageFindings(models.Model):
    """How much there is to look at on a live page. Which, the list of the page says, in the language of who asks."""

    page = models.OneToOneField(
        "wagtailcore.Page", models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="findings"
    )
    """Deleted with it by the database (migration 0001): the worker may write a row while an editor deletes the page, which
    Django, having looked for such rows before, would refuse at the end."""
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
