"""Who works on which page: claims with a lease, so that a killed worker's pages return by themselves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.db import connection

from search.conf import conf
from search.index.selectors import DIFFERENT, EXPECTED, difference_params

NEVER_RETURNED = "The process that worked on it never returned (killed, or out of memory)."
"""An error that nobody could note any more: written before the work begins, and taken back after it."""


@dataclass(frozen=True)
class Claim:
    page_id: int
    token: UUID
    wanted: int
    """IndexedPage.wanted when the claim was made, before the page was read"""


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
    unwritten = "and split_part(i.pipeline, '/', 2) <> split_part(%(pipeline)s, '/', 2)" if new else ""
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
            where {EXPECTED} {chosen} and {DIFFERENT} {unwritten}
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
        returning i.page_id, i.wanted
    """
    with connection.cursor() as cursor:
        cursor.execute(missing, params)
        cursor.execute(take, params)
        return [Claim(page_id, params["token"], wanted) for page_id, wanted in sorted(cursor.fetchall())]


def begin(claimed: Claim) -> bool:
    """Counts a try, now that the work on this page begins: one that kills its process is counted too, and the pages
    claimed together with it are not. False when the claim has gone to somebody else meanwhile."""
    return _extend(claimed, f", tries = tries + 1, last_error = '{NEVER_RETURNED}'")


def renew(claimed: Claim) -> bool:
    """A sign of life in long work. False when the claim has gone to somebody else."""
    return _extend(claimed, "")


def release(claimed: Claim, *, tried: bool = True) -> None:
    """Gives a page back untouched, as if it had not been tried: superseded work is nobody's failure."""
    _finish(claimed, "tries = greatest(tries - 1, 0), last_error = ''" if tried else "tries = tries")


def fail(claimed: Claim, error: str) -> None:
    """Notes the error and when the next try may come."""
    wait = "make_interval(secs => %(retry)s * power(2, greatest(tries - 1, 0)))"
    _finish(claimed, f"last_error = %(error)s, retry_at = now() + {wait}", error=error[:2000])


def retry(pages: Iterable[int] | None = None) -> int:
    """Lets failed pages try again now. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update search_indexedpage set tries = 0, retry_at = null "
            "where tries > 0 and (%(pages)s::bigint[] is null or page_id = any(%(pages)s))",
            {"pages": None if pages is None else list(pages)},
        )
        return int(cursor.rowcount)


def _extend(claimed: Claim, assignments: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            f"update search_indexedpage set claimed_until = now() + make_interval(secs => %s) {assignments} "
            "where page_id = %s and claim = %s",
            (conf().lease_seconds, claimed.page_id, claimed.token),
        )
        return bool(cursor.rowcount)


def _finish(claimed: Claim, assignments: str, *, error: str = "") -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"update search_indexedpage set claim = null, claimed_until = null, {assignments} "
            "where page_id = %(page)s and claim = %(token)s",
            {"page": claimed.page_id, "token": claimed.token, "error": error, "retry": conf().retry_seconds},
        )
