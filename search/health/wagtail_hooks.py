"""Where the state of the index stands in Wagtail's admin: a report, and a word on the home screen when it is not well."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component

from search.health import selectors
from search.health.permission import may_view
from search.health.views import IndexView, retry
from search.health.wording import problem_in_words


class IndexMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may_view(request.user)


@hooks.register("register_reports_menu_item")
def menu_item() -> MenuItem:
    return IndexMenuItem(
        _("Search index"), reverse("lotse_search_index"), name="search-index", icon_name="search", order=700
    )


@hooks.register("register_admin_urls")
def addresses() -> list[URLPattern]:
    return [
        path("reports/search-index/", IndexView.as_view(), name="lotse_search_index"),
        path("reports/search-index/retry/", retry, name="lotse_search_index_retry"),
    ]


@hooks.register("register_permissions")
def permissions() -> QuerySet[Permission]:
    """Offered in the form of a group."""
    return Permission.objects.filter(
        content_type__app_label="health", codename__in=["view_index", "retry_index"]
    )


class IndexPanel(Component):
    """On the home screen of those who may see the report, and only when something is wrong."""

    name = "search_index"
    template_name = "health/panel.html"
    order = 50

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"problems": [problem_in_words(problem) for problem in self.problems]}


@hooks.register("construct_homepage_panels")
def panel(request: HttpRequest, panels: list[Component]) -> None:
    if may_view(request.user) and (problems := selectors.problems()):
        panels.append(IndexPanel(problems))
