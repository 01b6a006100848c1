"""Where bridges stand in Wagtail's admin."""

from __future__ import annotations

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLResolver, include, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem

from kb.bridges.admin import urls
from kb.bridges.permissions import may_view


class BridgesMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may_view(request.user)


@hooks.register("register_admin_menu_item")
def menu_item() -> MenuItem:
    items = [
        BridgesMenuItem(
            _("Bridges"), reverse_lazy("lotse_bridges:list"), name="bridges", icon_name="list-ul", order=1
        ),
        BridgesMenuItem(
            _("Proposals"),
            reverse_lazy("lotse_bridges:proposals"),
            name="bridge-proposals",
            icon_name="pick",
            order=2,
        ),
    ]
    return SubmenuMenuItem(
        _("Cluster bridges"), Menu(items=items), name="cluster-bridges", icon_name="group", order=260
    )


@hooks.register("register_admin_urls")
def addresses() -> list[URLResolver]:
    return [path("bridges/", include(urls))]


@hooks.register("register_permissions")
def group_permissions() -> QuerySet[Permission]:
    """Offered in the form of a group."""
    return Permission.objects.filter(
        content_type__app_label="bridges",
        codename__in=["view_bridge", "add_bridge", "change_bridge"],
    )
