"""Bringing the index to what the content says. Tasks, commands and tests call these."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import DatabaseError, connection

from search.conf import conf
from search.embedding import Embedder, EmbedderUnavailable, Vectors, query_embedder
from search.index import claims, content, selectors, writer
from search.index.claims import Claim

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Report:
    """What a run did. `superseded` pages changed while they were read and are due again."""

    written: int = 0
    superseded: int = 0
    failed: int = 0

    def __add__(self, other: Report) -> Report:
        return Report(
            self.written + other.written, self.superseded + other.superseded, self.failed + other.failed
        )

    @property
    def total(self) -> int:
        return self.written + self.superseded + self.failed


def index_page(page_id: int) -> Report:
    """Indexes one page if it is due and nobody else works on it; drops what the index should not hold."""
    drop_surplus([page_id])
    write_words(pages=[page_id])
    return _index(claims.claim(limit=1, pages=[page_id]))


def index_due(*, seconds: float | None = None, progress: Callable[[Report], None] | None = None) -> Report:
    """Works off what is due, in batches, until nothing is left that may be tried now or `seconds` are over."""
    began = time.monotonic()
    drop_surplus()
    write_words()
    done = Report()
    while seconds is None or time.monotonic() - began < seconds:
        batch = claims.claim(limit=conf().batch_pages)
        if not batch:
            break
        for claimed in batch:
            done += _index([claimed])
            if progress is not None:
                progress(done)
    return done


def write_words(pages: Iterable[int] | None = None) -> int:
    """Makes new pages findable by their words, before the slow step gives them their vectors. Returns how many.

    They stay due. Words take some 20 ms per page and vectors a second, so that a site that starts with hundreds
    of pages, or an import, answers at once.
    """
    only = None if pages is None else list(pages)
    written = 0
    # Every page at most once, even if it changes all the time: the way round it is the normal one.
    for _ in range(1 + len(selectors.pages_due()) // conf().batch_pages):
        batch = claims.claim(limit=conf().batch_pages, pages=only, new=True)
        if not batch:
            break
        for claimed in batch:
            try:
                page = content.load(claimed.page_id)
                if page is not None:
                    written += writer.write(page, claimed, embedder=query_embedder(), vectors=None)
                claims.release(claimed)
            except Exception as error:
                _failed(claimed, error)
    return written


def drop_surplus(pages: Iterable[int] | None = None) -> int:
    """Deletes the rows of pages that cannot be asked for any more. Returns how many."""
    surplus = selectors.pages_surplus()
    if pages is not None:
        surplus = sorted(set(surplus) & set(pages))
    if not surplus:
        return 0
    with connection.cursor() as cursor:
        cursor.execute("delete from search_indexedpage where page_id = any(%s)", (surplus,))
    return len(surplus)


def mark_changed(pages: Iterable[int]) -> None:
    """Says that something these pages show has changed. In the transaction of the change, so it cannot be lost."""
    ids = sorted(set(pages))
    if not ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            with locked as (
                select page_id from search_indexedpage where page_id = any(%s) order by page_id for update
            )
            update search_indexedpage i set wanted = wanted + 1, tries = 0, retry_at = null
            from locked where i.page_id = locked.page_id
            """,
            (ids,),
        )


def rebuild() -> int:
    """Makes every page due. What is there stays findable until its successor is written. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute("update search_indexedpage set wanted = wanted + 1, tries = 0, retry_at = null")
        return int(cursor.rowcount)


def _index(claimed: Iterable[Claim]) -> Report:
    report = Report()
    for one in claimed:
        try:
            report += _index_one(one)
        except Exception as error:
            _failed(one, error)
            report += Report(failed=1)
    return report


def _failed(claimed: Claim, error: Exception) -> None:
    """Whatever a page's own code raises must not stop the others: noted, and tried again later."""
    if isinstance(error, DatabaseError) and connection.needs_rollback:
        raise error
    logger.error("Page %s could not be indexed", claimed.page_id, exc_info=error)
    claims.fail(claimed, f"{type(error).__name__}: {error}")


def _index_one(claimed: Claim) -> Report:
    embedder = query_embedder()
    page = content.load(claimed.page_id)
    if page is None:
        claims.release(claimed)
        drop_surplus([claimed.page_id])
        return Report(superseded=1)
    try:
        vectors = _embed(page, embedder)
    except EmbedderUnavailable as error:
        # Findable by its words at once, by its meaning as soon as the model is back.
        writer.write(page, claimed, embedder=embedder, vectors=None)
        claims.fail(claimed, str(error))
        return Report(failed=1)
    if writer.write(page, claimed, embedder=embedder, vectors=vectors):
        return Report(written=1)
    claims.release(claimed)
    return Report(superseded=1)


def _embed(page: content.PageContent, embedder: Embedder) -> dict[str, Vectors]:
    """Vectors of the passages that have none yet, by text hash. Outside of any transaction: this is the slow step."""
    known = writer.known_vectors(page, embedder)
    texts = {
        text_hash: page.embedded_text(passage)
        for passage in page.passages
        if (text_hash := page.text_hash(passage)) not in known
    }
    if not texts:
        return {}
    vectors = embedder.embed_passages(list(texts.values()))
    if len(vectors) != len(texts):
        raise EmbedderUnavailable(f"{embedder.name} gave {len(vectors)} vectors for {len(texts)} texts")
    return dict(zip(texts, vectors, strict=True))
