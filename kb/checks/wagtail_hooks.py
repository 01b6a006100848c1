"""Where the checks stand in Wagtail's admin."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets import Button
from wagtail.models import Page

from kb.checks import checking, noting, views
from kb.checks.panel import BeforePublishingPanel
from kb.checks.report import FindingsReport
from kb.core.side_panels import stand_beside_editor
from search.writers import WritersMenuItem


@stand_beside_editor
def panel(page: Page, request: HttpRequest, whole: bool) -> BeforePublishingPanel | None:
    return BeforePublishingPanel(page, request) if checking.offered(page) else None


@hooks.register("register_admin_urls")
def addresses() -> list[URLPattern]:
    return [
        path(
            "pages/<int:page_id>/before-publishing/", views.before_publishing, name="lotse_before_publishing"
        ),
        path("reports/findings/", FindingsReport.as_view(), name="lotse_findings"),
        path(
            "reports/findings/results/",
            FindingsReport.as_view(results_only=True),
            name="lotse_findings_results",
        ),
    ]


@hooks.register("register_reports_menu_item")
def menu_item() -> MenuItem:
    return WritersMenuItem(
        FindingsReport.page_title,
        reverse("lotse_findings"),
        name="findings",
        icon_name=FindingsReport.header_icon,
        order=615,
    )


@hooks.register("register_page_header_buttons")
@hooks.register("register_page_listing_more_buttons")
def button(page: Page, user: Any, next_url: str | None = None, **_more: object) -> Iterator[Button]:
    if checking.offered(page.specific_deferred) and page.permissions_for_user(user).can_edit():
        yield Button(
            _("Before publishing"),
            reverse("lotse_before_publishing", args=[page.pk]),
            icon_name="clipboard-list",
            priority=65,
        )


@hooks.register("after_publish_page")
def say_what_is_left(request: HttpRequest, page: Page) -> None:
    """What was published stays published; a warning says what could be better, and where it stands."""
    page = page.specific
    if not page.live or not checking.offered(page) or not page.permissions_for_user(request.user).can_edit():
        return  # not live: its publication is scheduled
    noting.note(page)  # type: ignore[arg-type]  # the report is right when the editor comes back to it
    if left := len(checking.check(page, request.user)):  # type: ignore[arg-type]
        text = ngettext(
            "Published. %(n)s thing could still be better.",
            "Published. %(n)s things could still be better.",
            left,
        )
        url = reverse("lotse_before_publishing", args=[page.pk])
        messages.warning(request, text % {"n": left}, buttons=[messages.button(url, _("See the list"))])
