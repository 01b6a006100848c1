"""Which pages belong together, computed for the whole index at once.

At once because every score depends on all pages (a word that many share says little): so the stored relations are
a function of what the index holds and of nothing that happened on the way there.
"""

from __future__ import annotations

import logging
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, connection, transaction

from search.analysis import stem
from search.analysis.normalise import fold
from search.analysis.stopwords import STOP_WORDS
from search.conf import conf
from search.embedding import Embedder, index_embedder
from search.index.selectors import status
from search.retrieval.urls import root_patterns

if TYPE_CHECKING:
    import numpy.typing

    Matrix = numpy.typing.NDArray[Any]

logger = logging.getLogger(__name__)

_LOCK = 0x10753  # any number of our own: one computation at a time, across processes
PAIRS = 3
"""A pair of pages is as near as its three nearest pairs of passages, each passage used once at most on one side:
one common sentence ("Melden Sie sich an") does not relate two pages."""
SHARED_WORDS = 5
COMMON_SHARE = 0.3
"""A word on more of a language's pages than this relates nothing: headings that every guide has, "Cluster"."""
COMMON_PAGES = 5
"""… unless these are but a few pages, on a site that has just begun."""

# Of both languages: a template's text can hold a German file on an English page.
_FUNCTION_STEMS = {stem(language, fold(word)) for language, stops in STOP_WORDS.items() for word in stops}


@dataclass
class _Pages:
    """All indexed pages side by side; index = position in `ids`."""

    ids: list[int] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    audiences: list[str] = field(default_factory=list)
    """who can see it: "" for everybody, else what closes it"""

    @property
    def open(self) -> list[bool]:
        return [audience == "" for audience in self.audiences]


def relate_pending() -> int:
    """Computes relations anew if a page was written since they were. Returns the number stored, 0 if none were due.

    Waits while pages are due that can still be tried: an import of thousands computes once, at its end.
    """
    state = status()
    if state.due > state.failed:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            # A page without passages is related to nothing, so that nothing is ever noted for it.
            "select exists (select from search_indexedpage "
            "where pipeline <> '' and passage_count > 0 and related_at is null)"
        )
        if not cursor.fetchone()[0]:
            return 0
    try:
        return relate_all()
    except IntegrityError as error:
        # A passage that was read has gone meanwhile. Its page is due again, and so are the relations.
        logger.info("Relations will be computed at the next sweep: %s", error)
        return 0


def relate_all(embedder: Embedder | None = None) -> int:
    """Replaces all relations. Returns their number; 0 also while another process is at it."""
    began = time.monotonic()
    embedder = embedder or index_embedder()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", (_LOCK,))
        if not cursor.fetchone()[0]:
            return 0
        pages = _pages(cursor)
        rows = _relations(cursor, pages, embedder) if len(pages.ids) > 1 else []
        cursor.execute("delete from search_relation")
        if rows:
            with cursor.copy(
                "copy search_relation (page_id, other_id, score, shared, passage_id, other_passage_id) from stdin"
            ) as copy:
                for row in rows:
                    copy.write_row(row)
        # Only the rows that were read: a page written meanwhile stays due.
        cursor.execute(
            "update search_indexedpage set related_at = now() "
            "where page_id = any(%s) and (related_at is null or related_at < indexed_at) and indexed_at <= now()",
            (pages.ids,),
        )
    logger.info(
        "Computed %s relations of %s pages in %.1f s", len(rows), len(pages.ids), time.monotonic() - began
    )
    return len(rows)


def _pages(cursor: Any) -> _Pages:
    cursor.execute(
        """
        select i.page_id, i.translation_key::text, i.language,
            case
                when p.expire_at <= statement_timestamp() or not p.url_path like any(%s::text[]) then 'nobody'
                else coalesce((
                    select string_agg(r.id::text, ' ' order by r.id)
                    from wagtailcore_pageviewrestriction r join wagtailcore_page a on a.id = r.page_id
                    where r.restriction_type <> 'none' and starts_with(p.path, a.path)
                ), '')
            end
        from search_indexedpage i join wagtailcore_page p on p.id = i.page_id
        where i.pipeline <> '' and p.live and i.passage_count > 0
        order by i.page_id
        """,
        (root_patterns(),),
    )
    pages = _Pages()
    for page_id, key, language, audience in cursor.fetchall():
        pages.ids.append(page_id)
        pages.keys.append(key)
        pages.languages.append(language)
        pages.audiences.append(audience)
    return pages


def _relations(cursor: Any, pages: _Pages, embedder: Embedder) -> list[tuple[Any, ...]]:
    import numpy

    lexical, tops, words = _lexical(cursor, pages)
    dense, passages = _dense(cursor, pages, embedder)
    fluent = numpy.array(
        ["*" in embedder.languages or code in embedder.languages for code in pages.languages]
    )
    weight = numpy.where(
        fluent[:, None] & fluent[None, :], conf().related_dense_weight, conf().related_dense_weight / 4
    )
    score = _across_translations((1 - weight) * lexical + weight * dense, pages)
    rows = []
    # Pages of each audience are ranked among themselves: one that a reader cannot see pushes none off the list.
    audiences = numpy.array(pages.audiences)
    groups = [audiences == audience for audience in sorted(set(pages.audiences))]
    for index, page_id in enumerate(pages.ids):
        for group in groups:
            # Stable: among equals the order must not depend on what else there is.
            nearest = numpy.argsort(-score[index], kind="stable")
            order = [other for other in nearest if group[other]][: conf().related_kept]
            for other in order:
                value = float(score[index, other])
                if value < conf().related_threshold:
                    break
                left, right = passages(index, int(other))
                rows.append(
                    (page_id, pages.ids[other], value, _shared(tops, words, index, int(other)), left, right)
                )
    return rows


def _across_translations(score: Matrix, pages: _Pages) -> Matrix:
    """Two pages are as near as the nearest of their translations: one model reads English better than German, and
    what belongs together does so in every language. Pairs across languages remain only where one side has no page
    in the other's language. A page and its own translations are never a pair.
    """
    import numpy

    # Translations with different audiences are kept apart: what is hidden lends nothing to what is seen.
    units = sorted(set(zip(pages.keys, pages.audiences, strict=True)))
    number = {unit: place for place, unit in enumerate(units)}
    unit = numpy.array([number[pair] for pair in zip(pages.keys, pages.audiences, strict=True)])
    nearest = numpy.full((len(units), len(units)), -1.0, dtype=score.dtype)
    numpy.maximum.at(nearest, (unit[:, None], unit[None, :]), score)
    lifted = nearest[unit][:, unit]
    languages = numpy.array(pages.languages)
    for language in sorted(set(pages.languages)):
        has = numpy.isin(unit, unit[languages == language])
        mine = languages == language
        other_language = numpy.outer(mine, ~mine & has)
        lifted[other_language | other_language.T] = -1.0
    keys = numpy.array(pages.keys)
    lifted[keys[:, None] == keys[None, :]] = -1.0
    return lifted


def _lexical(cursor: Any, pages: _Pages) -> tuple[Matrix, list[dict[str, float]], dict[str, str]]:
    """Cosines of the pages' strongest tf-idf terms; those terms; and a written form of each term."""
    import numpy
    from scipy import sparse

    place = {page_id: index for index, page_id in enumerate(pages.ids)}
    cursor.execute(
        """
        select term, page_id, (body + %s * headings + %s * title + %s * keywords)::float8 as tf
        from search_posting
        """,
        (conf().weight_heading, conf().weight_title, conf().weight_keywords),
    )
    counts: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for term, page_id, tf in cursor.fetchall():
        if page_id in place:
            counts[term].append((place[page_id], tf))
    # IDF of open pages only: what is hidden must not move what is seen. Per language, as the terms are.
    is_open = pages.open
    totals = Counter(code for code, opened in zip(pages.languages, is_open, strict=True) if opened)
    terms: list[dict[str, float]] = [{} for _ in pages.ids]
    for term, places in counts.items():
        language, _, bare = term.partition(":")
        df = sum(is_open[index] for index, _ in places)
        total = max(1, totals[language])
        if df > max(COMMON_PAGES, COMMON_SHARE * total) or bare in _FUNCTION_STEMS or bare.isdigit():
            continue
        idf = max(0.0, float(numpy.log((1 + total) / (1 + df))))
        for index, tf in places:
            if idf:
                terms[index][term] = (1 + float(numpy.log(tf))) * idf
    tops = [
        dict(sorted(weights.items(), key=lambda item: (-item[1], item[0]))[: conf().related_terms])
        for weights in terms
    ]
    vocabulary = {term: column for column, term in enumerate(sorted({term for top in tops for term in top}))}
    matrix = sparse.lil_matrix((len(pages.ids), max(1, len(vocabulary))), dtype=numpy.float32)
    for index, top in enumerate(tops):
        norm = sum(value * value for value in top.values()) ** 0.5 or 1.0
        for term, value in top.items():
            matrix[index, vocabulary[term]] = value / norm
    csr = matrix.tocsr()
    cursor.execute(
        "select distinct on (language, stem) language || ':' || stem, coalesce(nullif(written, ''), word) "
        "from search_lexeme "
        "order by language, stem, length(word), word"
    )
    words = dict(cursor.fetchall())
    return (csr @ csr.T).toarray(), tops, words


def _shared(tops: list[dict[str, float]], words: dict[str, str], left: int, right: int) -> list[str]:
    """Written forms of the strongest terms that two pages have in common."""
    common = sorted(
        tops[left].keys() & tops[right].keys(), key=lambda term: -tops[left][term] * tops[right][term]
    )
    return [words.get(term, term.partition(":")[2]) for term in common[:SHARED_WORDS]]


def _dense(cursor: Any, pages: _Pages, embedder: Embedder) -> tuple[Matrix, Any]:
    """Similarity of the pages' nearest passages, freed of what all passages share; and a way to those passages."""
    import numpy

    place = {page_id: index for index, page_id in enumerate(pages.ids)}
    cursor.execute(
        """
        select v.page_id, v.passage_id, v.embedding::text
        from search_passagevector v join search_embeddingmodel m on m.id = v.model_id
        where m.fingerprint = %s order by v.page_id, v.passage_id
        """,
        (embedder.fingerprint,),
    )
    found = [row for row in cursor.fetchall() if row[0] in place]
    count = len(pages.ids)
    if not found:
        return numpy.zeros((count, count), dtype=numpy.float32), lambda left, right: (None, None)
    vectors = numpy.array([numpy.fromstring(row[2][1:-1], sep=",", dtype=numpy.float32) for row in found])
    owner = numpy.array([place[row[0]] for row in found])
    ids = [row[1] for row in found]
    # The mean of all passages says "text of this site"; without it hubs stop being near everything.
    is_open = numpy.array(pages.open)[owner]
    vectors = vectors - (vectors[is_open].mean(axis=0) if is_open.any() else 0)
    vectors /= numpy.maximum(numpy.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
    members = [numpy.flatnonzero(owner == index) for index in range(count)]
    similar: Matrix = numpy.zeros((count, count), dtype=numpy.float32)
    starts = numpy.searchsorted(owner, numpy.arange(count))
    filled = numpy.array([len(rows) > 0 for rows in members])
    for index in range(count):
        if not filled[index]:
            continue
        # Each passage of this page against all others: its nearest on every other page, then the mean of the best.
        products = vectors[members[index]] @ vectors.T
        nearest = numpy.maximum.reduceat(products, starts[filled], axis=1)
        best = -numpy.sort(-nearest, axis=0)[:PAIRS].mean(axis=0)
        similar[index, filled] = best
    similar = (similar + similar.T) / 2

    def evidence(left: int, right: int) -> tuple[int | None, int | None]:
        if not (filled[left] and filled[right]):
            return None, None
        products = vectors[members[left]] @ vectors[members[right]].T
        row, column = numpy.unravel_index(int(products.argmax()), products.shape)
        return ids[members[left][row]], ids[members[right][column]]

    return similar, evidence
