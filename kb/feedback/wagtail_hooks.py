"""Where the report stands in Wagtail's admin."""

from __future__ import annotations

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from kb.feedback.report import FeedbackReport, PageFeedback, permissions


class FeedbackMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(permissions().user_has_permission(request.user, "view"))


@hooks.register("register_reports_menu_item")
def menu_item() -> MenuItem:
    return FeedbackMenuItem(
        _("Feedback"), reverse("lotse_feedback"), name="feedback", icon_name="comment", order=610
    )


@hooks.register("register_admin_urls")
def addresses() -> list[URLPattern]:
    return [
        path("reports/feedback/", FeedbackReport.as_view(), name="lotse_feedback"),
        path(
            "reports/feedback/results/",
            FeedbackReport.as_view(results_only=True),
            name="lotse_feedback_results",
        ),
        path("reports/feedback/<int:page_id>/", PageFeedback.as_view(), name="lotse_feedback_page"),
    ]


@hooks.register("register_permissions")
def group_permissions() -> QuerySet[Permission]:
    """Offered in the form of a group."""
    return Permission.objects.filter(
        content_type__app_label="feedback", codename__in=["view_feedback", "change_feedback"]
    )
