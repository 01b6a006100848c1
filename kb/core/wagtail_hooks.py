"""Where Lotse takes part in Wagtail's admin and in serving documents."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import DateField, DateTimeField, SlugField
from django.http import Http404, HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin.forms.models import register_form_field_override
from wagtail.admin.menu import MenuItem
from wagtail.models import Page
from wagtail.snippets.models import register_snippet

from kb.core import creating, downloads, localize_views
from kb.core.addresses import AddressInput
from kb.core.dates import DayInput, MomentInput
from kb.core.translations import translations_of
from kb.core.viewsets import TaskAreaViewSet

register_snippet(TaskAreaViewSet)
creating.make_one_page_of_a_form()
localize_views.say_dates_in_the_readers_form()
register_form_field_override(SlugField, override={"widget": AddressInput})
register_form_field_override(DateField, override={"widget": DayInput})
register_form_field_override(DateTimeField, override={"widget": MomentInput})


@hooks.register("construct_translated_pages_to_cascade_actions")
def translations_that_follow(pages: list[Page], action: str) -> dict[Page, list[Page]]:
    """Shows the translations in the admin's confirmation of unpublishing and deleting.

    Not of moving: the view would move them a second time with the places they had before. Signals move them.
    """
    if action not in {"unpublish", "delete"}:
        return {}
    return {page: list(translations_of(page).specific()) for page in pages}


# Before wagtail-localize's hook of the same name, which answers the request with its editor.
@hooks.register("before_edit_page", order=-10)
def refuse_incomplete_translation(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Answers "publish" in the translation editor with what is missing."""
    return localize_views.answer_publish(request, page)


@hooks.register("insert_editor_js")
def texts_of_the_translation_editor() -> str:
    """Before the script of wagtail-localize, which draws the editor and asks its catalogue for some of them."""
    catalogue = {
        "Download PO file": _("Download PO file"),
        "Download PO file and input translations offline": _(
            "Download PO file and input translations offline"
        ),
        "Upload PO file": _("Upload PO file"),
        "Upload translated PO file to submit translations": _(
            "Upload translated PO file to submit translations"
        ),
    }
    return format_html(
        '<script src="{}" data-more-actions="{}" data-translation="{}" data-file="{}" data-catalogue="{}"></script>',
        static("core/translation_editor.js"),
        _("More actions"),
        _("Translation from {from} to {to}"),
        _("PO file"),
        json.dumps(catalogue),
    )


@hooks.register("construct_help_menu")
def no_manuals_of_wagtail(request: HttpRequest, items: list[MenuItem]) -> None:
    """They are in English, and tell of an admin that looks different."""
    items[:] = [item for item in items if not item.name.startswith(("whats-new", "editor-guide"))]


@hooks.register("insert_global_admin_js")
def names_of_fields() -> str:
    return format_html('<script src="{}"></script>', static("core/field_names.js"))


@hooks.register("insert_global_admin_css")
def room_for_names() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("core/admin.css"))


# Before wagtail-localize's own addresses of the same paths.
@hooks.register("register_admin_urls", order=-10)
def admin_urls() -> list[URLPattern]:
    """Views of wagtail-localize that change what is live, with the permission to publish."""
    return [
        path(
            "localize/update/<int:translation_source_id>/",
            localize_views.UpdateTranslationsView.as_view(),
            name="lotse_update_translations",
        ),
        path(
            "localize/page/<int:page_id>/convert_to_alias/",
            localize_views.convert_to_alias,
            name="lotse_convert_to_alias",
        ),
    ]


# Around Wagtail's own check, which sends everybody to the login: who is signed in would come straight back.
@hooks.register("on_serve_page", order=-10)
def say_no_to_other_groups(serve: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Raises PermissionDenied for who is signed in and may not read the page."""

    def serve_or_refuse(page: Page, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and not all(
            restriction.accept_request(request) for restriction in page.get_view_restrictions()
        ):
            raise PermissionDenied
        return serve(page, request, *args, **kwargs)

    return serve_or_refuse


@hooks.register("before_serve_document")
def only_for_readers_of_its_pages(document: Any, request: HttpRequest) -> HttpResponse | None:
    """Visitors are sent to the login, as for a private page; for others the document does not exist."""
    if downloads.may_download(document, request.user):
        return None
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path(), reverse("login"))
    raise Http404
