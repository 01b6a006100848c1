"""What a reader may see, as a question needs it: a bit for each page, and what the visible pages add up to.

Reading this from the tables takes longer the more pages there are (1.5 µs each), and hardly ever changes between two
questions. So it is kept in the memory of the process, and the statement of a question compares the version that it was
read at with the database's own, in its own snapshot: what is outdated is never answered with, in no process and however
short ago somebody closed a page (docs/decisions/search-audiences.md).
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, TypeVar

import numpy
from django.db import connection, transaction

from search.conf import conf
from search.database import database_name
from search.reader import Reader
from search.retrieval.statement import run, sql, visible_params
from search.retrieval.urls import root_patterns

T = TypeVar("T")

MOST = 100
"""readers with different rights that a process remembers"""
FREQUENT = 100
"""Of a term on as many visible pages, or one in twenty of them, their number is remembered: counting them is most of what
counting costs, hidden pages that are passed over included."""
MOST_FREQUENT = 20_000
"""such terms for a reader"""
LISTED = 2_000
"""Who sees no more pages has them named one by one, so that an index finds what belongs to them."""


@dataclass(frozen=True)
class Audience:
    version: str | None
    """of search_visibility when this was read; None in a database that has none yet"""
    until: str | None
    """the next moment in which a page expires"""
    count: int
    """visible pages"""
    bits: bytes
    """bit number `page id` is 1 for a visible page, as get_bit() of PostgreSQL counts them: from the lowest of the first
    byte. As many as the greatest id of an indexed page asks for."""
    listed: str | None
    """The ids as PostgreSQL reads an array, for whom there are at most LISTED: the driver would write each of them anew for
    each question."""
    sample: tuple[int, ...]
    languages: tuple[tuple[str, int, int, int], ...]
    """(language, its visible pages, their words, their passages)"""
    frequent: dict[str, int] = field(default_factory=dict, compare=False)
    """term -> visible pages with it, as far as questions have counted them"""

    def bits_params(self) -> dict[str, Any]:
        """The names that a statement needs to show what this reader may see, and to notice that it is outdated."""
        return {"version": self.version, "until": self.until, "visible": self.bits}

    def params(self, terms: Iterable[str]) -> dict[str, Any]:
        """The names of answer.sql that speak of the reader. `terms` are all that the question may look for."""
        frequent = {term: pages for term in terms if (pages := self.frequent.get(term))}
        return {
            **self.bits_params(),
            "listed": self.listed is not None,
            "listed_pages": self.listed or "{}",
            "sees_few": self.listed is not None and self.count <= conf().few_pages,
            "visible_passages": sum(passages for *_, passages in self.languages),
            "frequent_terms": list(frequent),
            "frequent_pages": [float(pages) for pages in frequent.values()],
            "frequent": min(FREQUENT, max(1, self.count // 20)),
            "sample_pages": list(self.sample),
            "languages": [language for language, *_ in self.languages],
            "language_pages": [float(pages) for _, pages, _, _ in self.languages],
            "language_lengths": [float(length) for _, _, length, _ in self.languages],
            "language_passages": [float(passages) for *_, passages in self.languages],
        }

    def note(self, counted: Mapping[str, int]) -> None:
        """Numbers of pages that a question has counted, for the next one."""
        if len(self.frequent) + len(counted) > MOST_FREQUENT:
            self.frequent.clear()
        self.frequent.update(counted)


_kept: dict[Hashable, Audience] = {}
_lock = Lock()


def read(reader: Reader, *, timeout_ms: int) -> Audience:
    """From the tables. Raises statement.TimedOut."""
    found = run(
        sql("audience.sql"),
        {**visible_params(reader), "sample": conf().field_pages},
        timeout_ms=timeout_ms,
    )
    page_ids = numpy.frombuffer(base64.b64decode(found["pages"]), dtype=">i4")
    return Audience(
        version=found["version"],
        until=found["until"],
        count=len(page_ids),
        bits=as_bits(page_ids, found["slots"]),
        listed="{" + ",".join(map(str, sorted(page_ids))) + "}" if len(page_ids) <= LISTED else None,
        sample=tuple(found["sample"]),
        languages=tuple(
            (language, pages, length, passages) for language, pages, length, passages in found["languages"]
        ),
    )


def as_bits(page_ids: Any, slots: int) -> bytes:
    """Audience.bits of an array (pages,) of ids, each below `slots`."""
    seen = numpy.zeros(slots, dtype=numpy.uint8)
    seen[page_ids] = 1
    return numpy.packbits(seen, bitorder="little").tobytes()


def with_audience(reader: Reader, do: Callable[[Audience], T | None], *, timeout_ms: int) -> T:
    """What `do` finds for this reader. It returns None where it sees that its audience is outdated: the kept one is tried
    first, then what the tables say; where somebody changes them again and again in between, both from one snapshot.

    Raises statement.TimedOut.
    """
    key = (database_name(connection), conf().field_pages, reader, *root_patterns())
    may_keep = not _sees_uncommitted()
    kept = _kept.get(key) if may_keep else None
    found = None if kept is None else do(kept)
    if found is None:
        audience = read(reader, timeout_ms=timeout_ms)
        if may_keep and audience.version is not None:
            _keep(key, audience)
        found = do(audience)
    while found is None:
        with _snapshot():
            found = do(read(reader, timeout_ms=timeout_ms))
    return found


def _sees_uncommitted() -> bool:
    """Inside a transaction its own changes count, which nobody else sees and no version tells of yet."""
    return connection.in_atomic_block


def _keep(key: Hashable, audience: Audience) -> None:
    with _lock:
        if len(_kept) >= MOST:
            _kept.clear()
        _kept[key] = audience


@contextmanager
def _snapshot() -> Iterator[None]:
    """All statements inside see the same moment; inside somebody's transaction, whatever that one is shown."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set transaction isolation level repeatable read")
        yield
