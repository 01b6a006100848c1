"""Menu, footer and language links of the page that is being read."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.translation import get_language
from wagtail.models import Page, Site

from kb.core.models import ContentPage
from kb.core.reader import reader_of
from kb.core.visibility import visible_to

LANGUAGE_NAMES = {"de": "Deutsch", "en": "English"}
"""Each language named in itself, whatever language is being read."""


@dataclass(frozen=True)
class Entry:
    """A link of the menu or footer."""

    title: str
    url: str
    current: bool
    easy_language: bool = False


@dataclass(frozen=True)
class LanguageLink:
    """A link to the same page in another language, or to that language's home page."""

    code: str
    name: str
    url: str
    current: bool
    same_page: bool
    """False when the page is not there in that language: no `hreflang` for it"""


@dataclass(frozen=True)
class Alternate:
    """An address for a `<link rel="alternate" hreflang>`: a language code or "x-default", and an absolute URL."""

    code: str
    url: str


def homes(site: Site) -> dict[str, Page]:
    """The home page of each language, by language code; one query."""
    pages = (
        Page.objects.live()
        .filter(translation_key=site.root_page.translation_key, alias_of__isnull=True)
        .select_related("locale")
    )
    return {page.locale.language_code: page for page in pages}


def menu(home: Page, request: HttpRequest) -> list[Entry]:
    """Visible pages below `home` that are marked for menus, in the order of the tree."""
    pages = visible_to(Page.objects.child_of(home).in_menu(), reader_of(request)).filter(
        alias_of__isnull=True
    )
    return [_entry(page, request) for page in pages]


def footer(home: Page, request: HttpRequest) -> list[Entry]:
    """Visible plain pages that are marked for the footer."""
    pages = visible_to(
        ContentPage.objects.descendant_of(home).filter(show_in_footer=True, alias_of__isnull=True),
        reader_of(request),
    )
    return [
        _entry(page, request, easy_language=page.variant == ContentPage.Variant.EASY)
        for page in pages.defer_streamfields()
    ]


def language_links(request: HttpRequest, page: Page | None, homes: dict[str, Page]) -> list[LanguageLink]:
    """A link for each language. `page` is None where no page is shown (search, login)."""
    current = (get_language() or settings.LANGUAGE_CODE).split("-")[0]
    same: dict[str, Page] = {}
    if page is not None:
        same = {
            other.locale.language_code: other
            for other in visible_to(
                Page.objects.filter(translation_key=page.translation_key, alias_of__isnull=True),
                reader_of(request),
            ).select_related("locale")
        }
    links = []
    for code, _name in settings.LANGUAGES:
        target: str | None = None
        same_page = True
        if code in same:
            target = same[code].get_url(request)
        elif page is None and not _is_lost(request):
            target = _translated_address(request, code)
        if not target:
            same_page = False
            target = homes[code].get_url(request) if code in homes else f"/{code}/"
        links.append(
            LanguageLink(
                code, LANGUAGE_NAMES.get(code, code), target or f"/{code}/", code == current, same_page
            )
        )
    return links


def breadcrumbs(page: Page) -> list[Page]:
    """The pages above `page`, home first, without the tree's root and without what is not published."""
    return list(page.get_ancestors().filter(depth__gt=1).live())


def alternates(request: HttpRequest, links: list[LanguageLink]) -> list[Alternate]:
    """The versions of this very page for search engines; none where there is only one."""
    same = [Alternate(link.code, request.build_absolute_uri(link.url)) for link in links if link.same_page]
    if len(same) < 2:
        return []
    default = next((one for one in same if one.code == settings.LANGUAGE_CODE), same[0])
    return [*same, Alternate("x-default", default.url)]


def shown_page(request: HttpRequest) -> Page | None:
    """The page Wagtail found for this request, without asking the database again."""
    route = getattr(request, "_wagtail_route_for_request", None)
    return route[0] if route else None


def _is_lost(request: HttpRequest) -> bool:
    """True when Wagtail looked for a page at this address and found none."""
    return getattr(request, "_wagtail_route_for_request", False) is None


def _entry(page: Page, request: HttpRequest, *, easy_language: bool = False) -> Entry:
    url = page.get_url(request) or ""
    return Entry(page.title, url, bool(url) and request.path.startswith(unquote(url)), easy_language)


def _translated_address(request: HttpRequest, code: str) -> str | None:
    here = request.get_full_path()
    there = translate_url(here, code)
    # Unchanged in another language: this address has no counterpart.
    if there == here and not urlsplit(here).path.startswith(f"/{code}/"):
        return None
    return there
