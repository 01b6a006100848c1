"""What every template knows without asking."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from wagtail.models import Site

from kb.core import navigation as nav
from kb.core.locales import code_of
from kb.core.models import SiteIdentity
from search.reader import reading_language


def navigation(request: HttpRequest) -> dict[str, Any]:
    """`navigation`: lazily, so that the admin's templates and fragments pay nothing.

    `navigation.menu` and `.footer` (lists of nav.Entry), `.languages` (nav.LanguageLink), `.alternates`
    (nav.Alternate), `.home` (page or None), `.home_url`, `.identity` (SiteIdentity or None).
    """
    return {"navigation": SimpleLazyObject(lambda: _navigation(request))}


def _navigation(request: HttpRequest) -> dict[str, Any]:
    page = nav.shown_page(request)
    site = Site.find_for_request(request)
    frame = nav.frame(site, page, request) if site else nav.Frame({}, [], {})
    code = code_of(page.locale_id) if page is not None else reading_language()
    home = frame.homes.get(code) or next(iter(frame.homes.values()), None)
    languages = nav.language_links(request, page, frame)
    return {
        "menu": nav.menu(home, frame.menu, request) if home else [],
        "footer": nav.footer(home, request) if home else [],
        "languages": languages,
        "alternates": nav.alternates(request, languages),
        "home": home,
        "home_url": home.get_url(request) if home else f"/{code}/",
        "identity": SiteIdentity.for_request(request) if site else None,
    }
