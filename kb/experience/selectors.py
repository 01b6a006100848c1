"""Short reports that wait for an editor."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from kb.experience.models import ShortReport
from search.writers import pages_of_writer


def unpublished(user: Any) -> QuerySet[ShortReport]:
    """Those that are no case example yet and that `user` may change, newest first."""
    found = ShortReport.objects.filter(page__live=False, page__in=pages_of_writer(user).values("pk"))
    return found.select_related("page").order_by("-pk")
