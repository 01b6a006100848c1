"""The menu "Search quality" in the admin, its addresses and its permission."""

from __future__ import annotations

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLResolver, include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem

from search.evaluation.admin import urls
from search.evaluation.permission import PERMISSION, may_judge


class ForJudges(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may_judge(request.user)


@hooks.register("register_admin_urls")
def addresses() -> list[URLResolver]:
    return [path("search-quality/", include(urls))]


@hooks.register("register_admin_menu_item")
def menu() -> MenuItem:
    items = [
        ForJudges(
            _("Judge answers"),
            reverse("search_quality:judge"),
            name="judge-answers",
            icon_name="help",
            order=1,
        ),
        ForJudges(
            _("Judged questions"),
            reverse("search_quality:questions"),
            name="judged-questions",
            icon_name="list-ul",
            order=2,
        ),
        ForJudges(
            _("Measurements"),
            reverse("search_quality:runs"),
            name="measurements",
            icon_name="history",
            order=3,
        ),
    ]
    return SubmenuMenuItem(
        _("Search quality"), Menu(items=items), name="search-quality", icon_name="search", order=650
    )


@hooks.register("register_permissions")
def permissions() -> QuerySet[Permission]:
    app_label, _dot, codename = PERMISSION.partition(".")
    return Permission.objects.filter(content_type__app_label=app_label, codename=codename)
