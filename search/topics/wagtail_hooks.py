"""Where topics stand in Wagtail's admin."""

from __future__ import annotations

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from search.topics.screens import TopicList, TopicView, permissions


class TopicsMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(permissions().user_has_permission(request.user, "view"))


@hooks.register("register_reports_menu_item")
def menu_item() -> MenuItem:
    return TopicsMenuItem(
        _("Topics of clusters"), reverse("lotse_topics"), name="topics", icon_name="tag", order=620
    )


@hooks.register("register_admin_urls")
def addresses() -> list[URLPattern]:
    return [
        path("reports/topics/", TopicList.as_view(), name="lotse_topics"),
        path("reports/topics/<uuid:key>/", TopicView.as_view(), name="lotse_topic"),
    ]


@hooks.register("register_permissions")
def group_permissions() -> QuerySet[Permission]:
    """Offered in the form of a group."""
    return Permission.objects.filter(
        content_type__app_label="topics", codename__in=["view_topic", "change_topic"]
    )
