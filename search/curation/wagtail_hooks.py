"""Where the list stands in Wagtail's admin."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib.auth.base_user import AbstractBaseUser
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.pages import base_page_viewset
from wagtail.admin.widgets import Button
from wagtail.models import Page

from search.curation import views
from search.curation.panel import EditViewWithRelatedPages, offered

# Of all page types: Wagtail has no hook for side panels.
base_page_viewset.edit_view_class = EditViewWithRelatedPages


@hooks.register("register_admin_urls")
def addresses() -> list[URLPattern]:
    return [
        path("pages/<int:page_id>/related/", views.related_pages, name="lotse_related_pages"),
        path("pages/<int:page_id>/related/decide/", views.decide, name="lotse_decide_related"),
    ]


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
