"""Pages as editors name them: by their address, or by the key that all their translations share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from wagtail.models import Page, Site

from search.index.content import searchable_content_types
from search.reader import Reader
from search.retrieval.urls import page_url
from search.visibility import visible_to

MAX_LENGTH = 2_000
"""Longer than any address that a browser shows."""


class PageUnknown(Exception):
    """No such page that search knows, or none that this reader may see: the two are not told apart."""


def pages_of(keys: Iterable[UUID], *, reader: Reader, language: str) -> dict[UUID, Page]:
    """Key -> its page in `language`, or else in another one. Pages the reader may not see are left out."""
    found: dict[UUID, Page] = {}
    for page in _answering(reader).filter(translation_key__in=list(keys)):
        if page.translation_key not in found or page.locale.language_code == language:
            found[page.translation_key] = page
    return found


def page_at(name: str, *, reader: Reader) -> Page:
    """The page that `name` means (see `pages_at`). Raises PageUnknown."""
    page = pages_at([name], reader=reader).get(name)
    if page is None:
        raise PageUnknown(name)
    return page


def pages_at(names: Iterable[str], *, reader: Reader) -> dict[str, Page]:
    """Name -> page, for the names that mean one: an address with or without its host, a translation key, or
    "folder/slug" where exactly one page, in whatever languages, has that slug. One query."""
    meant = {name: _Meaning.of(name) for name in names}
    keys = {meaning.key for meaning in meant.values() if meaning.key}
    paths = {path for meaning in meant.values() for path in meaning.url_paths}
    slugs = {meaning.slug for meaning in meant.values() if meaning.slug}
    pages = list(
        _answering(reader).filter(Q(translation_key__in=keys) | Q(url_path__in=paths) | Q(slug__in=slugs))
    )
    found = {}
    for name, meaning in meant.items():
        ways = (
            [page for page in pages if page.translation_key == meaning.key],
            [page for page in pages if page.url_path in meaning.url_paths],
            [page for page in pages if page.slug == meaning.slug],
        )
        for candidates in ways:
            if len({page.translation_key for page in candidates}) == 1:
                found[name] = candidates[0]
                break
    return found


@dataclass(frozen=True)
class _Meaning:
    """What a name could mean."""

    key: UUID | None = None
    url_paths: frozenset[str] = frozenset()
    slug: str = ""

    @classmethod
    def of(cls, name: str) -> _Meaning:
        name = name.strip()[:MAX_LENGTH]
        try:
            return cls(key=UUID(name))
        except ValueError:
            pass
        try:
            path = unquote(urlsplit(name).path)
        except ValueError:  # "http://[" is no address at all
            return cls()
        if path.startswith("/"):
            return cls(url_paths=_url_paths(path))
        return cls(slug="" if "://" in name else path.rstrip("/").rpartition("/")[2])


def _url_paths(path: str) -> frozenset[str]:
    """What an address is called in the page tree, for every site and language that it could belong to."""
    found = set()
    for root in Site.get_site_root_paths():
        with translation.override(root.language_code):
            start = reverse("wagtail_serve", args=("",))
        if f"{path}/".startswith(start):
            found.add(f"{root.root_path}{path[len(start) :]}".rstrip("/") + "/")
    return frozenset(found)


def address_of(page: Page) -> str:
    """The page's path on its site; "" below no site's root."""
    return urlsplit(page_url(page.url_path)).path


def page_with_id(page_id: int, *, reader: Reader) -> Page:
    """The page, or the one that it is an alias of. Raises PageUnknown."""
    page = _answering(reader).filter(Q(pk=page_id) | Q(aliases=page_id)).first()
    if page is None:
        raise PageUnknown(page_id)
    return page


def _answering(reader: Reader) -> Any:
    """Pages that can be an answer for `reader`: of a kind that search knows, below a site's root, no alias."""
    pages = Page.objects.filter(content_type_id__in=searchable_content_types(), alias_of__isnull=True)
    roots = [Q(url_path__startswith=root.root_path) for root in Site.get_site_root_paths()]
    pages = pages.filter(reduce(or_, roots, Q(pk__in=[])))
    return visible_to(pages.select_related("locale", "content_type").order_by("pk"), reader)
