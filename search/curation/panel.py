"""Beside the editor of a page: what belongs with it, and why.

To decide, the panel leads to a view of its own in another tab: a form inside the editor would send away what is not
saved yet.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.side_panels import BaseSidePanel
from wagtail.admin.views.pages.edit import EditView
from wagtail.models import Page

from search.curation import listing


class RelatedPagesPanel(BaseSidePanel):
    name = "related-pages"
    title = _("Related pages")
    template_name = "curation/panel.html"
    order = 500

    class SidePanelToggle(BaseSidePanel.SidePanelToggle):
        icon_name = "link"
        aria_label = _("Show related pages")
        has_counter = False

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(parent_context)
        return context | listing.context(self.object, self.request)


def is_offered(model: Any) -> bool:
    """Whether pages of this type show what belongs with them."""
    return bool(getattr(model, "search_kind", "") and getattr(model, "shows_related", True))


def offered(page: Page) -> bool:
    return bool(page.pk and is_offered(page))


class EditViewWithRelatedPages(EditView):
    """The editor of a page with the panel beside it."""

    def get_side_panels(self) -> Any:
        panels = super().get_side_panels()
        # A page that has just been made has no room for it before the next visit.
        whole = not self.expects_json_response and not self.hydrate_create_view
        if whole and offered(self.page):
            panels.append(RelatedPagesPanel(self.page, self.request))
        return panels
