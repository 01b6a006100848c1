"""Panels beside Wagtail's editor of pages, which has no hook for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from wagtail.admin.ui.side_panels import BaseSidePanel
from wagtail.admin.viewsets.pages import base_page_viewset
from wagtail.models import Page

MakePanel = Callable[[Page, HttpRequest, bool], BaseSidePanel | None]
"""(page as it is edited, request, whole) -> panel, or None for no panel. `whole` is False where Wagtail, having saved a
draft by itself, renders only the panels anew: what somebody has typed into one would be lost."""


def stand_beside_editor(make: MakePanel) -> MakePanel:
    """For all page types, on top of what other rooms have put there: call it from `wagtail_hooks`, in an app that
    INSTALLED_APPS names after those."""
    for name in ("add_view_class", "edit_view_class"):
        setattr(base_page_viewset, name, _with_panel(getattr(base_page_viewset, name), make))
    return make


def _with_panel(view: Any, make: MakePanel) -> Any:
    class WithPanel(view):
        def get_side_panels(self) -> Any:
            panels = super().get_side_panels()
            whole = not self.expects_json_response and not getattr(self, "hydrate_create_view", False)
            if (panel := make(self.page, self.request, whole)) is not None:
                panels.append(panel)
            return panels

    WithPanel.__name__ = view.__name__
    return WithPanel
