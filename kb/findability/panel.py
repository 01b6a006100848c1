"""Beside the editor: can this page be found, and by which questions?"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.side_panels import BaseSidePanel

from kb.findability.questions import known
from kb.findability.state import state_of


class FoundPanel(BaseSidePanel):
    name = "found"
    title = _("How is this page found?")
    template_name = "findability/panel.html"
    order = 510

    class SidePanelToggle(BaseSidePanel.SidePanelToggle):
        icon_name = "search"
        aria_label = _("Show how this page is found")
        has_counter = False

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(parent_context)
        return context | about(self.object, self.request.user)


def about(page: Any, user: Any) -> dict[str, Any]:
    """Context of panel and page alike."""
    return {"found_page": page, "state": state_of(page), "known": known(page, user)}
