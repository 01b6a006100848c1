"""Who enters, and what all screens of the room share."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from kb.bridges import permissions
from kb.bridges.models import Bridge
from kb.core.reader import reader_of
from search.reader import reading_language


class BridgeRoom:
    """Raises PermissionDenied for who may not see the room; with `may_write`, for who may not work in it."""

    may_write = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = request.user
        if not permissions.may_view(user):
            raise PermissionDenied
        if self.may_write and not (permissions.may_change(user) and permissions.may_add(user)):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


class BridgeScreen(BridgeRoom, WagtailAdminTemplateMixin, TemplateView):
    """A screen about one bridge."""

    header_icon = "group"

    @cached_property
    def language(self) -> str:
        return reading_language()

    @cached_property
    def reader(self) -> Any:
        return reader_of(self.request)

    @cached_property
    def bridge(self) -> Bridge:
        return get_object_or_404(Bridge, pk=self.kwargs["bridge_id"])

    @property
    def here(self) -> str:
        """Address of the bridge's own screen."""
        return reverse("lotse_bridges:bridge", args=[self.bridge.pk])

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        items = [
            *super().get_breadcrumbs_items(),
            {"url": reverse("lotse_bridges:list"), "label": _("Cluster bridges")},
        ]
        if "bridge_id" in self.kwargs and self.page_title_is_a_part:
            items.append({"url": self.here, "label": str(self.bridge)})
        return [*items, {"url": "", "label": self.get_page_title()}]

    page_title_is_a_part = True
    """False for the bridge's own screen, which is the last of the breadcrumbs itself"""
