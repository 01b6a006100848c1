"""Pages' rows, written in one transaction and only of a page that is still what they were computed from."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.db import connection, transaction

from search.analysis import ANALYSIS_VERSION, splits
from search.embedding import Embedder, Vectors, index_embedder
from search.embedding.process import source_of
from search.index.claims import Claim
from search.index.content import PageContent, embedded_text, pipeline_version
from search.index.models import EmbeddingModel, ModelChoice, Passage

Cursor = Any

MOST_PASSAGES = 32_768
"""of a page that are looked up by their words: an ordinal has fifteen bits in models.Posting.places"""
MOST_PLACES = 600
"""of a term on a page: more do not fit a row of a b-tree (2,704 bytes). Its counts and the page's score are whole."""

MOST_COUNTED = 32_767
"""what a smallint holds"""

# Of an indexed page i and Wagtail's page p: all but the vectors is what the claim asks for.
_WORDS_STAND = """i.page_id = any(%(pages)s) and i.claim = %(token)s and i.pipeline = %(pipeline)s
                and i.done >= i.wanted and p.live and p.alias_of_id is null
                and i.revision is not distinct from p.live_revision_id
                and i.published_at is not distinct from p.last_published_at"""
_FINISHED = "claim = null, claimed_until = null, tries = 0, retry_at = null, last_error = ''"


def unwritten(pages: Sequence[PageContent], embedder: Embedder) -> dict[str, str]:
    """Texts of pages, by their hash, that have no vector by this model yet."""
    there = Passage.objects.filter(
        page_id__in=[page.page_id for page in pages], vectors__model__fingerprint=embedder.fingerprint
    )
    known = set(there.values_list("page_id", "text_hash"))
    return {
        text_hash: page.embedded_text(passage)
        for page in pages
        for passage in page.passages
        if (page.page_id, text_hash := page.text_hash(passage)) not in known
    }


def model_row(embedder: Embedder) -> EmbeddingModel:
    source = source_of(embedder)
    row, made = EmbeddingModel.objects.get_or_create(
        fingerprint=embedder.fingerprint,
        defaults={"name": embedder.name, "source": source, "dimensions": embedder.dimensions},
    )
    if not made and row.source != source:  # the same files in another place
        EmbeddingModel.objects.filter(pk=row.pk).update(source=source)
    return row


def write(
    pages: Sequence[PageContent],
    group: Sequence[Claim],
    *,
    embedder: Embedder,
    vectors: Mapping[str, Vectors] | None,
) -> set[int]:
    """Replaces what the index holds of pages. Returns the ids of those written: not of a page that has changed
    meanwhile, or whose claim has, and of none where the model in force has.

    `vectors` maps text hashes to vectors of passages that had none. None when the model was not asked: what lacks
    a vector is then found by its words and stays due, and the claim stands.
    """
    if not pages:
        return set()
    write_lexemes(pages)
    model = model_row(embedder) if vectors else None
    with transaction.atomic(), connection.cursor() as cursor:
        _hold_model(cursor)
        if vectors and index_embedder().fingerprint != embedder.fingerprint:
            return set()
        standing = _still_as_read(cursor, pages, group)
        pages = [page for page in pages if page.page_id in standing]
        rows = _write_passages(cursor, pages)
        _write_postings(cursor, pages)
        if model is not None and vectors:
            _write_vectors(cursor, model, rows, vectors)
        _share_vectors(cursor, rows)
        _write_pages(cursor, pages, group, finished=vectors is not None)
    return standing


def write_lexemes(pages: Iterable[PageContent]) -> None:
    """Adds the pages' words to the vocabulary. Sorted, so that two writers cannot wait for each other."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for page in pages:
        found[page.language].update((word, stem) for word, (stem, _) in page.vocabulary.items())
    new = []
    with connection.cursor() as cursor:
        for language, stems in sorted(found.items()):
            known = _known_words(cursor, language, list(stems))
            for word in sorted(stems.keys() - known):
                ways = splits(language, word)
                parts = sorted({part for split in ways for part in split})
                joined = [" ".join(way) for way in ways]
                new.append(
                    {
                        "language": language,
                        "word": word,
                        "stem": stems[word],
                        "parts": parts,
                        "splits": joined,
                    }
                )
        if new:
            cursor.execute(
                """
                insert into search_lexeme (language, word, stem, parts, splits, analysis)
                select language, word, stem, parts, splits, %s
                from json_to_recordset(%s) as x (language text, word text, stem text, parts text[], splits text[])
                -- A new id, by which processes that hold the vocabulary notice the row (vocabulary/store.py).
                on conflict (language, word) do update set id = excluded.id, stem = excluded.stem,
                    parts = excluded.parts, splits = excluded.splits, analysis = excluded.analysis
                where search_lexeme.analysis <> excluded.analysis
                """,
                (ANALYSIS_VERSION, json.dumps(new)),
            )


def _known_words(cursor: Cursor, language: str, words: list[str]) -> set[str]:
    cursor.execute(
        "select word from search_lexeme where language = %s and word = any(%s) and analysis = %s",
        (language, words, ANALYSIS_VERSION),
    )
    return {word for (word,) in cursor.fetchall()}


def _hold_model(cursor: Cursor) -> None:
    """Shared with other pages; a switch waits for all of them, and they for it (model_change._switch)."""
    cursor.execute("select from search_modelchoice for share")


def _locked(group: Sequence[Claim]) -> str:
    """Several rows are never waited for: a page's deletion may hold one and wait for the next. What somebody else
    holds counts as changed."""
    return "for update of i skip locked" if len(group) > 1 else "for update of i"


def _still_as_read(cursor: Cursor, pages: Sequence[PageContent], group: Sequence[Claim]) -> set[int]:
    """Compare-and-set: whose claim still stands, and whose live revision is the one that was read."""
    cursor.execute(
        f"""
        select i.page_id
        from unnest(%(pages)s::bigint[], %(revisions)s::bigint[], %(published)s::timestamptz[])
            as x (page_id, revision, published_at)
        join search_indexedpage i on i.page_id = x.page_id
        join wagtailcore_page p on p.id = i.page_id
        where i.claim = %(token)s and p.live and p.alias_of_id is null
            and p.live_revision_id is not distinct from x.revision
            and p.last_published_at is not distinct from x.published_at
        {_locked(group)}
        """,
        {
            "token": group[0].token,
            "pages": [page.page_id for page in pages],
            "revisions": [page.revision for page in pages],
            "published": [page.published_at for page in pages],
        },
    )
    return {page_id for (page_id,) in cursor.fetchall()}


class _Row(NamedTuple):
    """of search_passage"""

    page_id: int
    text_hash: str
    id: int


def _write_passages(cursor: Cursor, pages: Sequence[PageContent]) -> list[_Row]:
    """Keeps the rows (and so the vectors) of unchanged passages, wherever they moved. Returns all of the pages'."""
    kept: dict[tuple[int, str], list[int]] = defaultdict(list)
    for row in _passage_rows(cursor, [page.page_id for page in pages]):
        kept[row.page_id, row.text_hash].append(row.id)
    wanted: list[dict[str, Any]] = []
    for page in pages:
        for ordinal, passage in enumerate(page.passages):
            text_hash = page.text_hash(passage)
            there = kept[page.page_id, text_hash]
            wanted.append(
                {
                    "id": there.pop(0) if there else None,
                    "page_id": page.page_id,
                    "ordinal": ordinal,
                    "anchor": passage.anchor,
                    "heading_path": passage.heading_path,
                    "text": passage.text,
                    "text_hash": text_hash,
                    "length": page.lengths[ordinal],
                }
            )
    if gone := [passage_id for left in kept.values() for passage_id in left]:
        cursor.execute("delete from search_passage where id = any(%s)", (gone,))
    moved = [row for row in wanted if row["id"] is not None]
    if moved:
        cursor.execute(
            f"""
            update search_passage s
            set ordinal = x.ordinal, anchor = x.anchor, heading_path = x.heading_path, text = x.text, length = x.length
            from {_PASSAGES} where s.id = x.id
            """,
            (json.dumps(moved),),
        )
    rows = [_Row._make(row[name] for name in _Row._fields) for row in moved]
    if len(moved) < len(wanted):
        cursor.execute(
            f"""
            insert into search_passage (page_id, ordinal, anchor, heading_path, text, text_hash, length)
            select page_id, ordinal, anchor, heading_path, text, text_hash, length from {_PASSAGES}
            returning page_id, text_hash, id
            """,
            (json.dumps([row for row in wanted if row["id"] is None]),),
        )
        rows += map(_Row._make, cursor.fetchall())
    return rows


_PASSAGES = """json_to_recordset(%s) as x (id bigint, page_id bigint, ordinal int, anchor text, heading_path text[],
                text text, text_hash text, length int)"""


def _passage_rows(cursor: Cursor, page_ids: Sequence[int]) -> list[_Row]:
    cursor.execute(
        "select page_id, text_hash, id from search_passage where page_id = any(%s) order by page_id, ordinal",
        (list(page_ids),),
    )
    return list(map(_Row._make, cursor.fetchall()))


def _write_postings(cursor: Cursor, pages: Sequence[PageContent]) -> None:
    cursor.execute("delete from search_posting where page_id = any(%s)", ([page.page_id for page in pages],))
    columns = ", ".join(PostingRow._fields)
    with cursor.copy(f"copy search_posting (page_id, {columns}) from stdin") as copy:
        for page in pages:
            copy.write("".join(_copied(page.page_id, row) for row in posting_rows(page)))


def _copied(page_id: int, row: PostingRow) -> str:
    """A line of COPY. Words are letters, digits, marks and hyphens: none needs an escape inside quotes."""
    values = (_array(value) if isinstance(value, tuple) else str(value) for value in row)
    return "\t".join((str(page_id), *values)) + "\n"


def _array(values: Sequence[int | str]) -> str:
    return "{" + ",".join([f'"{value}"' for value in values]) + "}"


class PostingRow(NamedTuple):
    """A term of a page (models.Posting)."""

    term: str
    length: int
    title: int
    keywords: int
    headings: int
    body: int
    places: tuple[int, ...]
    forms: tuple[str, ...]
    written: tuple[str, ...]


def posting_rows(page: PageContent) -> list[PostingRow]:
    """Of all terms of a page, ordered by term. Title and keywords are counted at the first passage."""
    length = sum(page.lengths)
    forms: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for word, (stem, written) in sorted(page.vocabulary.items()):
        forms[stem].append((word, written))
    title, keywords, headings, body = (Counter[str]() for _ in range(4))
    places: dict[str, list[int]] = defaultdict(list)
    for ordinal, passage in enumerate(page.passages[:MOST_PASSAGES]):
        above, inside = Counter[str](), _terms(page, passage.text)
        for heading in passage.heading_path:
            above.update(_terms(page, heading))
        found = above.keys() | inside.keys()
        if ordinal == 0:
            title.update(_terms(page, page.title))
            keywords.update(_terms(page, page.keywords))
            found |= title.keys() | keywords.keys()
        for stem in found:
            places[stem].append(ordinal << 16 | min(above[stem], 255) << 8 | min(inside[stem], 255))
        headings.update(above)
        body.update(inside)
    return [
        PostingRow(
            term=f"{page.language}:{stem}",
            length=length,
            title=min(title[stem], MOST_COUNTED),
            keywords=min(keywords[stem], MOST_COUNTED),
            headings=min(headings[stem], MOST_COUNTED),
            body=min(body[stem], MOST_COUNTED),
            places=tuple(places[stem][:MOST_PLACES]),
            forms=tuple(word for word, _ in forms[stem]),
            written=tuple(written for _, written in forms[stem]),
        )
        for stem in sorted(places)
    ]


def _terms(page: PageContent, text: str) -> Counter[str]:
    return Counter([word.term for word in page.words(text)])


def _write_vectors(
    cursor: Cursor, model: EmbeddingModel, rows: Iterable[_Row], vectors: Mapping[str, Vectors]
) -> None:
    """The first vectors of a site choose its model."""
    cursor.executemany(
        "insert into search_passagevector (passage_id, page_id, model_id, embedding) values (%s, %s, %s, %s::halfvec) "
        "on conflict (model_id, passage_id) do update set embedding = excluded.embedding",
        [
            (row.id, row.page_id, model.pk, as_literal(vectors[row.text_hash]))
            for row in rows
            if row.text_hash in vectors
        ],
    )
    ModelChoice.objects.bulk_create([ModelChoice(current=model)], ignore_conflicts=True)


def _share_vectors(cursor: Cursor, rows: Sequence[_Row]) -> None:
    """What stands twice on a page has one vector in the space of each model."""
    times = Counter((row.page_id, row.text_hash) for row in rows)
    pages = sorted({page_id for (page_id, _), count in times.items() if count > 1})
    if not pages:
        return
    cursor.execute(
        """
        insert into search_passagevector (passage_id, page_id, model_id, embedding)
        select distinct on (s.id, v.model_id) s.id, s.page_id, v.model_id, v.embedding
        from search_passage s
        join search_passage t on t.page_id = s.page_id and t.text_hash = s.text_hash and t.id <> s.id
        join search_passagevector v on v.passage_id = t.id
        where s.page_id = any(%s)
        on conflict (model_id, passage_id) do nothing
        """,
        (pages,),
    )


def _write_pages(
    cursor: Cursor, pages: Sequence[PageContent], group: Sequence[Claim], *, finished: bool
) -> None:
    wanted = {one.page_id: one.wanted for one in group}
    rows = [
        {
            "page_id": page.page_id,
            "translation_key": str(page.translation_key),
            "language": page.language,
            "kind": page.kind,
            "title": page.title,
            "facets": page.facets,
            "passage_count": len(page.passages),
            "length": sum(page.lengths),
            "lengths": [min(length, MOST_COUNTED) for length in page.lengths],
            "revision": page.revision,
            "published_at": page.published_at and page.published_at.isoformat(),
            "wanted": wanted[page.page_id],
        }
        for page in pages
    ]
    cursor.execute(
        f"""
        update search_indexedpage i
        set translation_key = x.translation_key, language = x.language, kind = x.kind, title = x.title,
            facets = x.facets, passage_count = x.passage_count, length = x.length, lengths = x.lengths,
            revision = x.revision, published_at = x.published_at, pipeline = %s, done = x.wanted,
            indexed_at = now(), related_at = null {f", {_FINISHED}" if finished else ""}
        from json_to_recordset(%s) as x (page_id bigint, translation_key uuid, language text, kind text, title text,
            facets text[], passage_count int, length int, lengths smallint[], revision bigint,
            published_at timestamptz, wanted bigint)
        where i.page_id = x.page_id
        """,
        (pipeline_version(), json.dumps(rows)),
    )


def as_literal(vector: Vectors) -> str:
    """A vector as pgvector reads it."""
    return "[" + ",".join(["%.6g"] * len(vector)) % tuple(vector.tolist()) + "]"


def unread(group: Sequence[Claim], embedder: Embedder) -> dict[int, dict[str, str]]:
    """Texts that this model has not read yet, by their hash, of each page that lacks nothing else: its words were written
    first. A page that is missing here has to be read again."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            select s.page_id, s.text_hash, i.title, s.heading_path, s.text
            from search_indexedpage i
            join wagtailcore_page p on p.id = i.page_id
            join search_passage s on s.page_id = i.page_id
            where {_WORDS_STAND}
                and not exists (
                    select from search_passagevector v
                    where v.passage_id = s.id
                        and v.model_id = (select id from search_embeddingmodel where fingerprint = %(fingerprint)s)
                )
            order by s.page_id, s.ordinal
            """,
            _stand_params(group) | {"fingerprint": embedder.fingerprint},
        )
        for page_id, text_hash, title, path, text in cursor:
            found[page_id][text_hash] = embedded_text(title, path, text)
    return found


def write_vectors(group: Sequence[Claim], *, embedder: Embedder, vectors: Mapping[str, Vectors]) -> set[int]:
    """Adds the vectors of what `unread` gave. Returns the ids of those written, as `write` does."""
    if not group:
        return set()
    model = model_row(embedder)
    with transaction.atomic(), connection.cursor() as cursor:
        _hold_model(cursor)
        if index_embedder().fingerprint != embedder.fingerprint:
            return set()
        cursor.execute(
            f"""
            select i.page_id from search_indexedpage i
            join wagtailcore_page p on p.id = i.page_id
            where {_WORDS_STAND}
            {_locked(group)}
            """,
            _stand_params(group),
        )
        standing = [page_id for (page_id,) in cursor.fetchall()]
        _write_vectors(cursor, model, _passage_rows(cursor, standing), vectors)
        cursor.execute(
            f"update search_indexedpage set indexed_at = now(), related_at = null, {_FINISHED} where page_id = any(%s)",
            (standing,),
        )
    return set(standing)


def _stand_params(group: Sequence[Claim]) -> dict[str, Any]:
    return {
        "pages": [one.page_id for one in group],
        "token": group[0].token,
        "pipeline": pipeline_version(),
    }
