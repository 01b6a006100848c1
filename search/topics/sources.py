"""What topics are computed from: pages that belong to owners and that everybody may see, both versions as one.

From nothing else, so that no label, weight or number of a topic can tell of a page that is not public.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection
from django.utils import timezone, translation
from wagtail.models import Page

from search.embedding import Embedder
from search.protocol import Dated, Limited
from search.reader import ANONYMOUS
from search.retrieval.statement import sql, visible_params

if TYPE_CHECKING:
    import numpy.typing

    Matrix = numpy.typing.NDArray[Any]

PAGES_AT_ONCE = 200

_OWNED = f"""
with
{sql("visible.sql")}
owned as (
    select v.page_id, v.translation_key::text as key, v.language, v.kind, v.title,
        array(
            select substr(f, length(%(prefix)s) + 1) from unnest(v.facets) f
            where starts_with(f, %(prefix)s) order by f
        ) as owners,
        i.published_at, concat_ws('|', i.revision, extract(epoch from i.published_at), i.done) as state
    from visible v join search_indexedpage i on i.page_id = v.page_id
    where v.passage_count > 0
)
"""


@dataclass(frozen=True)
class SourcePassage:
    id: int
    page_id: int
    language: str
    anchor: str
    headings: tuple[str, ...]
    text: str


@dataclass
class Version:
    """A page in one language."""

    page_id: int
    title: str
    keywords: tuple[str, ...] = ()
    """phrases, as the author separated them"""
    passages: list[SourcePassage] = field(default_factory=list)


@dataclass
class Source:
    """A page in all its public versions."""

    key: str
    kind: str
    owners: tuple[str, ...]
    versions: dict[str, Version]
    dated: date

    @property
    def pages(self) -> list[int]:
        return [version.page_id for version in self.versions.values()]


@dataclass
class Sources:
    """Everything that is read for one computation."""

    pages: list[Source]
    owners: dict[str, Source]
    """key -> the owner's own page"""
    vectors: dict[int, Matrix]
    """passage id -> its vector in the space of the model, where it has one"""


def state(embedder: Embedder, version: str) -> str:
    """Digest of what `read` would read, and of today's date: what ends today is a change too. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_OWNED} select coalesce(string_agg(page_id || ':' || state, ',' order by page_id), '') "
            "from owned where cardinality(owners) > 0",
            {**visible_params(ANONYMOUS), "prefix": _prefix()},
        )
        pages = cursor.fetchone()[0]
    basis = f"{version}|{embedder.fingerprint}|{timezone.localdate()}|{pages}"
    return hashlib.blake2b(basis.encode(), digest_size=16).hexdigest()


def read(embedder: Embedder) -> Sources:
    """Pages of owners that are public themselves; what has ended by its own account is left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_OWNED} select page_id, key, language, kind, title, owners, published_at from owned "
            "where cardinality(owners) > 0 order by key, language, page_id",
            {**visible_params(ANONYMOUS), "prefix": _prefix()},
        )
        rows = cursor.fetchall()
        public = {row[1] for row in rows}
        pages: dict[str, Source] = {}
        for page_id, key, language, kind, title, owners, published_at in rows:
            owners = tuple(owner for owner in owners if owner in public)
            if not owners:
                continue
            source = pages.setdefault(
                key,
                Source(key, kind, owners, {}, timezone.localdate(published_at) if published_at else date.min),
            )
            source.owners = tuple(sorted({*source.owners, *owners}))
            source.versions.setdefault(language, Version(page_id, title))
        _from_pages(pages)
        _passages(cursor, pages.values())
        vectors = _vectors(cursor, embedder, pages.values())
    owners = {owner for source in pages.values() for owner in source.owners}
    return Sources(
        sorted(pages.values(), key=lambda source: source.key),
        {owner: pages[owner] for owner in sorted(owners) if owner in pages},
        vectors,
    )


def keys_of(owners: Sequence[str]) -> list[str]:
    """Translation keys of all public pages of these owners."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_OWNED} select distinct key from owned where owners && %(owners)s::text[] order by key",
            {**visible_params(ANONYMOUS), "prefix": _prefix(), "owners": list(owners)},
        )
        return [key for (key,) in cursor.fetchall()]


def _prefix() -> str:
    return f"{settings.SEARCH_TOPIC_OWNER}:"


def _from_pages(sources: dict[str, Source]) -> None:
    """Keywords, dates and ends, which only the page itself knows."""
    today = timezone.localdate()
    versions = {
        version.page_id: (source, version)
        for source in sources.values()
        for version in source.versions.values()
    }
    ids = sorted(versions)
    ended = set()
    for start in range(0, len(ids), PAGES_AT_ONCE):
        for page in Page.objects.filter(pk__in=ids[start : start + PAGES_AT_ONCE]).specific():
            source, version = versions[page.pk]
            with translation.override(page.locale.language_code):
                words = page.search_keywords()
            version.keywords = tuple(
                phrase for phrase in (part.strip() for part in words.split(",")) if phrase
            )
            if isinstance(page, Limited) and page.valid_until and page.valid_until < today:
                ended.add(source.key)
            first = page.first_published_at
            dated = timezone.localdate(first) if first else source.dated
            if isinstance(page, Dated) and (said := page.dated_on()):
                dated = min(said, dated)
            source.dated = dated if source.dated == date.min else min(source.dated, dated)
    for key in ended:
        del sources[key]


def _passages(cursor: Any, sources: Iterable[Source]) -> None:
    versions = {
        version.page_id: (language, version)
        for source in sources
        for language, version in source.versions.items()
    }
    cursor.execute(
        "select id, page_id, anchor, heading_path, text from search_passage "
        "where page_id = any(%s) order by page_id, ordinal",
        (list(versions),),
    )
    for passage_id, page_id, anchor, headings, text in cursor.fetchall():
        language, version = versions[page_id]
        version.passages.append(SourcePassage(passage_id, page_id, language, anchor, tuple(headings), text))


def _vectors(cursor: Any, embedder: Embedder, sources: Iterable[Source]) -> dict[int, Matrix]:
    import numpy

    pages = [page_id for source in sources for page_id in source.pages]
    cursor.execute(
        "select v.passage_id, v.embedding::text from search_passagevector v "
        "join search_embeddingmodel m on m.id = v.model_id "
        "where m.fingerprint = %s and v.page_id = any(%s)",
        (embedder.fingerprint, pages),
    )
    return {
        passage_id: numpy.fromstring(text[1:-1], sep=",", dtype=numpy.float32)
        for passage_id, text in cursor.fetchall()
    }
