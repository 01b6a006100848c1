"""Bringing the index to what the content says. Tasks, commands and tests call these."""

from __future__ import annotations

import logging
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from django.db import DatabaseError, connection

from search.conf import conf
from search.embedding import Embedder, EmbedderUnavailable, Vectors, index_embedder
from search.index import claims, content, selectors, writer
from search.index.claims import Claim
from search.index.selectors import EXPECTED

logger = logging.getLogger(__name__)

TURN = 0.0005
"""Seconds that Python may go on while the model's threads wait for it between two passages; its own 5 ms are half a
passage (docs/decisions/indexing.md has what they waited before and with this)."""


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
    if not selectors.pages_due(pages=[page_id]):
        return Report()  # most messages of a full queue are about pages that were done long ago
    write_words(pages=[page_id])
    return _index(claims.claim(limit=1, pages=[page_id]))


def index_due(*, seconds: float | None = None, progress: Callable[[Report], None] | None = None) -> Report:
    """Works off what is due, in batches, until nothing is left that may be tried now or `seconds` are over.

    Words of new pages wait for nobody's vectors: they are written while those are computed, and an import goes on while
    this runs.
    """
    began = renewed = time.monotonic()
    size, patience = conf().batch_pages, conf().lease_seconds / 4
    drop_surplus()
    done = Report()
    new = _NewWords()
    ahead: deque[_Ahead] = deque()  # what the model reads, and what it reads next
    with _short_turns(), ThreadPoolExecutor(1, "vectors") as thread:
        while True:
            over = seconds is not None and time.monotonic() - began >= seconds
            more = not over and new.write()
            batch = [] if over or len(ahead) > 1 else claims.claim(limit=size)
            more = more or len(batch) == size
            fresh, tried = claims.apart(batch)
            if tried:
                done += sum((one.finish() for one in ahead), Report())
                done += sum((_index([one]) for one in tried), Report())
                ahead.clear()
            if fresh:
                ahead.append(_Ahead(fresh))
            if more or len(ahead) > 1:
                for one in ahead:
                    one.start(thread)
            if time.monotonic() - renewed > patience:
                renewed = time.monotonic()
                for one in ahead:
                    claims.renew(one.group)
            if ahead and ahead[0].is_ready(0 if more else patience):
                done += ahead.popleft().finish()
                if progress is not None:
                    progress(done)
            if not (more or batch or ahead):
                return done


@contextmanager
def _short_turns() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(TURN)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def write_words(pages: Iterable[int] | None = None, *, seconds: float | None = None) -> int:
    """Makes pages findable by their words before the slow step gives them their vectors. Returns how many.

    New pages, and those whose words are another version's of the analysis: questions are asked with this one's.
    Whatever lacks a vector afterwards stays due. Words take some 10 ms per page and vectors many times that, so that a
    site that starts with hundreds of pages, or an import, answers at once.
    """
    began = time.monotonic()
    new = _NewWords(pages)
    while (seconds is None or time.monotonic() - began < seconds) and new.write():
        pass
    return new.written


def drop_surplus(pages: Iterable[int] | None = None) -> int:
    """Deletes the rows of pages that cannot be asked for any more. Returns how many."""
    surplus = selectors.pages_surplus(pages)
    if not surplus:
        return 0
    with connection.cursor() as cursor:
        cursor.execute("delete from search_indexedpage where page_id = any(%s)", (surplus,))
    return len(surplus)


def mark_changed(pages: Iterable[int]) -> None:
    """Says that something these pages show has changed. In the transaction of the change, so it cannot be lost.

    A live page without a row gets one: whoever reads it before this transaction commits reads what was before.
    """
    ids = sorted(set(pages))
    if not ids:
        return
    with connection.cursor() as cursor:
        # Sorted, so that two writers cannot wait for each other.
        cursor.execute(
            f"""
            insert into search_indexedpage (page_id, wanted)
            select p.id, 2 from wagtailcore_page p where p.id = any(%(pages)s) and {EXPECTED} order by p.id
            on conflict (page_id) do update
            set wanted = search_indexedpage.wanted + 1, tries = 0, retry_at = null
            """,
            {"pages": ids, "content_types": content.searchable_content_types()},
        )


def rebuild() -> int:
    """Makes every page due. What is there stays findable until its successor is written. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute("update search_indexedpage set wanted = wanted + 1, tries = 0, retry_at = null")
        return int(cursor.rowcount)


class _NewWords:
    """Batches of pages of which nothing was ever written, or whose words are another analysis'; only of `pages` if given.

    Every page comes once, even if it changes all the time: the way round it is the normal one.
    """

    def __init__(self, pages: Iterable[int] | None = None) -> None:
        self._only = None if pages is None else list(pages)
        self._seen: set[int] = set()
        self.written = 0

    def write(self) -> bool:
        """Writes the words of the next batch. False when there are no more."""
        size = conf().batch_pages
        batch = claims.claim(limit=size, pages=self._only, new=True)
        if self._seen.issuperset(one.page_id for one in batch):
            claims.release(batch, tried=False)
            return False
        self._seen.update(one.page_id for one in batch)
        fresh, tried = claims.apart(batch)
        for group in (fresh, *([one] for one in tried)):
            self.written += _begun(group, _write_words).written
        return len(batch) == size


class _Ahead:
    """A group whose texts are read now, and whose vectors are computed in a thread of their own while there is something
    else to do. Nothing but the model is used there: rows are for the thread that reads and writes them."""

    def __init__(self, group: Sequence[Claim]) -> None:
        self.group = claims.begin(group)
        self._superseded = len(group) - len(self.group)
        self._computing: Future[dict[str, Vectors]] | None = None
        self._read: _Read | None = None
        with suppress(Exception):  # it comes again in `finish`, where it is noted
            self._read = _read(self.group)

    def start(self, thread: Executor) -> None:
        if self._read is not None and self._computing is None:
            self._computing = thread.submit(_vectors, self._read.texts, self._read.embedder)

    def is_ready(self, seconds: float) -> bool:
        """Whether its vectors are there within so many seconds, or have to be computed here."""
        return self._computing is None or bool(wait([self._computing], seconds).done)

    def finish(self) -> Report:
        return Report(superseded=self._superseded) + _do(self.group, self._write)

    def _write(self, group: Sequence[Claim]) -> Report:
        if self._read is None or group is not self.group:
            return _write_vectors(group)
        return _written(self._read, group, None if self._computing is None else self._computing.result)


def _index(group: Sequence[Claim]) -> Report:
    return _begun(group, _write_vectors)


def _begun(group: Sequence[Claim], work: Callable[[Sequence[Claim]], Report]) -> Report:
    """Counts a try of each page, and has them worked on."""
    begun = claims.begin(group)
    return Report(superseded=len(group) - len(begun)) + _do(begun, work)


def _do(group: Sequence[Claim], work: Callable[[Sequence[Claim]], Report]) -> Report:
    """Whatever a page's own code raises must not stop the others: where several together fail, each is tried alone, so
    that the error is noted at the page that it belongs to, which is tried again later."""
    if not group:
        return Report()
    try:
        return work(group)
    except Exception as error:
        if isinstance(error, DatabaseError) and connection.needs_rollback:
            raise
        if len(group) == 1:
            logger.error("Page %s could not be indexed", group[0].page_id, exc_info=error)
            claims.fail(group, f"{type(error).__name__}: {error}")
            return Report(failed=1)
    return sum((_do([one], work) for one in group), Report())


def _write_words(group: Sequence[Claim]) -> Report:
    pages = content.load_referenced([one.page_id for one in group])
    written = writer.write(pages, group, embedder=index_embedder(), vectors=None)
    claims.release(group)
    return Report(written=len(written))


def _write_vectors(group: Sequence[Claim]) -> Report:
    return _written(_read(group), group)


@dataclass(frozen=True)
class _Read:
    """What is to be written for a group."""

    embedder: Embedder
    with_words: list[Claim]
    """pages that lack nothing but vectors"""
    others: list[Claim]
    pages: list[content.PageContent]
    """the others, as they are now"""
    texts: dict[str, str]
    """of all of them, without a vector, by their hash"""


def _read(group: Sequence[Claim]) -> _Read:
    embedder = index_embedder()
    unread = writer.unread(group, embedder)
    others = [one for one in group if one.page_id not in unread]
    pages = content.load_referenced([one.page_id for one in others])
    texts = writer.unwritten(pages, embedder)
    for found in unread.values():
        texts |= found
    return _Read(embedder, [one for one in group if one.page_id in unread], others, pages, texts)


def _written(
    read: _Read, group: Sequence[Claim], computed: Callable[[], dict[str, Vectors]] | None = None
) -> Report:
    embedder = read.embedder
    try:
        vectors = _embed(read.texts, group, embedder) if computed is None else computed()
    except EmbedderUnavailable as error:
        # Findable by its words at once, by its meaning as soon as the model is back.
        writer.write(read.pages, read.others, embedder=embedder, vectors=None)
        claims.fail(group, str(error))
        return Report(failed=len(group))
    written = writer.write_vectors(read.with_words, embedder=embedder, vectors=vectors)
    written |= writer.write(read.pages, read.others, embedder=embedder, vectors=vectors)
    left = [one for one in group if one.page_id not in written]
    claims.release(left)
    if left:
        drop_surplus([one.page_id for one in left])
    return Report(written=len(written), superseded=len(left))


def _embed(texts: dict[str, str], group: Sequence[Claim], embedder: Embedder) -> dict[str, Vectors]:
    """Vectors of texts, by their hashes, with a sign of life for each batch. Outside of any transaction: this is the
    slow step. Ends early when somebody else has all of the claims, whose result will count."""
    return _vectors(texts, embedder, go_on=lambda: bool(claims.renew(group)))


def _vectors(
    texts: dict[str, str], embedder: Embedder, *, go_on: Callable[[], bool] = lambda: True
) -> dict[str, Vectors]:
    vectors: dict[str, Vectors] = {}
    size = conf().embedding_batch
    for begin in range(0, len(texts), size):
        if begin and not go_on():
            break
        hashes = list(texts)[begin : begin + size]
        made = embedder.embed_passages([texts[text_hash] for text_hash in hashes])
        if len(made) != len(hashes):
            raise EmbedderUnavailable(f"{embedder.name} gave {len(made)} vectors for {len(hashes)} texts")
        vectors |= dict(zip(hashes, made, strict=True))
    return vectors
