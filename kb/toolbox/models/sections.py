"""The toolbox and its sections."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from kb.core import listing
from kb.core.models import IndexPage, TaskArea
from kb.core.reader import reader_of
from kb.core.visibility import visible_to
from kb.toolbox.models.guide import PracticeGuide


class ToolboxPage(IndexPage):
    """Lists all guides, those in sections too, filtered by task area, kind and phase."""

    template = "pages/toolbox_page.html"
    parent_page_types = ["core.HomePage"]
    subpage_types = ["toolbox.PracticeGuide", "toolbox.GuideSectionPage"]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("toolbox")
        verbose_name_plural = _("toolboxes")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Adds `items` (visible guides), `sections`, `task_areas`, and `selected` (the filters in force)."""
        context = super().get_context(request, *args, **kwargs)
        return {**context, **guide_list(self, request), "sections": _sections(self, request)}


class GuideSectionPage(IndexPage):
    """Guides that belong together, for example those for members only: privacy is set here."""

    template = "pages/guide_section_page.html"
    parent_page_types = ["toolbox.ToolboxPage"]
    subpage_types = ["toolbox.PracticeGuide"]

    class Meta:
        verbose_name = _("section of the toolbox")
        verbose_name_plural = _("sections of the toolbox")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Adds what `ToolboxPage` adds, for the guides of this section."""
        context = super().get_context(request, *args, **kwargs)
        return {**context, **guide_list(self, request)}


FILTERS = {
    "task_area": "task_area__slug",
    "kind": "kind",
    "phase": "phase",
}
"""Query parameter of the overview -> lookup."""


def guide_list(page: IndexPage, request: HttpRequest) -> dict[str, Any]:
    """Visible guides below `page` for the filters in the address; unknown values filter nothing."""
    guides = listing.descendants_of(page, PracticeGuide, request).select_related(
        "image", "locale", "task_area"
    )
    areas = list(TaskArea.objects.filter(locale_id=page.locale_id))
    allowed = {
        "task_area": {area.slug for area in areas},
        "kind": set(PracticeGuide.Kind.values),
        "phase": set(PracticeGuide.Phase.values),
    }
    selected = {name: value for name in FILTERS if (value := request.GET.get(name)) in allowed[name]}
    guides = guides.filter(**{FILTERS[name]: value for name, value in selected.items()})
    return {
        "items": listing.paginate(guides.order_by("title"), request),
        "task_areas": areas,
        "kinds": PracticeGuide.Kind.choices,
        "phases": PracticeGuide.Phase.choices,
        "selected": selected,
    }


def _sections(page: IndexPage, request: HttpRequest) -> Any:
    sections = visible_to(GuideSectionPage.objects.child_of(page), reader_of(request))
    return sections.filter(alias_of__isnull=True)
