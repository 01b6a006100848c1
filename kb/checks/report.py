"""The checks of all live pages as a report in the admin."""

from __future__ import annotations

from typing import Any

import django_filters
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.utils import get_user_display_name
from wagtail.models import Locale, Page

from kb.checks import selectors
from kb.checks.finding import Kind
from search.reports import WIDE, Report, WideTitleColumn, short_date
from search.writers import ForWriters


class FindingsFilters(WagtailFilterSet):
    locale = django_filters.ModelChoiceFilter(
        label=_("Language"), queryset=Locale.objects.all(), empty_label=_("All")
    )
    kind = django_filters.ChoiceFilter(
        label=_("Kind"), choices=Kind.choices, empty_label=_("All"), method="of_kind"
    )
    in_charge = django_filters.ChoiceFilter(label=_("Responsible"), empty_label=_("All"))

    class Meta:
        model = Page
        fields = ["locale", "kind", "in_charge"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = selectors.people_in_charge(self.request.user)
        self.filters["in_charge"].extra["choices"] = [
            (str(person.pk), get_user_display_name(person)) for person in people
        ]

    def of_kind(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(findings__counts__has_key=value)


class KindsColumn(Column):
    """How much of what, as a link to the list of the page."""

    cell_template_name = "checks/kinds_cell.html"


class FindingsReport(ForWriters, Report):
    """Live pages on which something was found, those with the most first."""

    page_title = _("Findings")
    header_icon = "clipboard-list"
    results_template_name = "checks/report_results.html"
    index_url_name = "lotse_findings"
    index_results_url_name = "lotse_findings_results"
    filterset_class = FindingsFilters
    default_ordering = ("-number", "title")
    verbose_name_plural = _("pages with findings")
    export_filename = "findings"
    list_export = ["title", "locale", "number", "kinds_text", "in_charge_name", "checked_on"]
    export_headings = {
        "title": _("Page"),
        "locale": _("Language"),
        "number": _("Number"),
        "kinds_text": _("Findings"),
        "in_charge_name": _("Responsible"),
        "checked_on": _("Checked on"),
    }

    @cached_property
    def columns(self) -> list[Column]:
        return [
            WideTitleColumn(
                "title",
                label=_("Page"),
                width="40%",
                sort_key="title",
                get_url=lambda page: reverse("wagtailadmin_pages:edit", args=[page.pk]),
            ),
            KindsColumn("kinds_text", label=_("Findings")),
            Column("number", label=_("Number"), sort_key="number", classname=WIDE),
            Column("in_charge_name", label=_("Responsible"), classname=WIDE),
            Column("checked_on", label=_("Checked on"), classname=WIDE),
        ]

    def get_base_queryset(self) -> QuerySet[Any]:
        return selectors.pages_with_findings(self.request.user)

    def decorate_paginated_queryset(self, object_list: Any) -> Any:
        people = get_user_model().objects.in_bulk({page.in_charge for page in object_list if page.in_charge})
        for page in object_list:
            counts = page.findings.counts
            page.kinds_text = ", ".join(f"{kind.label}: {counts[kind]}" for kind in Kind if kind in counts)
            page.in_charge_name = get_user_display_name(people.get(page.in_charge)) or "–"
            page.checked_on = short_date(page.findings.checked_at)
        return object_list
