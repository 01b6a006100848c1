"""Is the index what the content says? Computed a second time and compared, without trusting a mark that says so.

`differences` goes through everything and `mend` repairs what it named: for an operator. `verify_some` does the same a
few pages at a time, so that a damaged row is found within a day although nobody asked.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from search.analysis import ANALYSIS_VERSION
from search.conf import conf
from search.embedding import EmbedderUnavailable, index_embedder
from search.index import selectors, services
from search.index.content import PageContent, load, pipeline_version, snapshot
from search.index.models import IndexedPage, Lexeme, Passage
from search.index.writer import PostingRow, posting_rows

logger = logging.getLogger(__name__)

MISSING, STALE, SURPLUS, ORPHANED = "missing", "stale", "surplus", "orphaned"
LEAST_COSINE = 0.99
"""between a stored vector and the same text embedded again. Half precision, threads and batches cost less than 0.001
(measured on the shipped model); a vector of another text lies far below."""
_DAY = 86_400.0

_last_orphans = float("-inf")


@dataclass(frozen=True)
class Difference:
    kind: str
    """missing, stale, surplus or orphaned"""
    page_id: int | None
    """None where the rows belong to no page any more"""
    what: str
    part: str = "page"
    """what must be mended: page, vectors, words or relations; for orphans the table"""


@dataclass(frozen=True)
class _Orphans:
    """Rows whose parent is not there: foreign keys forbid them, a restored dump or switched-off triggers make them."""

    table: str
    what: str
    condition: str


_NO_PAGE = "not exists (select from search_indexedpage i where i.page_id = t.page_id)"
_ORPHANS = (
    _Orphans(
        "search_indexedpage",
        "pages that the site does not have",
        "not exists (select from wagtailcore_page p where p.id = t.page_id)",
    ),
    _Orphans("search_passage", "passages of no page", _NO_PAGE),
    _Orphans("search_posting", "words of no page", _NO_PAGE),
    _Orphans(
        "search_passagevector",
        "vectors of no passage, of another page's, or of a model that is not there",
        """not exists (
            select from search_passage s join search_embeddingmodel m on m.id = t.model_id
            where s.id = t.passage_id and s.page_id = t.page_id)""",
    ),
    _Orphans(
        "search_relation",
        "relations of no page, or shown by another page's passage",
        f"""{_NO_PAGE}
        or not exists (select from search_indexedpage i where i.page_id = t.other_id)
        or t.passage_id is not null and not exists (
            select from search_passage s where s.id = t.passage_id and s.page_id = t.page_id)
        or t.other_passage_id is not null and not exists (
            select from search_passage s where s.id = t.other_passage_id and s.page_id = t.other_id)""",
    ),
)


def differences(
    *, vectors: bool = False, progress: Callable[[int, int], None] | None = None
) -> Iterator[Difference]:
    """Everything that is missing, surplus, orphaned or other than a fresh computation gives.

    `vectors` also embeds every passage again and compares (slow). `progress` is told the number of pages looked at,
    and of all.
    """
    yield from orphans()
    for page_id in selectors.pages_surplus():
        yield Difference(SURPLUS, page_id, "is in the index although nobody can ask for it")
    pages = _expected()
    for number, page_id in enumerate(pages, 1):
        yield from of_page(page_id, vectors=vectors)
        if progress is not None:
            progress(number, len(pages))
    yield from _of_relations()


def of_page(page_id: int, *, vectors: bool = False) -> list[Difference]:
    """What is other about one page, content and rows read in one snapshot."""
    with snapshot():
        row = IndexedPage.objects.filter(pk=page_id).first()
        page = load(page_id)
        if page is None:
            return []  # surplus, if it has rows
        if row is None or not row.pipeline:
            return [Difference(MISSING, page_id, "is not in the index")]
        if selectors.pages_due(pages=[page_id]):
            return [Difference(STALE, page_id, "is out of date and waits for a worker")]
        return list(_different(row, page, vectors=vectors))


def orphans() -> list[Difference]:
    """Rows without parents, as numbers per table."""
    found = []
    with connection.cursor() as cursor:
        for kind in _ORPHANS:
            cursor.execute(f"select count(*) from {kind.table} t where {kind.condition}")
            if count := cursor.fetchone()[0]:
                found.append(Difference(ORPHANED, None, f"{count} {kind.what}", kind.table))
    return found


def mend(found: Iterable[Difference]) -> dict[str, int]:
    """Removes what should not be there and makes the rest due; a worker, or `index_pending`, writes it anew.

    Returns how much of each kind. Safe to repeat, and beside workers.
    """
    mended: Counter[str] = Counter()
    changed: set[int] = set()
    for one in found:
        mended[one.kind] += 1
        if one.kind == ORPHANED:
            _delete_orphans(one.part)
        elif one.kind == SURPLUS and one.page_id is not None:
            services.drop_surplus([one.page_id])
        elif one.page_id is not None:
            if one.part == "relations":
                IndexedPage.objects.filter(pk=one.page_id).update(related_at=None)
                continue
            if one.part == "vectors":
                # The text is the right one, and so the writer would keep what belongs to it.
                with connection.cursor() as cursor:
                    cursor.execute("delete from search_passagevector where page_id = %s", (one.page_id,))
            elif one.part == "words":
                _forget_wrong_words(one.page_id)
            changed.add(one.page_id)
    services.mark_changed(changed)
    return dict(mended)


def verify_some(seconds: float | None = None) -> list[Difference]:
    """Looks again at pages that nobody has looked at for `verify_days`, vectors included, and mends what differs.

    Ends after `verify_seconds`: this runs in the worker between other work. Returns what it found.
    """
    began = time.monotonic()
    limit = conf().verify_seconds if seconds is None else seconds
    found = _orphans_once_a_day()
    for page_id in _longest_unverified():
        if time.monotonic() - began >= limit:
            break
        try:
            found += of_page(page_id, vectors=True)
        except EmbedderUnavailable:
            break  # without the model half of it would go unseen: another time
        with connection.cursor() as cursor:
            cursor.execute("update search_indexedpage set verified_at = now() where page_id = %s", (page_id,))
    for one in found:
        logger.warning("The index was wrong and is mended: page %s %s", one.page_id, one.what)
    if found:
        mend(found)
    return found


# --- What is compared -----------------------------------------------------------------------------


def _different(row: IndexedPage, page: PageContent, *, vectors: bool) -> Iterator[Difference]:
    def stale(what: str, part: str = "page") -> Difference:
        return Difference(STALE, row.pk, what, part)

    if (row.title, row.kind, row.language, tuple(row.facets), row.translation_key) != (
        page.title,
        page.kind,
        page.language,
        page.facets,
        page.translation_key,
    ):
        yield stale("has another title, type, language, translation or filter value")
    if row.pipeline != pipeline_version():
        yield stale("was computed by another version of the code")
    if (row.passage_count, row.length, row.lengths) != (
        len(page.passages),
        sum(page.lengths),
        [min(one, 32_767) for one in page.lengths],
    ):
        yield stale("has other counts of its passages and words")
    stored = list(
        Passage.objects.filter(page_id=row.pk)
        .order_by("ordinal", "pk")
        .values_list("ordinal", "anchor", "heading_path", "text", "text_hash", "length")
    )
    wanted = [
        (place, passage.anchor, list(passage.heading_path), passage.text, page.text_hash(passage), length)
        for place, (passage, length) in enumerate(zip(page.passages, page.lengths, strict=True))
    ]
    if stored != wanted:
        yield stale("has other passages")
        return
    if _postings(row.pk) != posting_rows(page):
        yield stale("has other words")
    if words := _unknown_words(page):
        yield stale(f"has {len(words)} words that the vocabulary lacks or has otherwise", "words")
    if missing := _without_vector(row.pk):
        yield stale(f"lacks {missing} vectors")
    elif vectors and (wrong := _wrong_vectors(page)):
        yield stale(f"has {wrong} vectors of another text", "vectors")


def _postings(page_id: int) -> list[PostingRow]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {', '.join(PostingRow._fields)} from search_posting where page_id = %s", (page_id,)
        )
        return sorted(PostingRow(*row[:6], *map(tuple, row[6:])) for row in cursor.fetchall())


def _unknown_words(page: PageContent) -> list[str]:
    """Words of the page that have no row, or one that says something else."""
    wanted = {word: stem for word, (stem, _) in page.vocabulary.items()}
    known = dict(
        Lexeme.objects.filter(
            language=page.language, word__in=list(wanted), analysis=ANALYSIS_VERSION
        ).values_list("word", "stem")
    )
    return sorted(word for word, stem in wanted.items() if known.get(word) != stem)


def _forget_wrong_words(page_id: int) -> None:
    """The writer adds what the vocabulary lacks, and leaves alone what is there."""
    if page := load(page_id):
        Lexeme.objects.filter(language=page.language, word__in=_unknown_words(page)).delete()


def _without_vector(page_id: int) -> int:
    embedded = Passage.objects.filter(
        page_id=page_id, vectors__model__fingerprint=index_embedder().fingerprint
    ).count()
    return Passage.objects.filter(page_id=page_id).count() - embedded


def _wrong_vectors(page: PageContent) -> int:
    """How many stored vectors of the model in force are not those of their passages' texts."""
    import numpy

    if not page.passages:
        return 0
    embedder = index_embedder()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select v.embedding::text
            from search_passage s
            join search_passagevector v on v.passage_id = s.id
            join search_embeddingmodel m on m.id = v.model_id and m.fingerprint = %s
            where s.page_id = %s order by s.ordinal
            """,
            (embedder.fingerprint, page.page_id),
        )
        rows = [numpy.fromstring(text[1:-1], sep=",", dtype=numpy.float32) for (text,) in cursor.fetchall()]
    texts = [page.embedded_text(passage) for passage in page.passages]
    size = conf().embedding_batch
    again = numpy.concatenate(
        [embedder.embed_passages(texts[begin : begin + size]) for begin in range(0, len(texts), size)]
    )
    wrong = 0
    for stored, computed in zip(rows, again, strict=True):
        length = float(numpy.linalg.norm(stored)) * float(numpy.linalg.norm(computed))
        alike = (
            stored.shape == computed.shape and length and float(stored @ computed) / length >= LEAST_COSINE
        )
        wrong += not alike
    return wrong


def _of_relations() -> list[Difference]:
    """Pages whose relations were lost: each is stored in both directions. Not those still to be computed."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select i.page_id from search_indexedpage i
            where i.pipeline <> '' and i.passage_count > 0 and (
                i.related_at is not null and exists (
                    select from search_relation r where r.other_id = i.page_id)
                and not exists (select from search_relation b where b.page_id = i.page_id))
            order by i.page_id
            """
        )
        return [
            Difference(STALE, page_id, "has lost what belongs with it", "relations")
            for (page_id,) in cursor.fetchall()
        ]


# --- What it needs --------------------------------------------------------------------------------


def _expected() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"select p.id from wagtailcore_page p where {selectors.EXPECTED} order by p.id",
            selectors.difference_params(),
        )
        return [page_id for (page_id,) in cursor.fetchall()]


def _longest_unverified() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select page_id from search_indexedpage
            where pipeline <> '' and claim is null
                and greatest(verified_at, indexed_at) < now() - make_interval(secs => %s)
            order by greatest(verified_at, indexed_at)
            limit 100
            """,
            (conf().verify_days * _DAY,),
        )
        return [page_id for (page_id,) in cursor.fetchall()]


def _orphans_once_a_day() -> list[Difference]:
    global _last_orphans
    if time.monotonic() - _last_orphans < conf().verify_days * _DAY:
        return []
    _last_orphans = time.monotonic()
    return orphans()


def _delete_orphans(table: str) -> None:
    (kind,) = (one for one in _ORPHANS if one.table == table)
    with connection.cursor() as cursor:
        cursor.execute(f"delete from {kind.table} t where {kind.condition}")
        if table == "search_relation":
            cursor.execute(
                "update search_indexedpage set related_at = null where page_id in ("
                "select page_id from search_indexedpage where passage_count > 0 limit 1)"
            )


def by_kind(found: Iterable[Difference]) -> dict[str, int]:
    counts: dict[str, int] = {MISSING: 0, STALE: 0, SURPLUS: 0, ORPHANED: 0}
    for one in found:
        counts[one.kind] += 1
    return counts


def as_dict(one: Difference) -> dict[str, Any]:
    return {"kind": one.kind, "page": one.page_id, "what": one.what, "part": one.part}
