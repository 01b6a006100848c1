"""Links that lead nowhere. Other websites are not asked: a page must not wait for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from bs4 import BeautifulSoup
from django.utils.translation import gettext as _
from wagtail.documents import get_document_model
from wagtail.models import Page

from kb.checks.finding import Finding
from kb.checks.texts import Piece
from kb.core.visibility import visible_to
from search.reader import ANONYMOUS


@dataclass(frozen=True)
class _Link:
    piece: Piece
    words: str
    """the linked words; "" for a chooser"""
    page: int | None = None
    document: int | None = None
    href: str = ""


def check(page: Page, found: list[Piece]) -> Iterator[Finding]:
    """Links to pages that are gone, unpublished or closed to visitors, to files that are gone, and broken addresses."""
    links = [link for piece in found for link in _links(piece)]
    pages = _states({link.page for link in links if link.page is not None})
    wanted = {link.document for link in links if link.document is not None}
    there = set(get_document_model().objects.filter(pk__in=wanted).values_list("pk", flat=True))
    closed_matters = not page.get_view_restrictions()
    for link in links:
        if link.page is not None:
            state = pages.get(link.page, "gone")
            if state == "closed" and not closed_matters:
                continue
            text = {
                "gone": _("leads to a page that is not there any more."),
                "draft": _("leads to a page that is not published."),
                "closed": _("leads to a page that is not open to everybody."),
            }.get(state)
        elif link.document is not None:
            text = None if link.document in there else _("leads to a file that is not there any more.")
        else:
            text = _broken(link.href)
        if text:
            yield Finding(_what(link, text), link.piece.path, link.piece.place)


def _what(link: _Link, text: str) -> str:
    return f"{_('The link “%(words)s”') % {'words': link.words} if link.words else _('This link')} {text}"


def _links(piece: Piece) -> Iterator[_Link]:
    if piece.kind in ("page", "document"):
        # 0 is nobody's number: what was chosen has been deleted.
        yield _internal(piece, piece.kind, "", piece.value.pk if piece.value is not None else 0)
    elif piece.kind == "rich" and "<a" in piece.value:
        for anchor in BeautifulSoup(piece.value, "html.parser").find_all("a"):
            words, kind = " ".join(anchor.get_text().split()), str(anchor.get("linktype") or "")
            if kind in ("page", "document"):
                target = str(anchor.get("id") or "")
                yield _internal(piece, kind, words, int(target) if target.isdigit() else 0)
            else:
                yield _Link(piece, words, href=str(anchor.get("href") or ""))


def _internal(piece: Piece, kind: str, words: str, number: int) -> _Link:
    if kind == "page":
        return _Link(piece, words, page=number)
    return _Link(piece, words, document=number)


def _states(wanted: set[int]) -> dict[int, str]:
    """Number -> "open", "closed" (not for visitors) or "draft"; numbers of deleted pages are missing."""
    live = dict(Page.objects.filter(pk__in=wanted).values_list("pk", "live"))
    public = set(visible_to(Page.objects.filter(pk__in=wanted), ANONYMOUS).values_list("pk", flat=True))
    return {pk: "open" if pk in public else "closed" if is_live else "draft" for pk, is_live in live.items()}


def _broken(href: str) -> str | None:
    """What is wrong with an address that somebody typed, judged by its form."""
    try:
        parts = urlsplit(href.strip())
    except ValueError:
        return _("has an address that cannot be right.")
    if not href.strip():
        return _("has no address.")
    if parts.scheme in ("mailto", "tel"):
        return None if parts.path else _("has no address.")
    if parts.scheme in ("http", "https"):
        ok = "." in parts.netloc.strip(".") and " " not in href.strip()
        return None if ok else _("has an address that cannot be right.")
    if parts.scheme:
        return _("has an address that cannot be right.")
    if href.startswith(("#", "/")):
        return None
    return _("has an address without “https://” and leads nowhere.")
