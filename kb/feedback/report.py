"""What readers said of the pages, in the admin."""

from __future__ import annotations

from typing import Any

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, NumberColumn
from wagtail.admin.views.generic import PermissionCheckedMixin
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.models import Locale, Page
from wagtail.permission_policies import ModelPermissionPolicy

from kb.core.uuids import uuid_of
from kb.feedback import selectors, services
from kb.feedback.models import Feedback
from search.reports import WIDE, Report, ReportFilters, WideTitleColumn

PERIODS = {
    "30": _("Last 30 days"),
    "90": _("Last 3 months"),
    "365": _("Last 12 months"),
}


def permissions() -> ModelPermissionPolicy:
    """Who may read ("view") and who may mark remarks as dealt with ("change"); both of pages they may edit only."""
    return ModelPermissionPolicy(Feedback)


class FeedbackFilters(ReportFilters):
    """The period decides what is counted, not only what is shown."""

    locale = django_filters.ModelChoiceFilter(
        label=_("Language"), queryset=Locale.objects.all(), empty_label=_("All")
    )
    period = django_filters.ChoiceFilter(
        label=_("Said"), choices=list(PERIODS.items()), empty_label=_("At any time"), method="unchanged"
    )
    remarks = django_filters.ChoiceFilter(
        label=_("Remarks"),
        choices=[("open", _("With open remarks"))],
        empty_label=_("All"),
        method="open_ones",
    )

    class Meta:
        model = Page
        fields = ["locale", "period", "remarks"]

    def open_ones(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(remarks__gt=0) if value else queryset


class FeedbackReport(Report):
    """Pages with feedback, those first that helped the fewest."""

    page_title = _("Feedback")
    header_icon = "comment"
    results_template_name = "feedback/report_results.html"
    index_url_name = "lotse_feedback"
    index_results_url_name = "lotse_feedback_results"
    filterset_class = FeedbackFilters
    permission_required = "view"
    default_ordering = ("-remarks", "-no", "title")
    verbose_name_plural = _("pages with feedback")
    export_filename = "feedback"
    list_export = ["title", "locale", "yes", "no", "remarks", "last"]
    export_headings = {
        "title": _("Page"),
        "locale": _("Language"),
        "yes": _("Helpful"),
        "no": _("Not helpful"),
        "remarks": _("Open remarks"),
        "last": _("Last said"),
    }

    @cached_property
    def permission_policy(self) -> ModelPermissionPolicy:
        return permissions()

    @cached_property
    def columns(self) -> list[Column]:
        return [
            WideTitleColumn(
                "title",
                width="45%",
                label=_("Page"),
                sort_key="title",
                get_url=lambda page: reverse("lotse_feedback_page", args=[page.pk]),
            ),
            Column("locale", label=_("Language"), classname=WIDE),
            NumberColumn("yes", label=_("Helpful"), sort_key="yes", classname=WIDE),
            NumberColumn("no", label=_("Not helpful"), sort_key="no"),
            NumberColumn("remarks", label=_("Open remarks"), sort_key="remarks"),
            Column("last_text", label=_("Last said"), sort_key="last", classname=WIDE),
        ]

    def get_base_queryset(self) -> QuerySet[Any]:
        period = self.filters.chosen("period")
        return selectors.pages(self.request.user, timezone.localdate(), days=int(period) if period else None)

    def decorate_paginated_queryset(self, object_list: Any) -> Any:
        for page in object_list:
            # A date: nothing is known of the hour.
            page.last_text = date_format(page.last, "SHORT_DATE_FORMAT")
        return object_list


class PageFeedback(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """GET shows what readers wrote about a page, POST marks remarks as dealt with."""

    http_method_names = ["get", "head", "post", "options"]
    template_name = "feedback/remarks.html"
    page_title = _("Feedback")
    header_icon = "comment"
    permission_required = "view"

    @cached_property
    def permission_policy(self) -> ModelPermissionPolicy:
        return permissions()

    @cached_property
    def page(self) -> Any:
        found = (
            selectors.pages(self.request.user, timezone.localdate()).filter(pk=self.kwargs["page_id"]).first()
        )
        if found is None:
            raise Http404
        return found

    @cached_property
    def may_change(self) -> bool:
        return bool(self.user_has_permission("change"))

    def get_page_subtitle(self) -> str:
        return str(self.page.get_admin_display_title())

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse_lazy("lotse_feedback"), "label": _("Feedback")},
            {"url": "", "label": self.get_page_subtitle()},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        remarks = list(selectors.remarks(self.page))
        return super().get_context_data(**kwargs) | {
            "page": self.page,
            "remarks": remarks,
            "open_remarks": [remark for remark in remarks if remark.handled_on is None],
            "may_change": self.may_change,
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.may_change:
            raise PermissionDenied
        ids = [key for text in request.POST.getlist("remark") if (key := uuid_of(text))]
        done = services.mark_handled(self.page, ids, request.user)
        messages.success(
            request,
            ngettext("%(n)s remark is dealt with.", "%(n)s remarks are dealt with.", done) % {"n": done},
        )
        return redirect(reverse("lotse_feedback_page", args=[self.page.pk]))
