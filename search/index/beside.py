"""Another model's vectors beside those of the one in force, passage by passage, newest publications first.

Nothing keeps a list of what is left: it is asked of the passages, so that work which was interrupted goes on, and a
page that is published or edited meanwhile is simply next.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection

from search.conf import conf
from search.embedding import Embedder, EmbedderUnavailable, Vectors
from search.index.claims import NEVER_RETURNED
from search.index.content import embedded_text
from search.index.writer import as_literal

_LOCK = "search: vectors beside"
_BATCHES = 4
"""asked for at a time: finding what is left costs some 50 ms with 50,000 passages"""
_PROBE = "Hafen"


@dataclass(frozen=True)
class Left:
    """Passages without a vector of a model: those still to be tried, and those given up."""

    missing: int
    failed: int


@dataclass(frozen=True)
class _Passage:
    id: int
    text_hash: str
    text: str
    tries: int


@contextmanager
def alone() -> Iterator[bool]:
    """Whether this process is the only one at it, inside the `with`. The server forgets a killed one by itself."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(hashtext(%s))", (_LOCK,))
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(hashtext(%s))", (_LOCK,))


def left(model_id: int) -> Left:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select count(*) filter (where coalesce(f.tries, 0) < %(max_tries)s),
                count(*) filter (where f.tries >= %(max_tries)s)
            from search_passage s
            left join search_vectorfailure f on f.passage_id = s.id and f.model_id = %(model)s
            where not exists (
                select from search_passagevector v where v.passage_id = s.id and v.model_id = %(model)s
            )
            """,
            {"model": model_id, "max_tries": conf().max_tries},
        )
        return Left(*cursor.fetchone())


def failures(model_id: int) -> list[dict[str, object]]:
    """Passages that the model could not read: page, title, anchor, tries, error."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select s.page_id, i.title, s.anchor, f.tries, f.error
            from search_vectorfailure f
            join search_passage s on s.id = f.passage_id
            join search_indexedpage i on i.page_id = s.page_id
            where f.model_id = %s and f.tries >= %s
            order by s.page_id, s.ordinal
            """,
            (model_id, conf().max_tries),
        )
        return [dict(zip(("page", "title", "anchor", "tries", "error"), row, strict=True)) for row in cursor]


def retry(model_id: int) -> None:
    """Lets passages that were given up be tried again."""
    with connection.cursor() as cursor:
        cursor.execute("delete from search_vectorfailure where model_id = %s", (model_id,))


def embed(
    model_id: int, embedder: Embedder, *, seconds: float | None = None, passages: int | None = None
) -> int:
    """Embeds passages until none is left that may be tried, or so many `seconds` or `passages` are over. Returns how
    many.

    A passage that the model cannot read is tried `max_tries` times, alone from the second time on. Raises
    EmbedderUnavailable when the model itself cannot be used; nobody's tries count then.
    """
    began = time.monotonic()
    embedder.warm()
    done = 0
    while found := _next(model_id):
        for batch in _batches(found):
            if done and seconds is not None and time.monotonic() - began >= seconds:
                return done
            if passages is not None and done >= passages:
                return done
            done += _embed(model_id, embedder, batch)
    return done


def _next(model_id: int) -> list[_Passage]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select s.id, s.text_hash, i.title, s.heading_path, s.text, coalesce(f.tries, 0)
            from search_passage s
            join search_indexedpage i on i.page_id = s.page_id
            join wagtailcore_page p on p.id = s.page_id
            left join search_vectorfailure f on f.passage_id = s.id and f.model_id = %(model)s
            where coalesce(f.tries, 0) < %(max_tries)s
                and not exists (
                    select from search_passagevector v where v.passage_id = s.id and v.model_id = %(model)s
                )
            order by coalesce(f.tries, 0), p.last_published_at desc nulls last, s.page_id desc, s.ordinal
            limit %(limit)s
            """,
            {
                "model": model_id,
                "max_tries": conf().max_tries,
                "limit": _BATCHES * conf().embedding_batch,
            },
        )
        return [
            _Passage(passage_id, text_hash, embedded_text(title, headings, text), tries)
            for passage_id, text_hash, title, headings, text, tries in cursor.fetchall()
        ]


def _batches(passages: Sequence[_Passage]) -> Iterator[Sequence[_Passage]]:
    fresh = [passage for passage in passages if not passage.tries]
    size = conf().embedding_batch
    for begin in range(0, len(fresh), size):
        yield fresh[begin : begin + size]
    for passage in passages[len(fresh) :]:
        yield [passage]


def _embed(model_id: int, embedder: Embedder, batch: Sequence[_Passage]) -> int:
    import numpy

    ids = [passage.id for passage in batch]
    _count(model_id, ids, NEVER_RETURNED)
    try:
        vectors = embedder.embed_passages([passage.text for passage in batch])
        if len(vectors) != len(batch):
            raise EmbedderUnavailable(f"{embedder.name} gave {len(vectors)} vectors for {len(batch)} texts")
        if not numpy.isfinite(vectors).all():
            raise ValueError("The vector has components that are no numbers")
    except Exception as error:  # whatever a model's code raises on a text
        _require_able(model_id, embedder, ids)
        if len(batch) > 1:
            _uncount(model_id, ids)
            return sum(_embed(model_id, embedder, [passage]) for passage in batch)
        _count(model_id, ids, f"{type(error).__name__}: {error}"[:2000], more=0)
        return 0
    _write(model_id, batch, vectors)
    _forget(model_id, ids)
    return len(batch)


def _require_able(model_id: int, embedder: Embedder, ids: Sequence[int]) -> None:
    """Raises EmbedderUnavailable when the model does not read a plain word either."""
    try:
        embedder.embed_passages([_PROBE])
    except Exception as error:
        _uncount(model_id, ids)
        raise EmbedderUnavailable(f"The model {embedder.name} cannot be used: {error}") from error


def _count(model_id: int, ids: Sequence[int], error: str, *, more: int = 1) -> None:
    """Passages that have gone meanwhile are passed over."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            insert into search_vectorfailure (model_id, passage_id, tries, error)
            select %(model)s, s.id, %(more)s, %(error)s
            from search_passage s where s.id = any(%(ids)s) order by s.id
            on conflict (model_id, passage_id) do update
            set tries = search_vectorfailure.tries + %(more)s, error = excluded.error
            """,
            {"model": model_id, "ids": list(ids), "error": error, "more": more},
        )


def _uncount(model_id: int, ids: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "update search_vectorfailure set tries = greatest(tries - 1, 0) "
            "where model_id = %s and passage_id = any(%s)",
            (model_id, list(ids)),
        )
        cursor.execute(
            "delete from search_vectorfailure where model_id = %s and passage_id = any(%s) and tries = 0",
            (model_id, list(ids)),
        )


def _forget(model_id: int, ids: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from search_vectorfailure where model_id = %s and passage_id = any(%s)",
            (model_id, list(ids)),
        )


def _write(model_id: int, batch: Sequence[_Passage], vectors: Vectors) -> None:
    """Compare-and-set: only where the passage still is what was read."""
    rows = [
        (model_id, as_literal(vector), passage.id, passage.text_hash)
        for passage, vector in zip(batch, vectors, strict=True)
    ]
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into search_passagevector (passage_id, page_id, model_id, embedding) "
            "select s.id, s.page_id, %s, %s::halfvec from search_passage s where s.id = %s and s.text_hash = %s "
            "on conflict (model_id, passage_id) do nothing",
            rows,
        )
