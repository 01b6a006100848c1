"""Where the report stands in Wagtail's admin."""

from __future__ import annotations

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from search.gaps.decision import GapView
from search.gaps.report import GapReport, permissions


class GapsMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(permissions().user_has_permission(request.user, "view"))


@hooks.register("register_reports_menu_item")
def menu_item() -> MenuItem:
    return GapsMenuItem(
        _("Unanswered questions"),
        reverse("lotse_gaps"),
        name="unanswered-questions",
        icon_name="help",
        order=600,
    )


@hooks.register("register_admin_urls")
def addresses() -> list[URLPattern]:
    return [
        path("reports/unanswered/", GapReport.as_view(), name="lotse_gaps"),
        path("reports/unanswered/results/", GapReport.as_view(results_only=True), name="lotse_gaps_results"),
        path("reports/unanswered/<uuid:gap_id>/", GapView.as_view(), name="lotse_gap"),
    ]


@hooks.register("register_permissions")
def group_permissions() -> QuerySet[Permission]:
    """Offered in the form of a group."""
    return Permission.objects.filter(content_type__app_label="gaps", codename__in=["view_gap", "change_gap"])
