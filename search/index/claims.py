"""Who works on which page: claims with a lease, so that a killed worker's pages return by themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.db import connection

from search.conf import conf
from search.index.selectors import DIFFERENT, EXPECTED, difference_params

NEVER_RETURNED = "The process that worked on it never returned (killed, or out of memory)."
"""An error that nobody could note any more: written before the work begins, and taken back after it."""

_EXTENDED = "claimed_until = now() + make_interval(secs => %(lease)s)"
_ENDED = "claim = null, claimed_until = null"


@dataclass(frozen=True)
class Claim:
    page_id: int
    token: UUID
    wanted: int
    """IndexedPage.wanted when the claim was made, before the page was read"""
    tries: int
    """that ended in an error, or never returned"""


def claim(*, limit: int, pages: Iterable[int] | None = None, new: bool = False) -> list[Claim]:
    """Claims due pages that nobody works on, newest publication first; only of `pages` if given.
    `new` takes only pages of which nothing was ever written, or whose words are another analysis'.
    """
    params = difference_params(pages=pages) | {
        "limit": limit,
        "token": uuid4(),
        "lease": conf().lease_seconds,
    }
    chosen = "" if pages is None else "and p.id = any(%(pages)s)"
    due = "split_part(i.pipeline, '/', 2) <> split_part(%(pipeline)s, '/', 2)" if new else DIFFERENT
    missing = f"""
        insert into search_indexedpage (page_id)
        select p.id from wagtailcore_page p
        where {EXPECTED} {chosen}
            and not exists (select from search_indexedpage i where i.page_id = p.id)
        order by p.last_published_at desc nulls last, p.id desc
        limit %(limit)s
        on conflict do nothing
    """
    take = f"""
        with due as (
            select i.page_id
            from search_indexedpage i join wagtailcore_page p on p.id = i.page_id
            where {EXPECTED} {chosen} and {due}
                and (i.claimed_until is null or i.claimed_until < now())
                and (i.retry_at is null or i.retry_at <= now())
                and i.tries < %(max_tries)s
            order by p.last_published_at desc nulls last, p.id desc
            limit %(limit)s
            for update of i skip locked
        )
        update search_indexedpage i
        set claim = %(token)s, claimed_until = now() + make_interval(secs => %(lease)s)
        from due
        where i.page_id = due.page_id
        returning i.page_id, i.wanted, i.tries
    """
    with connection.cursor() as cursor:
        cursor.execute(missing, params)
        cursor.execute(take, params)
        return [
            Claim(page_id, params["token"], wanted, tries)
            for page_id, wanted, tries in sorted(cursor.fetchall())
        ]


def apart(claimed: Sequence[Claim]) -> tuple[list[Claim], list[Claim]]:
    """Pages that may be worked on together, and those that were tried before, to be worked on one by one: together with
    a page that kills its worker a page is counted once, and then no more."""
    return [one for one in claimed if not one.tries], [one for one in claimed if one.tries]


def begin(group: Sequence[Claim]) -> list[Claim]:
    """Counts a try, now that the work on these pages begins: one that kills its process is counted too. Returns those
    whose claim still stands. A group is of one call of `claim`, here and below."""
    return _update(group, f"{_EXTENDED}, tries = tries + 1, last_error = '{NEVER_RETURNED}'")


def renew(group: Sequence[Claim]) -> list[Claim]:
    """A sign of life in long work. Returns those whose claim still stands."""
    return _update(group, _EXTENDED)


def release(group: Sequence[Claim], *, tried: bool = True) -> None:
    """Gives pages back untouched, as if they had not been tried: superseded work is nobody's failure."""
    taken_back = "tries = greatest(tries - 1, 0), last_error = ''" if tried else "tries = tries"
    _update(group, f"{_ENDED}, {taken_back}")


def fail(group: Sequence[Claim], error: str) -> None:
    """Notes the error and when the next try may come."""
    wait = "make_interval(secs => %(retry)s * power(2, greatest(tries - 1, 0)))"
    _update(group, f"{_ENDED}, last_error = %(error)s, retry_at = now() + {wait}", error=error[:2000])


def retry(pages: Iterable[int] | None = None) -> int:
    """Lets failed pages try again now. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update search_indexedpage set tries = 0, retry_at = null "
            "where tries > 0 and (%(pages)s::bigint[] is null or page_id = any(%(pages)s))",
            {"pages": None if pages is None else list(pages)},
        )
        return int(cursor.rowcount)


def _update(group: Sequence[Claim], assignments: str, *, error: str = "") -> list[Claim]:
    """Sets something where the claim still stands. Returns whose row was set.

    Who waits for a row holds none: a page's deletion may hold one and wait for the next.
    """
    done = _update_free(group, assignments, error=error, locked="skip locked")
    for one in group:
        if one.page_id not in done:
            done |= _update_free([one], assignments, error=error)
    return [one for one in group if one.page_id in done]


def _update_free(group: Sequence[Claim], assignments: str, *, error: str, locked: str = "") -> set[int]:
    if not group:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            with mine as (
                select page_id from search_indexedpage
                where page_id = any(%(pages)s) and claim = %(token)s
                for update {locked}
            )
            update search_indexedpage i set {assignments}
            from mine where i.page_id = mine.page_id
            returning i.page_id
            """,
            {
                "pages": [one.page_id for one in group],
                "token": group[0].token,
                "lease": conf().lease_seconds,
                "retry": conf().retry_seconds,
                "error": error,
            },
        )
        return {page_id for (page_id,) in cursor.fetchall()}
