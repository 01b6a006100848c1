"""Which pages belong together: of a page that has just been indexed, and of the whole index at once.

Every score depends on all pages (a word that many share says little), so what is stored in the end is computed for all
at once, block by block: a function of what the index holds and of nothing that happened on the way there. A page that
is new does not wait for that: its own relations, computed with the same figures, are stored at once, and stand among
those of the other pages.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from search.conf import conf
from search.embedding import Embedder, index_embedder
from search.index.selectors import status
from search.related.models import Computation
from search.related.nearness import Nearness, Pages, read_digest, read_pages, written_terms

if TYPE_CHECKING:
    from search.related.nearness import Matrix, Places

logger = logging.getLogger(__name__)

VERSION = 5
"""of this computation: raised when it gives other relations of the same pages"""
_LOCK = 0x10753  # any number of our own: one computation at a time, across processes
BLOCK = 128
"""Pages compared with all others at a time: with 10,000 pages a block takes some 5 MB a matrix."""
NEW_AT_ONCE = 20
"""Pages that have come since the last computation and are related by themselves in one sweep."""

Row = tuple[int, int, float, list[str], int | None, int | None]
"""of search_relation"""


def relate_pending(*, share: float = 1.0) -> int:
    """Computes relations anew if anything they depend on has changed. Returns the number stored, 0 if none were due.

    `share`: of all time that may be spent on computing for the whole index. Where it is used up, new pages get theirs,
    and the rest waits. Everything waits while pages are due that can still be tried: an import of thousands computes
    once, at its end.
    """
    state = status()
    if state.due > state.failed or not is_due():
        return 0
    try:
        return relate_pages(_unrelated()) if _is_resting(share) else relate_all()
    except IntegrityError as error:
        # A passage that was read has gone meanwhile. Its page is due again, and so are the relations.
        logger.info("Relations will be computed at the next sweep: %s", error)
        return 0


def is_due() -> bool:
    """Whether a page was written, deleted, closed or opened, or another model or figure is in force, since the last
    computation for the whole index; or somebody asks for one by a page without `related_at`."""
    with connection.cursor() as cursor:
        digest = read_digest(cursor)
    row = Computation.objects.first()
    return row is None or row.state != _state(digest, index_embedder()) or bool(_unrelated(1))


def _state(pages: str, embedder: Embedder) -> str:
    """Digest of all that relations are a function of. `pages`: Pages.digest."""
    figures = sorted((name, value) for name, value in vars(conf()).items() if name.startswith("related_"))
    basis = [VERSION, embedder.fingerprint, figures, pages]
    return hashlib.blake2b(repr(basis).encode(), digest_size=16).hexdigest()


def _unrelated(most: int = NEW_AT_ONCE) -> list[int]:
    """Pages whose relations were not computed since they were written. One without passages has none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select page_id from search_indexedpage where pipeline <> '' and passage_count > 0 and related_at is null "
            "order by indexed_at desc, page_id limit %s",
            (most,),
        )
        return [page_id for (page_id,) in cursor.fetchall()]


def _is_resting(share: float) -> bool:
    row = Computation.objects.first()
    if row is None or row.computed_at is None:
        return False
    return (timezone.now() - row.computed_at).total_seconds() < row.seconds * (1 / share - 1)


def relate_all(embedder: Embedder | None = None) -> int:
    """Replaces all relations. Returns their number; 0 also while another process is at it."""
    began = time.monotonic()
    embedder = embedder or index_embedder()
    with transaction.atomic(), connection.cursor() as cursor:
        if not _is_alone(cursor):
            return 0
        pages = read_pages(cursor)
        rows = list(_relations(cursor, pages, embedder)) if len(pages.ids) > 1 else []
        cursor.execute("delete from search_relation")
        _store(cursor, rows)
        _note_related(cursor, pages.ids)
        seconds = time.monotonic() - began
        Computation.objects.update_or_create(
            id=Computation.ONLY,
            defaults={
                "state": _state(pages.digest, embedder),
                "computed_at": timezone.now(),
                "seconds": seconds,
            },
        )
    logger.info("Computed %s relations of %s pages in %.1f s", len(rows), len(pages.ids), seconds)
    return len(rows)


def relate_pages(ids: Iterable[int]) -> int:
    """Replaces the relations of these pages, as far as they are indexed, and of their translations: both directions, as
    the computation for the whole index would give them now. What other pages have among each other stays until that one.

    Returns the number stored; 0 also while another process computes.
    """
    wanted = set(ids)
    with transaction.atomic(), connection.cursor() as cursor:
        if not wanted or not _is_alone(cursor):
            return 0
        pages = read_pages(cursor)
        keys = {key for page_id, key in zip(pages.ids, pages.keys, strict=True) if page_id in wanted}
        places = [place for place, key in enumerate(pages.keys) if key in keys]
        own = [pages.ids[place] for place in places]
        rows = list(_relations(cursor, pages, index_embedder(), places)) if len(pages.ids) > 1 else []
        cursor.execute(
            "delete from search_relation where page_id = any(%s) or other_id = any(%s)", (own, own)
        )
        _store(cursor, rows)
        _drop_surplus(cursor, pages, {row[0] for row in rows} - set(own))
        _note_related(cursor, [page_id for page_id in own if page_id in wanted])
    return len(rows)


def _is_alone(cursor: Any) -> bool:
    cursor.execute("select pg_try_advisory_xact_lock(%s)", (_LOCK,))
    return bool(cursor.fetchone()[0])


def _store(cursor: Any, rows: Sequence[Row]) -> None:
    with cursor.copy(
        "copy search_relation (page_id, other_id, score, shared, passage_id, other_passage_id) from stdin"
    ) as copy:
        for row in rows:
            copy.write_row(row)


def _drop_surplus(cursor: Any, pages: Pages, ids: Collection[int]) -> None:
    """What has been pushed off the end of these pages' lists."""
    audience = dict(zip(pages.ids, pages.audiences, strict=True))
    cursor.execute(
        "select id, page_id, other_id from search_relation where page_id = any(%s) order by page_id, score desc, other_id",
        (list(ids),),
    )
    lists: dict[tuple[int, str], list[int]] = defaultdict(list)
    for row_id, page_id, other_id in cursor.fetchall():
        lists[page_id, audience.get(other_id, "")].append(row_id)
    surplus = [row_id for kept in lists.values() for row_id in kept[conf().related_kept :]]
    cursor.execute("delete from search_relation where id = any(%s)", (surplus,))


def _note_related(cursor: Any, ids: Sequence[int]) -> None:
    # Only the rows that were read: a page written meanwhile stays due.
    cursor.execute(
        "update search_indexedpage set related_at = now() "
        "where page_id = any(%s) and (related_at is null or related_at < indexed_at) and indexed_at <= now()",
        (list(ids),),
    )


def _relations(
    cursor: Any, pages: Pages, embedder: Embedder, only: Collection[int] | None = None
) -> Iterator[Row]:
    """Rows of search_relation, both directions of a pair with one score. With `only`: those of the pages at these
    places, whole units (see _Units), and those of others to them."""
    nearness = Nearness(pages, embedder)
    found = _ranked(pages, nearness.of, only)
    for place in sorted(place for place, others in found.items() if others):
        written = written_terms(cursor, pages.ids[place], pages.languages[place])
        for value, other in found[place]:
            shared = nearness.shared(written, place, other)
            yield (pages.ids[place], pages.ids[other], value, shared, *nearness.evidence(place, other))


@dataclass(frozen=True)
class _Around:
    """What is around a unit."""

    hubness: float
    near: dict[int, float]
    """nearest units -> how near, `related_candidates` of each audience"""


class _Units:
    """A page with those of its translations that have the same audience: what is hidden lends nothing to what is seen.

    Two units are as near as the nearest of their pages: one model reads English better than German, and what belongs
    together does so in every language. A page and its own translations are never a pair.
    """

    def __init__(self, pages: Pages) -> None:
        import numpy

        pairs = list(zip(pages.keys, pages.audiences, strict=True))
        self.names = sorted(set(pairs))
        number = {name: place for place, name in enumerate(self.names)}
        self.of = [number[pair] for pair in pairs]
        self.members: list[list[int]] = [[] for _ in self.names]
        for place, unit in enumerate(self.of):
            self.members[unit].append(place)
        self._order = numpy.array([place for own in self.members for place in own])
        self._starts = numpy.cumsum([0, *(len(own) for own in self.members[:-1])])
        self._keys = numpy.array([key for key, _ in self.names])
        audiences = numpy.array([audience for _, audience in self.names])
        self._open = audiences == ""
        self._groups = [audiences == audience for audience in sorted(set(audiences))]

    def around(self, wanted: Sequence[int], near: Callable[[Places], Matrix]) -> dict[int, _Around]:
        """In blocks, keeping only what is near: memory grows with the number of pages, not with its square."""
        import numpy

        found = {}
        for begin in range(0, len(wanted), BLOCK):
            block = wanted[begin : begin + BLOCK]
            members = [self.members[unit] for unit in block]
            rows = numpy.array([place for own in members for place in own])
            starts = numpy.cumsum([0, *(len(own) for own in members[:-1])])
            score = numpy.maximum.reduceat(near(rows)[:, self._order], self._starts, axis=1)
            score = numpy.maximum.reduceat(score, starts, axis=0)
            score[self._keys[list(block)][:, None] == self._keys[None, :]] = -1.0
            found.update({unit: self._of_row(row) for unit, row in zip(block, score, strict=True)})
        return found

    def _of_row(self, row: Matrix) -> _Around:
        """`row`: how near all units are to one."""
        import numpy

        figures = conf()
        around = -numpy.sort(-row[self._open])[: figures.related_neighbours]
        around = around[around > -1.0]
        near: dict[int, float] = {}
        # Of each audience so many: a page that a reader cannot see pushes none off the list.
        for group in self._groups:
            nearest = numpy.flatnonzero(group & (row >= figures.related_nearest) & (row > -1.0))
            # Stable: among equals the order must not depend on what else there is.
            best = nearest[numpy.argsort(-row[nearest], kind="stable")][: figures.related_candidates]
            near |= {int(other): float(row[other]) for other in best}
        return _Around(float(around.mean()) if len(around) else 0.0, near)


def _ranked(
    pages: Pages, near: Callable[[Places], Matrix], only: Collection[int] | None = None
) -> dict[int, list[tuple[float, int]]]:
    """For each page the (score, place) of those that are kept, best first; with `only` for the pages at these places,
    and for others what they have of them.

    A page that is near to everything relates nothing: its mean nearness to its `related_neighbours` nearest is taken
    off, and the other page's (cross-domain similarity local scaling, Conneau et al., Word Translation Without
    Parallel Data, ICLR 2018). Only open pages are such neighbours: what is hidden moves no score. Two are compared where
    each is among the other's nearest, so that it is enough to look at these two.
    """
    units = _Units(pages)
    wanted = range(len(units.names)) if only is None else sorted({units.of[place] for place in only})
    around = units.around(wanted, near)
    if only is not None:
        others = {other for one in wanted for other in around[one].near}
        around |= units.around(sorted(others - around.keys()), near)

    found: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for one in wanted:
        scored = []
        for other, raw in around[one].near.items():
            # Symmetric to the last digit, so that both directions have one score.
            value = 2 * raw - around[min(one, other)].hubness - around[max(one, other)].hubness
            if one in around[other].near and value >= conf().related_threshold:
                scored.append((value, other))
        for place in units.members[one]:
            found[place] = _kept(pages, place, units.members, one, scored)
        for value, other in scored if only is not None else ():
            if other not in wanted:
                for place in units.members[other]:
                    versions = _versions(pages, place, units.members[other], units.members[one])
                    found[place] += [(value, there) for there in versions]
    return found


def _kept(
    pages: Pages, place: int, members: Sequence[Sequence[int]], unit: int, scored: Iterable[tuple[float, int]]
) -> list[tuple[float, int]]:
    """The best of each audience, in the versions that fit the page at `place`, which is of `unit`."""
    by_audience: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for value, other in scored:
        for there in _versions(pages, place, members[unit], members[other]):
            by_audience[pages.audiences[there]].append((value, there))

    def order(item: tuple[float, int]) -> tuple[float, int]:
        return -item[0], item[1]

    best = [item for some in by_audience.values() for item in sorted(some, key=order)[: conf().related_kept]]
    return sorted(best, key=order)


def _versions(pages: Pages, place: int, own: Sequence[int], others: Sequence[int]) -> list[int]:
    """Which translations of a page another one is related to: that in its own language; one in another language only
    where neither side has both."""
    same = [there for there in others if pages.languages[there] == pages.languages[place]]
    if same:
        return same
    languages = {pages.languages[mine] for mine in own}
    return [there for there in others if pages.languages[there] not in languages]
