"""Short reports that wait for an editor."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from wagtail.permission_policies.pages import PagePermissionPolicy

from kb.experience.models import ShortReport


def unpublished(user: Any) -> QuerySet[ShortReport]:
    """Those that are no case example yet and that `user` may change, newest first."""
    editable = PagePermissionPolicy().instances_user_has_any_permission_for(user, {"change", "publish"})
    found = ShortReport.objects.filter(page__live=False, page__in=editable.values("pk"))
    return found.select_related("page").order_by("-pk")
