"""Beside the editor of a page: what to look at before it is published. Wagtail saves drafts by itself and then renders
the panel anew, so the list follows what is typed."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.side_panels import BaseSidePanel

from kb.checks import checking


class BeforePublishingPanel(BaseSidePanel):
    name = "before-publishing"
    title = _("Before publishing")
    template_name = "checks/panel.html"
    order = 340

    class SidePanelToggle(BaseSidePanel.SidePanelToggle):
        icon_name = "clipboard-list"
        aria_label = _("Show what to look at before publishing")
        # The panel itself keeps the number up to date (templates/checks/panel.html).

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(parent_context)
        if self.object.pk is None:
            return context | {"unsaved": True, "findings": []}
        return context | {"findings": checking.check(self.object, self.request.user)}
