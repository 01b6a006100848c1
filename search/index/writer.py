"""A page's rows, written in one transaction and only if the page is still what they were computed from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import connection, transaction

from search.analysis import ANALYSIS_VERSION, splits
from search.embedding import Embedder, Vectors, index_embedder
from search.embedding.process import source_of
from search.index.claims import Claim
from search.index.content import Counts, PageContent, embedded_text, pipeline_version
from search.index.models import EmbeddingModel, IndexedPage, ModelChoice, Passage

Cursor = Any

MOST_PASSAGES = 32_768
"""of a page that are looked up by their words: an ordinal has fifteen bits in models.Posting.places"""
MOST_PLACES = 600
"""of a term on a page: more do not fit a row of a b-tree (2,704 bytes). Its counts and the page's score are whole."""

# Of an indexed page i and Wagtail's page p: all but the vectors is what the claim asks for.
_WORDS_STAND = """i.claim = %(token)s and i.pipeline = %(pipeline)s and i.done >= i.wanted
                and p.live and p.alias_of_id is null
                and i.revision is not distinct from p.live_revision_id
                and i.published_at is not distinct from p.last_published_at"""
_FINISHED: dict[str, Any] = {
    "claim": None,
    "claimed_until": None,
    "tries": 0,
    "retry_at": None,
    "last_error": "",
}


def unwritten(content: PageContent, embedder: Embedder) -> dict[str, str]:
    """Texts of a page, by their hash, that have no vector by this model yet."""
    there = Passage.objects.filter(page_id=content.page_id, vectors__model__fingerprint=embedder.fingerprint)
    known = set(there.values_list("text_hash", flat=True))
    return {
        text_hash: content.embedded_text(passage)
        for passage in content.passages
        if (text_hash := content.text_hash(passage)) not in known
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
    content: PageContent, claimed: Claim, *, embedder: Embedder, vectors: dict[str, Vectors] | None
) -> bool:
    """Replaces what the index holds of a page. False: the page, the claim or the model in force has changed
    meanwhile, nothing written.

    `vectors` maps text hashes to vectors of passages that had none. None when the model was not asked: what lacks
    a vector is then found by its words and stays due.
    """
    write_lexemes(content)
    model = model_row(embedder) if vectors else None
    with transaction.atomic(), connection.cursor() as cursor:
        # Shared with other pages; a switch waits for all of them, and they for it (model_choice.switch).
        cursor.execute("select from search_modelchoice for share")
        if vectors and index_embedder().fingerprint != embedder.fingerprint:
            return False
        if not _still_as_read(cursor, content, claimed):
            return False
        hashes = [content.text_hash(passage) for passage in content.passages]
        ids = _write_passages(cursor, content, hashes)
        _write_postings(cursor, content)
        if model is not None and vectors:
            _write_vectors(cursor, model, content.page_id, ids, hashes, vectors)
        if len(set(hashes)) < len(hashes):
            _share_vectors(cursor, content.page_id)
        IndexedPage.objects.filter(pk=content.page_id).update(
            translation_key=content.translation_key,
            language=content.language,
            kind=content.kind,
            title=content.title,
            facets=list(content.facets),
            passage_count=len(content.passages),
            length=sum(content.lengths),
            lengths=[min(length, 32_767) for length in content.lengths],
            revision=content.revision,
            published_at=content.published_at,
            pipeline=pipeline_version(),
            done=claimed.wanted,
            indexed_at=_now(cursor),
            related_at=None,
            **(_FINISHED if vectors is not None else {}),  # else the caller notes the failure
        )
    return True


def write_lexemes(content: PageContent) -> None:
    """Adds the page's words to the vocabulary. Sorted, so that two writers cannot wait for each other."""
    rows = sorted(content.vocabulary.items())
    with connection.cursor() as cursor:
        known = _known_words(cursor, content.language, [word for word, _ in rows])
        new = []
        for word, (stem, _) in rows:
            if word not in known:
                ways = splits(content.language, word)
                parts = sorted({part for split in ways for part in split})
                joined = [" ".join(way) for way in ways]
                new.append((content.language, word, stem, parts, joined, ANALYSIS_VERSION))
        if new:
            cursor.executemany(
                "insert into search_lexeme (language, word, stem, parts, splits, analysis) "
                "values (%s, %s, %s, %s, %s, %s) "
                # A new id, by which processes that hold the vocabulary notice the row (vocabulary/store.py).
                "on conflict (language, word) do update set id = excluded.id, stem = excluded.stem, "
                "parts = excluded.parts, splits = excluded.splits, analysis = excluded.analysis "
                "where search_lexeme.analysis <> excluded.analysis",
                new,
            )


def _known_words(cursor: Cursor, language: str, words: list[str]) -> set[str]:
    cursor.execute(
        "select word from search_lexeme where language = %s and word = any(%s) and analysis = %s",
        (language, words, ANALYSIS_VERSION),
    )
    return {word for (word,) in cursor.fetchall()}


def _still_as_read(cursor: Cursor, content: PageContent, claimed: Claim) -> bool:
    """Compare-and-set: our claim still stands, and the page's live revision is the one that was read."""
    cursor.execute(
        """
        select i.claim = %(token)s and p.live and p.alias_of_id is null
            and p.live_revision_id is not distinct from %(revision)s
            and p.last_published_at is not distinct from %(published_at)s
        from search_indexedpage i join wagtailcore_page p on p.id = i.page_id
        where i.page_id = %(page)s
        for update of i
        """,
        {
            "token": claimed.token,
            "revision": content.revision,
            "published_at": content.published_at,
            "page": content.page_id,
        },
    )
    row = cursor.fetchone()
    return bool(row and row[0])


def _write_passages(cursor: Cursor, content: PageContent, hashes: Sequence[str]) -> list[int]:
    """Keeps the rows (and so the vectors) of unchanged passages, wherever they moved. Returns ids in order."""
    cursor.execute(
        "select text_hash, id from search_passage where page_id = %s order by ordinal", (content.page_id,)
    )
    kept: dict[str, list[int]] = defaultdict(list)
    for text_hash, passage_id in cursor.fetchall():
        kept[text_hash].append(passage_id)
    ids: list[int] = []
    lengths = content.lengths
    for ordinal, (passage, text_hash) in enumerate(zip(content.passages, hashes, strict=True)):
        row = (ordinal, passage.anchor, list(passage.heading_path), passage.text, lengths[ordinal])
        if kept[text_hash]:
            ids.append(kept[text_hash].pop(0))
            cursor.execute(
                "update search_passage set ordinal = %s, anchor = %s, heading_path = %s, text = %s, length = %s "
                "where id = %s",
                (*row, ids[-1]),
            )
        else:
            cursor.execute(
                "insert into search_passage (ordinal, anchor, heading_path, text, length, text_hash, page_id) "
                "values (%s, %s, %s, %s, %s, %s, %s) returning id",
                (*row, text_hash, content.page_id),
            )
            ids.append(cursor.fetchone()[0])
    gone = [passage_id for left in kept.values() for passage_id in left]
    if gone:
        cursor.execute("delete from search_passage where id = any(%s)", (gone,))
    return ids


def _write_postings(cursor: Cursor, content: PageContent) -> None:
    cursor.execute("delete from search_posting where page_id = %s", (content.page_id,))
    columns: list[list[Any]] = [[] for _ in PostingRow._fields]
    for row in posting_rows(content):
        for column, value in zip(columns, row, strict=True):
            # An array of arrays would have to be a rectangle, so they travel as text.
            column.append(_array(value) if isinstance(value, tuple) else value)
    cursor.execute(
        """
        insert into search_posting (page_id, term, title, keywords, headings, body, places, forms, written)
        select %s, term, title, keywords, headings, body, places::int[], forms::text[], written::text[] from unnest(
            %s::text[], %s::smallint[], %s::smallint[], %s::smallint[], %s::smallint[], %s::text[], %s::text[],
            %s::text[]) as x (term, title, keywords, headings, body, places, forms, written)
        """,
        (content.page_id, *columns),
    )


def _array(values: Sequence[int | str]) -> str:
    """As PostgreSQL reads it. Words are letters, digits, marks and hyphens, and so need no escape inside quotes."""
    return "{" + ",".join(f'"{value}"' for value in values) + "}"


class PostingRow(NamedTuple):
    """A term of a page (models.Posting)."""

    term: str
    title: int
    keywords: int
    headings: int
    body: int
    places: tuple[int, ...]
    forms: tuple[str, ...]
    written: tuple[str, ...]


def posting_rows(content: PageContent) -> list[PostingRow]:
    """Of all terms of a page, ordered by term."""
    forms: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for word, (stem, written) in sorted(content.vocabulary.items()):
        forms[stem].append((word, written))
    found: dict[str, list[tuple[int, Counts]]] = defaultdict(list)
    for ordinal, terms in enumerate(content.counts[:MOST_PASSAGES]):
        for stem, counts in terms.items():
            found[stem].append((ordinal, counts))
    rows = []
    for stem in sorted(found):
        sums = {
            name: min(sum(getattr(counts, name) for _, counts in found[stem]), 32_767)
            for name in ("title", "keywords", "headings", "body")
        }
        places = tuple(
            ordinal << 16 | min(counts.headings, 255) << 8 | min(counts.body, 255)
            for ordinal, counts in found[stem][:MOST_PLACES]
        )
        rows.append(
            PostingRow(
                f"{content.language}:{stem}",
                **sums,
                places=places,
                forms=tuple(word for word, _ in forms[stem]),
                written=tuple(written for _, written in forms[stem]),
            )
        )
    return rows


def _write_vectors(
    cursor: Cursor,
    model: EmbeddingModel,
    page_id: int,
    ids: Sequence[int],
    hashes: Sequence[str],
    vectors: dict[str, Vectors],
) -> None:
    """The first vectors of a site choose its model."""
    rows = [
        (passage_id, page_id, model.pk, as_literal(vectors[text_hash]))
        for passage_id, text_hash in zip(ids, hashes, strict=True)
        if text_hash in vectors
    ]
    cursor.executemany(
        "insert into search_passagevector (passage_id, page_id, model_id, embedding) values (%s, %s, %s, %s::halfvec) "
        "on conflict (model_id, passage_id) do update set embedding = excluded.embedding",
        rows,
    )
    ModelChoice.objects.bulk_create([ModelChoice(current=model)], ignore_conflicts=True)


def _share_vectors(cursor: Cursor, page_id: int) -> None:
    """What stands twice on a page has one vector in the space of each model."""
    cursor.execute(
        """
        insert into search_passagevector (passage_id, page_id, model_id, embedding)
        select distinct on (s.id, v.model_id) s.id, s.page_id, v.model_id, v.embedding
        from search_passage s
        join search_passage t on t.page_id = s.page_id and t.text_hash = s.text_hash and t.id <> s.id
        join search_passagevector v on v.passage_id = t.id
        where s.page_id = %s
        on conflict (model_id, passage_id) do nothing
        """,
        (page_id,),
    )


def as_literal(vector: Vectors) -> str:
    """A vector as pgvector reads it."""
    return "[" + ",".join(f"{value:.6g}" for value in vector.tolist()) + "]"


def unread(claimed: Claim, embedder: Embedder) -> dict[str, str] | None:
    """Texts that this model has not read yet, by their hash, of a page that lacks nothing else: its words were written
    first. None where the page itself has to be read again."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            select s.text_hash, i.title, s.heading_path, s.text
            from search_indexedpage i
            join wagtailcore_page p on p.id = i.page_id
            join search_passage s on s.page_id = i.page_id
            where i.page_id = %(page)s and {_WORDS_STAND}
                and not exists (
                    select from search_passagevector v
                    where v.passage_id = s.id
                        and v.model_id = (select id from search_embeddingmodel where fingerprint = %(fingerprint)s)
                )
            order by s.ordinal
            """,
            _stand_params(claimed) | {"fingerprint": embedder.fingerprint},
        )
        found = {text_hash: embedded_text(title, path, text) for text_hash, title, path, text in cursor}
    return found or None


def write_vectors(claimed: Claim, *, embedder: Embedder, vectors: dict[str, Vectors] | None) -> bool:
    """Adds the vectors of what `unread` gave. False: page, claim or model in force have changed, or the model was not
    asked (None): nothing written, its words are there."""
    if vectors is None:
        return False
    model = model_row(embedder)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select from search_modelchoice for share")
        if index_embedder().fingerprint != embedder.fingerprint:
            return False
        cursor.execute(
            f"""
            select from search_indexedpage i
            join wagtailcore_page p on p.id = i.page_id
            where i.page_id = %(page)s and {_WORDS_STAND}
            for update of i
            """,
            _stand_params(claimed),
        )
        if cursor.fetchone() is None:
            return False
        cursor.execute("select text_hash, id from search_passage where page_id = %s", (claimed.page_id,))
        hashes, ids = zip(*cursor.fetchall(), strict=True)
        _write_vectors(cursor, model, claimed.page_id, ids, hashes, vectors)
        IndexedPage.objects.filter(pk=claimed.page_id).update(
            indexed_at=_now(cursor), related_at=None, **_FINISHED
        )
    return True


def _stand_params(claimed: Claim) -> dict[str, Any]:
    return {"page": claimed.page_id, "token": claimed.token, "pipeline": pipeline_version()}


def _now(cursor: Cursor) -> Any:
    cursor.execute("select now()")
    return cursor.fetchone()[0]
