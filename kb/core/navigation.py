"""Menu, footer and language links of the page that is being read."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest
from django.urls import translate_url
from wagtail.models import Page, Site

from kb.core.kept import Kept
from kb.core.models import ContentPage, SiteIdentity
from kb.core.visibility import visible_to
from search.reader import Reader, reading_language

LANGUAGE_NAMES = {"de": "Deutsch", "en": "English"}
"""Each language named in itself, whatever language is being read."""


LINKED = ("title", "url_path")
"""What a link needs of a page."""


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


@dataclass(frozen=True)
class Frame:
    """The pages around the one that is shown, as far as this reader may see them."""

    homes: dict[str, Page]
    """the home page of each language, by language code"""
    menu: list[Page]
    """pages below a home page that are marked for menus, in the order of the tree"""
    same: dict[str, Page]
    """the versions of the page that is shown, by language code"""


@dataclass(frozen=True)
class Around:
    """What stands around every page of one language for one reader."""

    site: Site | None
    frame: Frame
    home: Page | None
    footer: list[ContentPage]
    identity: SiteIdentity | None


NOTHING = Around(None, Frame({}, [], {}), None, [], None)
"""where there is no site"""

_kept: Kept[Around] = Kept()


def around(request: HttpRequest, page: Page | None, code: str, reader: Reader) -> Around:
    """`code` is the language of what is read. `page` is None where no page is shown (search, login): what stands around
    those is read once and kept until anything changes."""

    def read() -> Around:
        site = Site.find_for_request(request)
        if site is None:
            return NOTHING
        there = frame(site, page, reader)
        home = there.homes.get(code) or next(iter(there.homes.values()), None)
        below = _footer_pages(home, reader) if home else []
        return Around(site, there, home, below, SiteIdentity.for_site(site))

    if page is not None:
        return read()
    found = _kept.get((request.get_host(), request.get_port(), code, reader), read)
    # Where Site.find_for_request leaves it: asking for the address of a page would ask for the site again, 2 ms.
    request._wagtail_site = found.site  # type: ignore[attr-defined]
    return found


def frame(site: Site, page: Page | None, reader: Reader) -> Frame:
    """Asks for all of them at once: building a query costs more than running it. `page` is None where no page is
    shown (search, login)."""
    root = site.root_page
    keys = {root.translation_key, *([page.translation_key] if page is not None else [])}
    found = (
        visible_to(Page.objects.filter(alias_of__isnull=True), reader)
        .filter(Q(translation_key__in=keys) | Q(show_in_menus=True, depth=root.depth + 1))
        .select_related("locale")
        .only(*LINKED, "depth", "path", "show_in_menus", "translation_key", "locale__language_code")
        .order_by("path")
    )
    homes: dict[str, Page] = {}
    same: dict[str, Page] = {}
    menu = []
    for one in found:
        if one.translation_key == root.translation_key:
            homes[one.locale.language_code] = one
        if page is not None and one.translation_key == page.translation_key:
            same[one.locale.language_code] = one
        if one.show_in_menus and one.depth == root.depth + 1:
            menu.append(one)
    return Frame(homes, menu, same)


def menu(around: Around, request: HttpRequest) -> list[Entry]:
    """The pages of the menu that stand below the home page of this language."""
    home = around.home
    return [_entry(page, request) for page in around.frame.menu if home and page.path.startswith(home.path)]


def footer(around: Around, request: HttpRequest) -> list[Entry]:
    return [
        _entry(page, request, easy_language=page.variant == ContentPage.Variant.EASY)
        for page in around.footer
    ]


def _footer_pages(home: Page, reader: Reader) -> list[ContentPage]:
    """Visible plain pages that are marked for the footer."""
    pages = ContentPage.objects.descendant_of(home).filter(show_in_footer=True, alias_of__isnull=True)
    return list(visible_to(pages, reader).only(*LINKED, "variant"))


def language_links(request: HttpRequest, page: Page | None, frame: Frame) -> list[LanguageLink]:
    """A link for each language. `page` is None where no page is shown (search, login)."""
    current = reading_language()
    links = []
    for code, _name in settings.LANGUAGES:
        target: str | None = None
        same_page = True
        if code in frame.same:
            target = frame.same[code].get_url(request)
        elif page is None and not _is_lost(request):
            target = _translated_address(request, code)
        if not target:
            same_page = False
            target = frame.homes[code].get_url(request) if code in frame.homes else f"/{code}/"
        links.append(
            LanguageLink(
                code, LANGUAGE_NAMES.get(code, code), target or f"/{code}/", code == current, same_page
            )
        )
    return links


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
