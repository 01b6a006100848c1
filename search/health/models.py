"""Signs of life of what works in the background."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Sign(models.Model):
    """When a part was last seen at work."""

    class Part(models.TextChoices):
        WORKER = "worker", _("Worker")
        """has begun a task"""
        SCHEDULE = "schedule", _("Schedule")
        """beat has sent a task, the broker delivered it, a worker began it"""

    part = models.CharField(max_length=10, primary_key=True, choices=Part.choices)
    seen_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        permissions = [
            ("view_index", _("Can see how the search index is doing")),
            ("retry_index", _("Can have failed pages of the search index tried again")),
        ]

    def __str__(self) -> str:
        return self.part
