"""New pages: where somebody may make one, and that Wagtail's form makes one, however often and quickly it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from wagtail.admin.viewsets.pages import base_page_viewset
from wagtail.models import Page

from kb.core.uuids import uuid_of


class SendAgain(HttpResponseRedirect):
    """The browser sends the same form to another address (RFC 9110, 15.4.8)."""

    status_code = 307


def make_one_page_of_a_form() -> None:
    """The browser saves a draft by itself; "publish", pressed meanwhile, comes from a form that knows of no draft yet.

    So the form names the page it will make, by its translation key. Who comes second, be it the draft, a second click
    or a repetition after a lost answer, waits for the first and is sent on to the form of the page that is there.
    """

    class OnePageOfAForm(base_page_viewset.add_view_class):  # type: ignore[misc,name-defined]
        def post(self, request: HttpRequest) -> HttpResponse:
            key = uuid_of(request.POST.get("translation_key", ""))
            if key is None:
                return super().post(request)  # type: ignore[no-any-return]
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(key)])
                there = Page.objects.filter(translation_key=key)
                own = there.filter(
                    locale=self.page.locale, owner=request.user, content_type=self.page_content_type
                ).first()
                if own is not None:
                    return SendAgain(reverse("wagtailadmin_pages:edit", args=[own.pk]))
                # Never a translation of somebody's page: those are made by translating.
                if not there.exists():
                    self.page.translation_key = key
                return super().post(request)  # type: ignore[no-any-return]

        def form_valid(self, form: Any) -> HttpResponse:
            """An address that the form found free may be taken when the page is saved, by somebody else. Wagtail would
            answer 500, and what was written would be lost."""
            try:
                with transaction.atomic():
                    return super().form_valid(form)  # type: ignore[no-any-return]
            except ValidationError as error:
                form.add_error(None, error)
                form.instance.path, form.instance.depth = "", None  # as before: it has no place in the tree
                return self.form_invalid(form)  # type: ignore[no-any-return]

    base_page_viewset.add_view_class = OnePageOfAForm


def filled_in(
    request: HttpRequest, parent: Page, kind: type[Page], values: Mapping[str, Any]
) -> HttpResponse:
    """Wagtail's form of a new page of `kind` below `parent`, with `values` in its fields. Nothing is saved: sent off,
    the form goes to Wagtail's own view. Who may not add such a page is refused by it."""

    class FilledIn(base_page_viewset.add_view_class):  # type: ignore[misc,name-defined]
        def get(self, request: HttpRequest) -> HttpResponse:
            for name, value in values.items():
                setattr(self.page, name, value)
            return super().get(request)  # type: ignore[no-any-return]

        post = get  # what was sent here are the values

    meta = kind._meta
    return FilledIn.as_view()(request, meta.app_label, meta.model_name, parent.pk)  # type: ignore[no-any-return]


def place_for(user: Any, kind: type[Page], index: type[Page], language: str) -> Page | None:
    """The page of the type `index`, in `language` or else in another one, below which `user` may make one of `kind`."""
    found = index.objects.filter(alias_of__isnull=True).select_related("locale")
    # After the wanted language, the order in which the site's languages were made; the site's own before a cluster's.
    for page in sorted(
        found, key=lambda page: (page.locale.language_code != language, page.locale_id, page.depth, page.path)
    ):
        if page.permissions_for_user(user).can_add_subpage() and kind.can_create_at(page):
            return page  # type: ignore[no-any-return]
    return None
