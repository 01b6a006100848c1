"""The toolbox and its sections."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from kb.core import listing
from kb.core.models import IndexPage, TaskArea
from kb.core.reader import reader_of
from kb.core.visibility import visible_to
from kb.toolbox import facets
from kb.toolbox.models.guide import PracticeGuide


class ToolboxPage(IndexPage):
    """Lists all guides, those in sections too, narrowed by facets."""

    template = "pages/toolbox_page.html"
    parent_page_types = ["core.HomePage"]
    subpage_types = ["toolbox.PracticeGuide", "toolbox.GuideSectionPage"]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("toolbox")
        verbose_name_plural = _("toolboxes")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Adds what `guide_list` says, and `sections`."""
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


def guide_list(page: IndexPage, request: HttpRequest) -> dict[str, Any]:
    """`items` (visible guides below `page`, narrowed by the address), `facets` (facet_options.OptionGroup), and `chosen`
    (facet_options.Option for each choice in force)."""
    guides = listing.descendants_of(page, PracticeGuide, request)
    areas = TaskArea.objects.filter(locale_id=page.locale_id)
    narrowed = facets.narrow(guides, request.GET, facets.facets(areas))
    found = facets.with_facts(guides).filter(narrowed.condition).order_by("title")
    return {
        "items": listing.paginate(found, request, count=narrowed.count),
        "facets": narrowed.groups,
        "chosen": narrowed.removable,
    }


def _sections(page: IndexPage, request: HttpRequest) -> Any:
    sections = visible_to(GuideSectionPage.objects.child_of(page), reader_of(request))
    return sections.filter(alias_of__isnull=True)
