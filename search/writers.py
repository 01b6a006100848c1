"""Who writes: people who may change or publish pages, and which pages these are. Reports for editors show these alone."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import cached_property
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic import PermissionCheckedMixin
from wagtail.permission_policies.pages import PagePermissionPolicy

WRITERS = ["change", "publish"]
"""Page permissions of which one is enough."""


def writes(user: Any) -> bool:
    """Whether there is any page that `user` may change or publish."""
    return bool(PagePermissionPolicy().user_has_any_permission(user, WRITERS))


def pages_of_writer(user: Any) -> Any:
    """The pages that `user` may change or publish (PageQuerySet)."""
    return PagePermissionPolicy().instances_user_has_any_permission_for(user, WRITERS)


class ForWriters(PermissionCheckedMixin):
    """A view of the admin for who `writes`."""

    any_permission_required = WRITERS

    @cached_property
    def permission_policy(self) -> PagePermissionPolicy:
        return PagePermissionPolicy()


class WritersMenuItem(MenuItem):
    """Leads to such a view."""

    def is_shown(self, request: HttpRequest) -> bool:
        return writes(request.user)
