"""Two reports in the admin: pages that nothing leads to, and guides that may answer the same question."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.models import Page

from search.curation import selectors
from search.reader import reading_language
from search.related.models import Relation
from search.reports import WIDE, Report, ReportFilters, WideTitleColumn, language_choices, short_date
from search.writers import ForWriters


class _Filters(ReportFilters):
    """The language decides what is compared. Of its sections those that the editor writes in."""

    language = django_filters.ChoiceFilter(
        label=_("Language"), choices=language_choices, empty_label=None, method="unchanged"
    )
    section = django_filters.ChoiceFilter(label=_("Section"), empty_label=_("All"), method="in_section")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language = self._language()
        found = selectors.sections(self.request.user, self.language)
        self.filters["section"].extra["choices"] = [(str(page.pk), page.title) for page in found]

    def _language(self) -> str:
        known = [code for code, _name in language_choices()]
        for code in (self.data.get("language"), reading_language()):
            if code in known:
                return str(code)
        return known[0]

    def in_section(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        raise NotImplementedError


# --- Pages that nothing leads to ---


class OrphanFilters(_Filters):
    class Meta:
        model = Page
        fields = ["language", "section"]

    def in_section(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(pk__in=_children(value))


class OrphanReport(ForWriters, Report):
    """Live pages that are only in lists and in the search, those published first on top."""

    page_title = _("Pages that nothing leads to")
    header_icon = "link"
    template_name = "curation/orphans.html"
    results_template_name = "curation/orphans_results.html"
    index_url_name = "lotse_orphans"
    index_results_url_name = "lotse_orphans_results"
    filterset_class = OrphanFilters
    default_ordering = ("first_published_at",)
    verbose_name_plural = _("pages that nothing leads to")
    export_filename = "orphans"
    list_export = ["title", "type_name", "section_title", "locale", "first_published_at"]
    export_headings = {
        "title": _("Page"),
        "type_name": _("Type"),
        "section_title": _("Section"),
        "locale": _("Language"),
        "first_published_at": _("First published"),
    }

    @cached_property
    def columns(self) -> list[Column]:
        return [
            WideTitleColumn(
                "title",
                label=_("Page"),
                sort_key="title",
                width="45%",
                get_url=lambda page: reverse("lotse_related_pages", args=[page.pk]),
            ),
            Column("type_name", label=_("Type"), classname=WIDE),
            Column("section_title", label=_("Section"), classname=WIDE),
            Column(
                "published_text", label=_("First published"), sort_key="first_published_at", classname=WIDE
            ),
        ]

    def get_base_queryset(self) -> QuerySet[Any]:
        return selectors.orphans(self.request.user, self.filters.language)

    def decorate_paginated_queryset(self, object_list: Any) -> Any:
        titles = {page.path: page.title for page in selectors.parents(object_list)}
        for page in object_list:
            page.type_name = page.page_type_display_name
            page.section_title = titles.get(page.path[: -page.steplen], "")
            page.published_text = short_date(page.first_published_at)
        return object_list


# --- Guides that compete ---


class CompetingFilters(_Filters):
    class Meta:
        model = Relation
        fields = ["language", "section"]

    def in_section(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        children = _children(value)
        return queryset.filter(page_id__in=children) | queryset.filter(other_id__in=children)


class PairColumn(WideTitleColumn):
    """Two titles, and the passages that show why."""

    cell_template_name = "curation/pair_cell.html"

    class Media:
        css = {"all": ["curation/report.css"]}


class CompetingReport(ForWriters, Report):
    """Pairs of guides, or of templates, that may answer the same question; the nearest first."""

    page_title = _("Guides on the same question")
    header_icon = "copy"
    template_name = "curation/competing.html"
    results_template_name = "curation/competing_results.html"
    index_url_name = "lotse_competing"
    index_results_url_name = "lotse_competing_results"
    filterset_class = CompetingFilters
    default_ordering = ("-score",)
    verbose_name_plural = _("guides on the same question")
    export_filename = "same-question"
    list_export = ["title", "other_title", "shared_text", "linked_text", "own_text", "other_text"]
    export_headings = {
        "title": _("First page"),
        "other_title": _("Second page"),
        "shared_text": _("Common terms"),
        "linked_text": _("Linked"),
        "own_text": _("Passage of the first page"),
        "other_text": _("Passage of the second page"),
    }

    @cached_property
    def columns(self) -> list[Column]:
        return [
            PairColumn("title", label=_("Pages"), width="70%", get_url=lambda pair: pair.compare_url),
            Column("shared_text", label=_("Common terms"), classname=WIDE),
            Column("linked_text", label=_("Linked"), classname=WIDE),
        ]

    def get_base_queryset(self) -> QuerySet[Any]:
        return selectors.competing(self.request.user, self.filters.language)

    def decorate_paginated_queryset(self, object_list: Any) -> Any:
        for pair in object_list:
            pair.title, pair.other_title = pair.page.title, pair.other.title
            pair.shared_text = ", ".join(pair.shared)
            pair.linked_text = _now("Yes") if pair.is_linked else _now("No")
            pair.own_text = pair.passage.text if pair.passage else ""
            pair.other_text = pair.other_passage.text if pair.other_passage else ""
            pair.compare_url = reverse("lotse_compare_guides", args=[pair.page_id, pair.other_id])
        return object_list


class CompareView(ForWriters, WagtailAdminTemplateMixin, TemplateView):
    """Two pages of the report passage by passage, for who may read both and change one."""

    http_method_names = ["get", "head", "options"]
    template_name = "curation/compare.html"
    page_title = _("Compare")
    header_icon = "copy"

    @cached_property
    def pages(self) -> tuple[Page, Page]:
        """Raises Http404 for pages that this editor may not read or change, or that are not in one language."""
        both = selectors.readable(self.request.user).filter(
            pk__in=[self.kwargs["left"], self.kwargs["right"]]
        )
        found = {page.pk: page for page in both.select_related("locale")}
        left, right = found.get(self.kwargs["left"]), found.get(self.kwargs["right"])
        if left is None or right is None or left == right or left.locale_id != right.locale_id:
            raise Http404
        if not any(page.permissions_for_user(self.request.user).can_edit() for page in (left, right)):
            raise Http404
        return left, right

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("lotse_competing"), "label": CompetingReport.page_title},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        left, right = self.pages
        rows, rest = selectors.side_by_side(left.pk, right.pk)
        user = self.request.user
        return {
            **super().get_context_data(**kwargs),
            "left": left,
            "right": right,
            "editable": [page for page in (left, right) if page.permissions_for_user(user).can_edit()],
            "rows": rows,
            "rest": rest,
        }


def _children(section: str) -> QuerySet[Any]:
    page = get_object_or_404(Page, pk=section)
    return Page.objects.child_of(page).values("pk")
