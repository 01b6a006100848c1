"""Passages in which the clusters' own pages tell of the problem."""

from __future__ import annotations

from django.db import models
from wagtail.models import Page


class Evidence(models.Model):
    """A passage as it stood on its page when it was taken.

    Shown only to who may see that very page at that moment (kb.bridges.evidence), and gone with the page.
    """

    bridge = models.ForeignKey("bridges.Bridge", on_delete=models.CASCADE, related_name="evidence")
    cluster_key = models.UUIDField()
    """translation key of the cluster that says it"""
    row = models.PositiveSmallIntegerField()
    """passages of the same row stand side by side"""
    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="+")
    page_key = models.UUIDField()
    """its translation key: in whichever language, it is the same passage"""
    anchor = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=255)
    """of the page"""
    heading = models.CharField(max_length=300, blank=True)
    text = models.TextField()
    taken_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        ordering = ["row", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["bridge", "page_key", "anchor", "row"], name="bridges_evidence_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.title} #{self.anchor}"
