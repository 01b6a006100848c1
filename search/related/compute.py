"""Which pages belong together, computed for the whole index at once, block by block.

At once because every score depends on all pages (a word that many share says little): so the stored relations are
a function of what the index holds and of nothing that happened on the way there.
"""

from __future__ import annotations

import logging
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, connection, transaction

from search.analysis import stem, words
from search.analysis.normalise import fold
from search.analysis.stopwords import STOP_WORDS
from search.conf import conf
from search.embedding import Embedder, index_embedder
from search.index.selectors import status
from search.retrieval.urls import root_patterns

if TYPE_CHECKING:
    import numpy
    import numpy.typing

    Matrix = numpy.typing.NDArray[Any]
    Places = numpy.typing.NDArray[numpy.int64]
else:
    Matrix = Places = object

logger = logging.getLogger(__name__)

_LOCK = 0x10753  # any number of our own: one computation at a time, across processes
PAIRS = 3
"""A pair of pages is as near as its three nearest pairs of passages, each passage used once at most on one side:
one common sentence ("Melden Sie sich an") does not relate two pages."""
SHARED_WORDS = 5
BLOCK = 128
"""Pages compared with all others at a time: with 10,000 pages a block takes some 5 MB a matrix."""
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
        rows = list(_relations(cursor, pages, embedder)) if len(pages.ids) > 1 else []
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


def _relations(cursor: Any, pages: _Pages, embedder: Embedder) -> Iterator[tuple[Any, ...]]:
    """Rows of search_relation, both directions of a pair with one score."""
    import numpy

    lexical, tops = _lexical(cursor, pages)
    dense = _dense(cursor, pages, embedder)
    fluent = numpy.array(
        ["*" in embedder.languages or code in embedder.languages for code in pages.languages]
    )
    full, little = conf().related_dense_weight, conf().related_dense_weight / 4

    def near(rows: Places) -> Matrix:
        """How near the pages at these places are to all pages: shape (len(rows), pages)."""
        weight = numpy.where(fluent[rows][:, None] & fluent[None, :], full, little).astype(numpy.float32)
        return (1 - weight) * (lexical[rows] @ lexical.T).toarray() + weight * dense.near(rows)

    found = _ranked(pages, near)
    for index, page_id in enumerate(pages.ids):
        written = _written(cursor, page_id, pages.languages[index]) if found[index] else {}
        for value, other in found[index]:
            shared = _shared(tops, written, index, other)
            yield (page_id, pages.ids[other], value, shared, *dense.evidence(index, other))


def _ranked(pages: _Pages, near: Callable[[Places], Matrix]) -> list[list[tuple[float, int]]]:
    """For each page the (score, place) of those that are kept, best first.

    Two pages are as near as the nearest of their translations: one model reads English better than German, and what
    belongs together does so in every language. Pairs across languages remain only where one side has no page in the
    other's language. A page and its own translations are never a pair.

    A page that is near to everything relates nothing: its mean nearness to its `related_neighbours` nearest is taken
    off, and the other page's (cross-domain similarity local scaling, Conneau et al., Word Translation Without
    Parallel Data, ICLR 2018). Only open pages are such neighbours: what is hidden moves no score.

    Works through the pages in blocks and keeps `related_candidates` of each: memory grows with the number of pages,
    not with its square.
    """
    import numpy

    # Translations with different audiences are kept apart: what is hidden lends nothing to what is seen.
    units = sorted(set(zip(pages.keys, pages.audiences, strict=True)))
    number = {unit: place for place, unit in enumerate(units)}
    unit = numpy.array([number[pair] for pair in zip(pages.keys, pages.audiences, strict=True)])
    order = numpy.argsort(unit, kind="stable")
    starts = numpy.searchsorted(unit[order], numpy.arange(len(units)))
    keys = numpy.array([key for key, _ in units])
    audiences = numpy.array([audience for _, audience in units])
    is_open = audiences == ""
    groups = [audiences == audience for audience in sorted(set(audiences))]
    figures = conf()

    candidates: list[list[tuple[int, float]]] = []
    hubness: list[float] = []
    for begin in range(0, len(units), BLOCK):
        block = numpy.arange(begin, min(begin + BLOCK, len(units)))
        last = starts[block[-1] + 1] if block[-1] + 1 < len(units) else len(order)
        rows = order[starts[begin] : last]
        score = numpy.maximum.reduceat(near(rows)[:, order], starts, axis=1)
        score = numpy.maximum.reduceat(score, starts[block] - starts[begin], axis=0)
        score[keys[block][:, None] == keys[None, :]] = -1.0
        for row in score:
            around = -numpy.sort(-row[is_open])[: figures.related_neighbours]
            around = around[around > -1.0]
            hubness.append(float(around.mean()) if len(around) else 0.0)
            candidates.append([])
            # Of each audience so many: a page that a reader cannot see pushes none off the list.
            for group in groups:
                nearest = numpy.flatnonzero(group & (row >= figures.related_nearest))
                # Stable: among equals the order must not depend on what else there is.
                best = nearest[numpy.argsort(-row[nearest], kind="stable")][: figures.related_candidates]
                candidates[-1] += [(int(other), float(row[other])) for other in best]

    # Who has another one among its nearest is also among that one's: what is related is so from both sides.
    for mine, others in enumerate([tuple(kept) for kept in candidates]):
        for other, raw in others:
            if all(there != mine for there, _ in candidates[other]):
                candidates[other].append((mine, raw))

    members: list[list[int]] = [[] for _ in units]
    for place, pair in enumerate(zip(pages.keys, pages.audiences, strict=True)):
        members[number[pair]].append(place)
    found: list[list[tuple[float, int]]] = [[] for _ in pages.ids]
    for one, kept in enumerate(candidates):
        for place in members[one]:
            by_audience: dict[str, list[tuple[float, int]]] = defaultdict(list)
            for other, raw in kept:
                # Symmetric to the last digit, so that both directions have one score.
                value = 2 * raw - hubness[min(one, other)] - hubness[max(one, other)]
                if value >= figures.related_threshold:
                    for there in _versions(pages, place, members[one], members[other]):
                        by_audience[pages.audiences[there]].append((value, there))
            for near_ones in by_audience.values():
                near_ones.sort(key=lambda item: (-item[0], item[1]))
                found[place] += near_ones[: figures.related_kept]
        for place in members[one]:
            found[place].sort(key=lambda item: (-item[0], item[1]))
    return found


def _versions(pages: _Pages, place: int, own: list[int], others: list[int]) -> list[int]:
    """Which translations of a page another one is related to: that in its own language; one in another language only
    where neither side has both."""
    same = [there for there in others if pages.languages[there] == pages.languages[place]]
    if same:
        return same
    languages = {pages.languages[mine] for mine in own}
    return [there for there in others if pages.languages[there] not in languages]


def _lexical(cursor: Any, pages: _Pages) -> tuple[Any, list[dict[str, float]]]:
    """The pages' strongest tf-idf terms as a sparse matrix with rows of length 1, and as dicts."""
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
    return csr, tops


def _written(cursor: Any, page_id: int, language: str) -> dict[str, str]:
    """Term -> how this page itself writes it most often: the vocabulary also knows the spellings of hidden pages."""
    cursor.execute(
        """
        select i.title || E'\\n' || coalesce(string_agg(
            array_to_string(p.heading_path, E'\\n') || E'\\n' || p.text, E'\\n' order by p.ordinal), '')
        from search_indexedpage i left join search_passage p on p.page_id = i.page_id
        where i.page_id = %s group by i.page_id
        """,
        (page_id,),
    )
    row = cursor.fetchone()
    text = row[0] if row else ""
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    for word in words(text, language):
        forms[f"{language}:{word.term}"][text[word.start : word.end]] += 1
    # Of equals the shortest: the plain form rather than an inflected one.
    return {
        term: min(counted, key=lambda form: (-counted[form], len(form), form))
        for term, counted in forms.items()
    }


def _shared(tops: list[dict[str, float]], written: dict[str, str], left: int, right: int) -> list[str]:
    """What two pages have in common, strongest first, as the left one writes it. Nouns come before other words: they
    name what a page is about."""
    common = sorted(
        (term for term in tops[left].keys() & tops[right].keys() if term in written),
        key=lambda term: (-tops[left][term] * tops[right][term], term),
    )
    named = [term for term in common if term.startswith("de:") and written[term][:1].isupper()]
    ordered = [*named, *(term for term in common if term not in named)]
    return list(dict.fromkeys(written[term] for term in ordered[:SHARED_WORDS]))


def _dense(cursor: Any, pages: _Pages, embedder: Embedder) -> _Dense:
    """The passages' vectors, freed of what all passages share."""
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
    vectors = numpy.array(
        [numpy.fromstring(row[2][1:-1], sep=",", dtype=numpy.float32) for row in found], dtype=numpy.float32
    )
    owner = numpy.array([place[row[0]] for row in found], dtype=numpy.int64)
    if found:
        # The mean of all passages says "text of this site"; without it hubs stop being near everything.
        is_open = numpy.array(pages.open)[owner]
        vectors = vectors - (vectors[is_open].mean(axis=0) if is_open.any() else 0)
        vectors /= numpy.maximum(numpy.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
    return _Dense(len(pages.ids), vectors, owner, [row[1] for row in found])


class _Dense:
    """How near pages are by their passages' vectors, and by which passages."""

    def __init__(self, pages: int, vectors: Matrix, owner: Places, ids: list[int]) -> None:
        """`vectors`: shape (passages, dimensions), rows of length 1, sorted by `owner`, the place of their page."""
        import numpy

        self._pages = pages
        self._vectors = vectors
        self._owner = owner
        self._ids = ids
        self._members = [numpy.flatnonzero(owner == index) for index in range(pages)]
        self._filled = numpy.array([len(rows) > 0 for rows in self._members], dtype=bool)
        self._starts = numpy.searchsorted(owner, numpy.flatnonzero(self._filled))

    def near(self, rows: Places) -> Matrix:
        """Nearness of the pages at `rows` to all pages: shape (len(rows), pages).

        From one page to another: the mean of the PAIRS best cosines, each of another passage of the first page with
        its nearest of the second; and the mean of both ways.
        """
        import numpy

        similar = numpy.zeros((len(rows), self._pages), dtype=numpy.float32)
        for place, index in enumerate(rows):
            if not self._filled[index]:
                continue
            products = self._vectors[self._members[index]] @ self._vectors.T
            nearest = numpy.maximum.reduceat(products, self._starts, axis=1)
            there = -numpy.sort(-nearest, axis=0)[:PAIRS].mean(axis=0)
            similar[place, self._filled] = (there + self._best_of_each(products.max(axis=0))) / 2
        return similar

    def _best_of_each(self, nearest: Matrix) -> Matrix:
        """Mean of the PAIRS largest values among each page's passages; `nearest`: one value a passage."""
        import numpy

        filled = numpy.flatnonzero(self._filled)
        own = numpy.searchsorted(filled, self._owner)
        values = nearest.copy()
        total = numpy.zeros(len(filled), dtype=numpy.float32)
        count = numpy.zeros(len(filled), dtype=numpy.float32)
        for _ in range(PAIRS):
            best = numpy.maximum.reduceat(values, self._starts)
            is_value = numpy.isfinite(best)
            total[is_value] += best[is_value]
            count += is_value
            # One passage of each page is out of the race: the first that has the value.
            hit = numpy.flatnonzero(values == best[own])
            _, first = numpy.unique(own[hit], return_index=True)
            values[hit[first]] = -numpy.inf
        return total / numpy.maximum(count, 1)

    def evidence(self, left: int, right: int) -> tuple[int | None, int | None]:
        """Ids of the two pages' nearest passages."""
        import numpy

        if not (self._filled[left] and self._filled[right]):
            return None, None
        products = self._vectors[self._members[left]] @ self._vectors[self._members[right]].T
        row, column = numpy.unravel_index(int(products.argmax()), products.shape)
        return self._ids[self._members[left][row]], self._ids[self._members[right][column]]
