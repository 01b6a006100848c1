"""The report of unanswered questions in the admin."""

from __future__ import annotations

from typing import Any

import django_filters
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, NumberColumn
from wagtail.admin.utils import get_user_display_name
from wagtail.permission_policies import ModelPermissionPolicy

from search.gaps import selectors
from search.gaps.links import Asked, links
from search.gaps.models import Gap
from search.reports import WIDE, Report, ReportFilters, WideTitleColumn, language_choices, language_name

PERIODS = {
    "7": _("Last 7 days"),
    "30": _("Last 30 days"),
    "90": _("Last 3 months"),
    "365": _("Last 12 months"),
}
ALL = "all"


def permissions() -> ModelPermissionPolicy:
    """Who may read ("view") and who may decide ("change")."""
    return ModelPermissionPolicy(Gap)


class GapFilters(ReportFilters):
    """Language, period and state. The period decides what is counted, not only what is shown."""

    language = django_filters.ChoiceFilter(
        label=_("Language"), choices=language_choices, empty_label=_("All")
    )
    period = django_filters.ChoiceFilter(
        label=_("Asked"), choices=list(PERIODS.items()), empty_label=_("At any time"), method="unchanged"
    )
    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[
            (Gap.State.DONE, Gap.State.DONE.label),
            (Gap.State.DISMISSED, Gap.State.DISMISSED.label),
            (ALL, _("All")),
        ],
        empty_label=_("Open"),
        method="unchanged",
    )

    class Meta:
        model = Gap
        fields = ["language", "period", "state"]


class QuestionColumn(WideTitleColumn):
    """The question, what else it was called, and what can be done; on a phone what the other columns say, too."""

    cell_template_name = "gaps/question_cell.html"

    class Media:
        css = {"all": ["gaps/report.css"]}


class GapReport(Report):
    """Gaps, most frequent first; those that somebody has dealt with only on request."""

    page_title = _("Unanswered questions")
    header_icon = "help"
    template_name = "gaps/report.html"
    results_template_name = "gaps/report_results.html"
    index_url_name = "lotse_gaps"
    index_results_url_name = "lotse_gaps_results"
    filterset_class = GapFilters
    permission_required = "view"
    is_searchable = True
    default_ordering = ("-asked", "-last")
    key = "key"
    verbose_name_plural = _("unanswered questions")
    export_filename = "unanswered-questions"
    list_export = [
        "title",
        "others",
        "language_name",
        "asked",
        "last_text",
        "nearest_text",
        "state_text",
        "note",
    ]
    export_headings = {
        "title": _("Question"),
        "others": _("Also asked as"),
        "language_name": _("Language"),
        "asked": _("Times asked"),
        "last_text": _("Last asked"),
        "nearest_text": _("Nearest pages offered"),
        "state_text": _("State"),
        "note": _("Note"),
    }

    @cached_property
    def permission_policy(self) -> ModelPermissionPolicy:
        return permissions()

    @cached_property
    def columns(self) -> list[Column]:
        return [
            QuestionColumn(
                "title",
                label=_("Question"),
                get_url=lambda gap: reverse("lotse_gap", args=[gap.pk]),
                get_title_id=lambda gap: gap.anchor,
                width="38%",
            ),
            Column("language_name", label=_("Language"), classname=WIDE, width="9%"),
            NumberColumn("asked", label=_("Times asked"), sort_key="asked", width="8%"),
            Column("last_text", label=_("Last asked"), sort_key="last", classname=WIDE, width="11%"),
            NearestColumn("nearest_pages", label=_("Nearest pages offered"), classname=WIDE, width="22%"),
            StateColumn("state_text", label=_("State"), classname=WIDE, width="12%"),
        ]

    def get_base_queryset(self) -> QuerySet[Any]:
        today = timezone.localdate()
        period, state = self.filters.chosen("period"), self.filters.chosen("state")
        gaps = selectors.listed(today, days=int(period) if period else None)
        if not state:
            gaps = gaps.filter(is_open=True)
        elif state != ALL:
            gaps = gaps.filter(state=state, is_open=False)
        return gaps

    def search_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.is_searching:
            return queryset
        return selectors.containing(queryset, self.search_query, timezone.localdate())

    def decorate_paginated_queryset(self, object_list: Any) -> Any:
        show(self.request, object_list)
        return object_list

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        context["switched_off"] = not settings.SEARCH_NOTE_GAPS
        return context


class NearestColumn(Column):
    cell_template_name = "gaps/nearest_cell.html"


class StateColumn(Column):
    cell_template_name = "gaps/state_cell.html"


def show(request: HttpRequest, gaps: Any) -> None:
    """Gives each gap of `selectors.listed` what its row shows."""
    today = timezone.localdate()
    all_wordings, all_pages = selectors.wordings(gaps, today), selectors.nearest_pages(gaps)
    for gap in gaps:
        gap.title = selectors.title_of(gap)
        gap.anchor = f"gap-{gap.pk}"
        gap.wordings = all_wordings.get(gap.pk, [])
        gap.others = [wording.question for wording in gap.wordings if wording.question != gap.title]
        gap.language_name = language_name(gap.language)
        gap.last_text = day_or_month(gap)
        gap.nearest_pages = all_pages[gap.pk]
        gap.nearest_text = [page.title for page in gap.nearest_pages]
        gap.state_text = state_text(gap)
        gap.decided_by_name = get_user_display_name(gap.decided_by)
        gap.links = links(request, Asked(gap.pk, gap.language, gap.title))


def day_or_month(gap: Any) -> str:
    """The date, or "March 2026" where only counts are left."""
    if gap.last_day:
        return date_format(gap.last_day, "SHORT_DATE_FORMAT")
    return date_format(gap.last_month, "YEAR_MONTH_FORMAT")


def state_text(gap: Any) -> str:
    """The name of the state, or that it was asked again after somebody had dealt with it."""
    if gap.is_open and gap.state == Gap.State.DONE:
        return _now("Asked again")
    return str(gap.get_state_display())
