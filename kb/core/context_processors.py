"""What every template knows without asking."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from kb.core import navigation as nav
from kb.core.locales import code_of
from kb.core.reader import reader_of
from search.reader import reading_language


def navigation(request: HttpRequest) -> dict[str, Any]:
    """`navigation`: lazily, so that the admin's templates and fragments pay nothing.

    `navigation.menu` and `.footer` (lists of nav.Entry), `.languages` (nav.LanguageLink), `.alternates`
    (nav.Alternate), `.home` (page or None), `.home_url`, `.identity` (SiteIdentity or None).
    """
    return {"navigation": SimpleLazyObject(lambda: _navigation(request))}


def _navigation(request: HttpRequest) -> dict[str, Any]:
    page = nav.shown_page(request)
    code = code_of(page.locale_id) if page is not None else reading_language()
    around = nav.around(request, page, code, reader_of(request))
    languages = nav.language_links(request, page, around.frame)
    return {
        "menu": nav.menu(around, request),
        "footer": nav.footer(around, request),
        "languages": languages,
        "alternates": nav.alternates(request, languages),
        "home": around.home,
        "home_url": around.home.get_url(request) if around.home else f"/{code}/",
        "identity": around.identity,
    }
