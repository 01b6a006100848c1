"""Where the list stands in Wagtail's admin."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib.auth.base_user import AbstractBaseUser
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.pages import base_page_viewset
from wagtail.admin.widgets import Button
from wagtail.models import Page

from search.curation import views
from search.curation.panel import EditViewWithRelatedPages, offered
from search.curation.reports import CompareView, CompetingReport, OrphanReport
from search.writers import WritersMenuItem

# Of all page types: Wagtail has no hook for side panels.
base_page_viewset.edit_view_class = EditViewWithRelatedPages


@hooks.register("register_admin_urls")
def addresses() -> list[URLPattern]:
    return [
        path("pages/<int:page_id>/related/", views.related_pages, name="lotse_related_pages"),
        path("pages/<int:page_id>/related/decide/", views.decide, name="lotse_decide_related"),
        path("reports/orphans/", OrphanReport.as_view(), name="lotse_orphans"),
        path(
            "reports/orphans/results/", OrphanReport.as_view(results_only=True), name="lotse_orphans_results"
        ),
        path("reports/same-question/", CompetingReport.as_view(), name="lotse_competing"),
        path(
            "reports/same-question/results/",
            CompetingReport.as_view(results_only=True),
            name="lotse_competing_results",
        ),
        path(
            "reports/same-question/<int:left>/<int:right>/",
            CompareView.as_view(),
            name="lotse_compare_guides",
        ),
    ]


@hooks.register("register_reports_menu_item")
def orphans_menu_item() -> MenuItem:
    return WritersMenuItem(
        OrphanReport.page_title, reverse("lotse_orphans"), name="orphans", icon_name="link", order=640
    )


@hooks.register("register_reports_menu_item")
def competing_menu_item() -> MenuItem:
    return WritersMenuItem(
        CompetingReport.page_title,
        reverse("lotse_competing"),
        name="same-question",
        icon_name="copy",
        order=650,
    )


# In the menu of every page, so that a translation has it too: wagtail-localize's editor has no side panels.
@hooks.register("register_page_header_buttons")
@hooks.register("register_page_listing_more_buttons")
def button(
    page: Page, user: AbstractBaseUser, next_url: str | None = None, **_more: object
) -> Iterator[Button]:
    if page.permissions_for_user(user).can_edit() and offered(page.specific):
        yield Button(
            _("Related pages"), reverse("lotse_related_pages", args=[page.pk]), icon_name="link", priority=70
        )
