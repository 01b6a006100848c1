"""How near pages are to each other, by their words and by their passages' vectors, all of the index side by side."""

from __future__ import annotations

import hashlib
import re
from array import array
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection

from search.analysis import Word, stem, words
from search.analysis.normalise import fold
from search.analysis.sentences import sentences
from search.analysis.stopwords import STOP_WORDS
from search.conf import conf
from search.embedding import Embedder
from search.retrieval.urls import root_patterns

if TYPE_CHECKING:
    import numpy
    import numpy.typing

    Matrix = numpy.typing.NDArray[Any]
    Places = numpy.typing.NDArray[numpy.int64]
else:
    Matrix = Places = object

PAIRS = 3
"""A pair of pages is as near as its three nearest pairs of passages, each passage used once at most on one side:
one common sentence ("Melden Sie sich an") does not relate two pages."""
SHARED_WORDS = 5
CHUNK = 20_000
"""Postings, or vectors, read at a time."""
HEADER = 4
"""Bytes before the numbers in what pgvector's halfvec_send gives: two 16-bit numbers, then big-endian halves. As text it
takes ten times as long."""
COMMON_SHARE = 0.3
"""A word on more of a language's pages than this relates nothing: headings that every guide has, "Cluster"."""
COMMON_PAGES = 5
"""… unless these are but a few pages, on a site that has just begun."""
FORM_SHARE = 0.5
"""Likewise a word on more than this share of the pages of one kind."""

# Of both languages: a template's text can hold a German file on an English page.
_FUNCTION_STEMS = {stem(language, fold(word)) for language, stops in STOP_WORDS.items() for word in stops}
_DATES = {
    f"{language}:{stem(language, fold(name))}"
    for language, names in (
        ("de", "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"),
        ("de", "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonnabend Sonntag"),
        ("en", "January February March April May June July August September October November December"),
        ("en", "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"),
    )
    for name in names.split()
}
"""That two pages have a date in June is no reason."""


@dataclass
class Pages:
    """All indexed pages side by side; index = position in `ids`."""

    ids: list[int] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    audiences: list[str] = field(default_factory=list)
    """who can see it: "" for everybody, else what closes it"""
    written: list[str] = field(default_factory=list)
    """when its rows were written"""

    @property
    def open(self) -> list[bool]:
        return [audience == "" for audience in self.audiences]

    @property
    def digest(self) -> str:
        """Of what relations depend on, as `read_digest` gives it."""
        lines = zip(self.ids, self.audiences, self.written, strict=True)
        return hashlib.md5("\n".join(" ".join(map(str, line)) for line in lines).encode()).hexdigest()


_PAGES = """
select i.page_id, i.translation_key::text, i.language, i.kind,
    case
        when p.expire_at <= statement_timestamp() or not p.url_path like any(%s::text[]) then 'nobody'
        else coalesce((
            -- By what it asks, not by its row: a page and its translation are closed by two rows.
            select string_agg(distinct r.restriction_type || coalesce((
                select string_agg(g.group_id::text, ',' order by g.group_id)
                from wagtailcore_pageviewrestriction_groups g where g.pageviewrestriction_id = r.id
            ), ''), ' ')
            from wagtailcore_pageviewrestriction r join wagtailcore_page a on a.id = r.page_id
            where r.restriction_type <> 'none' and starts_with(p.path, a.path)
        ), '')
    end as audience,
    extract(epoch from i.indexed_at)::text as written
from search_indexedpage i join wagtailcore_page p on p.id = i.page_id
where i.pipeline <> '' and p.live and i.passage_count > 0
"""


def read_pages(cursor: Any) -> Pages:
    cursor.execute(f"{_PAGES} order by i.page_id", (root_patterns(),))
    rows = cursor.fetchall()
    return Pages(*(list(column) for column in zip(*rows, strict=True))) if rows else Pages()


def read_digest(cursor: Any) -> str:
    """`Pages.digest` of what is there now, without reading a line per page."""
    cursor.execute(
        f"select md5(coalesce(string_agg(concat_ws(' ', page_id, audience, written), E'\n' order by page_id), '')) "
        f"from ({_PAGES}) pages",
        (root_patterns(),),
    )
    return str(cursor.fetchone()[0])


class Nearness:
    """Of all pages to all others, computed for those that are asked for."""

    def __init__(self, pages: Pages, embedder: Embedder) -> None:
        import numpy

        self._lexical, self._tops = _lexical(pages)
        self._dense = _dense(pages, embedder)
        self._fluent = numpy.array(
            ["*" in embedder.languages or code in embedder.languages for code in pages.languages]
        )
        self._weights = conf().related_dense_weight / 4, conf().related_dense_weight

    def of(self, rows: Places) -> Matrix:
        """How near the pages at these places are to all pages: shape (len(rows), pages)."""
        import numpy

        little, full = self._weights
        both = self._fluent[rows][:, None] & self._fluent[None, :]
        weight = numpy.where(both, full, little).astype(numpy.float32)
        lexical = (self._lexical[rows] @ self._lexical.T).toarray()
        return (1 - weight) * lexical + weight * self._dense.near(rows)

    def evidence(self, left: int, right: int) -> tuple[int | None, int | None]:
        """Ids of the two pages' nearest passages."""
        return self._dense.evidence(left, right)

    def shared(self, written: Mapping[str, Written], left: int, right: int) -> list[str]:
        """What two pages have in common, strongest first, as the left one writes it (`written_terms`)."""
        return _shared(self._tops, written, left, right)


def _lexical(pages: Pages) -> tuple[Any, list[dict[str, float]]]:
    """The pages' strongest tf-idf terms as a sparse matrix with rows of length 1, and as dicts."""
    import numpy
    from scipy import sparse

    terms, column, row, tf = _postings(pages)
    # IDF of open pages only: what is hidden must not move what is seen. Per language, as the terms are.
    is_open = numpy.array(pages.open)
    totals = Counter(code for code, opened in zip(pages.languages, pages.open, strict=True) if opened)
    total = numpy.array([max(1, totals[term.partition(":")[0]]) for term in terms], dtype=numpy.float64)
    df = numpy.bincount(column[is_open[row]], minlength=len(terms))
    idf = numpy.maximum(0.0, numpy.log((1 + total) / (1 + df)))
    idf[df > numpy.maximum(COMMON_PAGES, COMMON_SHARE * total)] = 0.0
    says_nothing = [
        bare in _FUNCTION_STEMS or bare.isdigit() for _, _, bare in (t.partition(":") for t in terms)
    ]
    idf[numpy.array(says_nothing, dtype=bool)] = 0.0
    value = (1 + numpy.log(tf)) * idf[column]
    value[_is_form(pages, column, row)] = 0.0

    told = value > 0
    row, column, value = row[told], column[told], value[told]
    # Of each page the strongest; among equals the first by alphabet, which is the order of the columns.
    order = numpy.lexsort((column, -value, row))
    row, column, value = row[order], column[order], value[order]
    rank = numpy.arange(len(row)) - numpy.searchsorted(row, row)
    best = rank < conf().related_terms
    row, column, value = row[best], column[best], value[best]

    tops: list[dict[str, float]] = [{} for _ in pages.ids]
    for place, term, one in zip(row.tolist(), column.tolist(), value.tolist(), strict=True):
        tops[place][terms[term]] = one
    length = numpy.sqrt(numpy.bincount(row, weights=value**2, minlength=len(pages.ids)))
    shape = (len(pages.ids), max(1, len(terms)))
    matrix = sparse.csr_matrix((value / length[row], (row, column)), shape=shape, dtype=numpy.float32)
    return matrix, tops


def _is_form(pages: Pages, column: Places, row: Places) -> Matrix:
    """Of each posting whether its word stands on most pages of this kind and language: "Short profile" is the form of a
    cluster's page and not what one of them is about. Of open pages only, as IDF is."""
    import numpy

    kinds = [f"{kind} {code}" for kind, code in zip(pages.kinds, pages.languages, strict=True)]
    kind = numpy.unique(kinds, return_inverse=True)[1]
    is_open = numpy.array(pages.open)
    total = numpy.bincount(kind[is_open], minlength=len(kinds))[kind[row]]
    word = kind[row] * (column.max(initial=0) + 1) + column
    df = numpy.bincount(word[is_open[row]], minlength=word.max(initial=0) + 1)[word]
    return df > numpy.maximum(COMMON_PAGES, FORM_SHARE * total)


def _postings(pages: Pages) -> tuple[list[str], Places, Places, Matrix]:
    """All terms, sorted; and of each posting the place of its term, the place of its page, and how often it is there.

    Read in chunks: as Python's objects millions of them take a hundred times the room.
    """
    import numpy

    place = {page_id: index for index, page_id in enumerate(pages.ids)}
    number: dict[str, int] = {}
    columns, rows, counts = array("q"), array("q"), array("d")
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            """
            select term, page_id, (body + %s * headings + %s * title + %s * keywords)::float8 as tf
            from search_posting
            """,
            (conf().weight_heading, conf().weight_title, conf().weight_keywords),
        )
        while chunk := cursor.fetchmany(CHUNK):
            for term, page_id, tf in chunk:
                if page_id in place and tf:
                    columns.append(number.setdefault(term, len(number)))
                    rows.append(place[page_id])
                    counts.append(tf)
    terms = sorted(number)
    sorted_place = numpy.empty(len(terms), dtype=numpy.int64)
    for index, term in enumerate(terms):
        sorted_place[number[term]] = index
    column = sorted_place[numpy.frombuffer(columns, dtype=numpy.int64)]
    return (
        terms,
        column,
        numpy.frombuffer(rows, dtype=numpy.int64),
        numpy.frombuffer(counts, dtype=numpy.float64),
    )


class Written(NamedTuple):
    """How a page writes a term."""

    form: str
    noun: bool
    """whether it may be one: in German a word with a capital within a sentence (at its beginning any word has one), in
    English one that does not end as verbs and adjectives do, or else stands after an article and before no further word
    that carries meaning ("the supply of")"""


def written_terms(cursor: Any, page_id: int, language: str) -> dict[str, Written]:
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
    starts = [sentence.start for sentence in sentences(text)]
    first: dict[str, Counter[str]] = defaultdict(Counter)
    within: dict[str, Counter[str]] = defaultdict(Counter)
    nouns: set[str] = set()
    for word in words(text, language):
        term = f"{language}:{word.term}"
        start = starts[bisect_right(starts, word.start) - 1]
        begins = not any(character.isalnum() for character in text[start : word.start])
        (first if begins else within)[term][text[word.start : word.end]] += 1
        if language == "en" and _ends_a_noun_phrase(text, word):
            nouns.add(term)
    found = {}
    for term in first.keys() | within.keys():
        form = _usual(within.get(term) or first[term])
        german = term in within and form[:1].isupper()
        english = term in nouns or not _NO_NOUN.search(form)
        found[term] = Written(form, german if language == "de" else english)
    return found


_ARTICLE = re.compile(
    r"\b(?:an?|the|this|that|these|those|each|every|no|my|your|his|her|its|our|their)\s+$", re.I
)
_NO_NOUN = re.compile(r"(?:ed|est|ly)$")
_HYPHEN = re.compile("[-‐‑]")
_NEXT = re.compile(r"[-‐‑\s]+([^\W_]+)")


def _ends_a_noun_phrase(text: str, word: Word) -> bool:
    """Of "the request of a member" the request, of "the requested quorum" nothing."""
    following = _NEXT.match(text, word.end)
    return bool(_ARTICLE.search(text, max(0, word.start - 10), word.start)) and not (
        following and fold(following[1]) not in STOP_WORDS["en"]
    )


def _usual(counted: Mapping[str, int]) -> str:
    """The most frequent form; of equals the one written small, then the shortest: the plain form."""
    return min(counted, key=lambda form: (-counted[form], form[:1].isupper(), len(form), form))


def _shared(tops: list[dict[str, float]], written: Mapping[str, Written], left: int, right: int) -> list[str]:
    """What two pages have in common, strongest first, as the left one writes it. Nouns alone, where there are any: they
    name what a page is about."""
    common = sorted(
        (term for term in tops[left].keys() & tops[right].keys() if term in written and term not in _DATES),
        key=lambda term: (-tops[left][term] * tops[right][term], term),
    )
    nouns = [term for term in common if written[term].noun]
    capital = [term for term in common if term.startswith("de:") and written[term].form[:1].isupper()]
    forms = list(dict.fromkeys(written[term].form for term in nouns or capital or common))
    # A hyphenated word stands for its parts too.
    hyphenated = (_HYPHEN.split(form.lower()) for form in forms[:SHARED_WORDS])
    parts = {part for pieces in hyphenated if len(pieces) > 1 for part in pieces}
    return [form for form in forms if form.lower() not in parts][:SHARED_WORDS]


def _dense(pages: Pages, embedder: Embedder) -> _Dense:
    """The passages' vectors, freed of what all passages share."""
    import numpy

    place = {page_id: index for index, page_id in enumerate(pages.ids)}
    owners, ids, halves = array("q"), array("q"), bytearray()
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            """
            select v.page_id, v.passage_id, halfvec_send(v.embedding)
            from search_passagevector v join search_embeddingmodel m on m.id = v.model_id
            where m.fingerprint = %s order by v.page_id, v.passage_id
            """,
            (embedder.fingerprint,),
        )
        while chunk := cursor.fetchmany(CHUNK):
            for page_id, passage_id, sent in chunk:
                if page_id in place:
                    owners.append(place[page_id])
                    ids.append(passage_id)
                    halves += sent[HEADER:]
    shape = len(ids), len(halves) // 2 // max(1, len(ids))
    vectors = numpy.frombuffer(halves, ">f2").reshape(shape).astype(numpy.float32)
    owner = numpy.frombuffer(owners, dtype=numpy.int64)
    if ids:
        # The mean of all passages says "text of this site"; without it hubs stop being near everything.
        is_open = numpy.array(pages.open)[owner]
        if is_open.any():
            vectors -= vectors.mean(axis=0, where=is_open[:, None])
        # Not by numpy.linalg.norm, which squares a copy of them all.
        vectors /= numpy.maximum(numpy.sqrt(numpy.einsum("ij,ij->i", vectors, vectors)), 1e-6)[:, None]
    return _Dense(len(pages.ids), vectors, owner, ids)


class _Dense:
    """How near pages are by their passages' vectors, and by which passages."""

    def __init__(self, pages: int, vectors: Matrix, owner: Places, ids: Sequence[int]) -> None:
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
