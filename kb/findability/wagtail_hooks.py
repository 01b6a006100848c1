"""Where an editor finds out how a page is found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.widgets import Button
from wagtail.models import Page

from kb.core.side_panels import stand_beside_editor
from kb.findability import views
from kb.findability.panel import FoundPanel


@stand_beside_editor
def panel(page: Page, request: HttpRequest, whole: bool) -> FoundPanel | None:
    return FoundPanel(page, request) if whole and views.offered(page) else None


@hooks.register("register_admin_urls")
def addresses() -> list[URLPattern]:
    return [path("pages/<int:page_id>/found/", views.found, name="lotse_found")]


# In the menu of every page, so that a translation has it too: wagtail-localize's editor has no side panels.
@hooks.register("register_page_header_buttons")
@hooks.register("register_page_listing_more_buttons")
def button(page: Page, user: Any, next_url: str | None = None, **_more: object) -> Iterator[Button]:
    if views.offered(page.specific_deferred) and page.permissions_for_user(user).can_edit():
        yield Button(
            _("How is this page found?"),
            reverse("lotse_found", args=[page.pk]),
            icon_name="search",
            priority=75,
        )
