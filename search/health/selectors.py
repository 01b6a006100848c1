"""The state of the index in figures, asked of its tables in two statements, and what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.db import connection
from django.utils import timezone

from search.conf import conf
from search.embedding import index_embedder
from search.health.models import Sign
from search.index.approximate import PREFIX
from search.index.selectors import DIFFERENT, EXPECTED, difference_params

LATE = timedelta(minutes=10)
"""A page that is due so long is noticed by those who wait for it: with an idle worker it takes seconds, and an import
of thousands shows progress meanwhile."""
SILENT = timedelta(minutes=3)
"""Beat's sign comes every 30 s and waits for a free thread: mining terms and relations take up to a minute or two."""
RATE_MINUTES = 10


@dataclass(frozen=True)
class Language:
    """What the index holds in one language, in numbers of rows."""

    code: str
    pages: int
    passages: int
    vectors: int
    """of the model in force, or that the index works for"""


@dataclass(frozen=True)
class Failure:
    """A page that could not be indexed. What it is called is shown to who may edit it only."""

    page_id: int
    title: str
    tries: int
    error: str
    given_up: bool
    """all tries are used up: nothing happens before somebody asks for it, or the page changes"""
    retry_at: datetime | None


@dataclass(frozen=True)
class Queue:
    """Pages that are due, in numbers of pages."""

    due: int
    in_work: int
    failed: int
    oldest_due: datetime | None
    """when the version was published that has waited longest to be found; of those not given up"""
    per_minute: float
    """pages written in the last ten minutes"""

    @property
    def waiting(self) -> int:
        """due, and neither in work nor given up"""
        return max(0, self.due - self.in_work - self.failed)

    @property
    def eta(self) -> timedelta | None:
        """Until nothing is due, at the pace of the last minutes; None while nothing is known about it."""
        left = self.due - self.failed
        if left <= 0 or self.per_minute <= 0:
            return None
        return timedelta(minutes=left / self.per_minute)

    @property
    def waits(self) -> timedelta | None:
        return None if self.oldest_due is None else timezone.now() - self.oldest_due


@dataclass(frozen=True)
class Approximate:
    """The HNSW index of the model: None of both while there are too few vectors to want one."""

    vectors: int
    wanted_from: int
    there: bool
    usable: bool


def queue() -> Queue:
    """What is due. One statement; some 10 ms for 1,000 pages."""
    sql = f"""
        with expected as (
            select i.tries, i.claimed_until,
                -- What is due for another reason (a new model, a renamed snippet) may have been published years ago.
                case when i.page_id is null or i.revision is distinct from p.live_revision_id
                    or i.published_at is distinct from p.last_published_at
                then p.last_published_at end as since,
                (i.page_id is null or {DIFFERENT}) as due
            from wagtailcore_page p left join search_indexedpage i on i.page_id = p.id
            where {EXPECTED}
        )
        select
            count(*) filter (where due),
            count(*) filter (where due and claimed_until > now()),
            count(*) filter (where due and tries >= %(max_tries)s),
            min(since) filter (where due and tries < %(max_tries)s),
            (select count(*) from search_indexedpage
                where indexed_at > now() - make_interval(mins => {RATE_MINUTES}))
        from expected
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, difference_params())
        due, in_work, failed, oldest, written = cursor.fetchone()
    return Queue(due, in_work, failed, oldest, written / RATE_MINUTES)


def languages() -> list[Language]:
    """Counts of what is there, largest first."""
    sql = """
        with vectors as (
            select v.page_id, count(*) as n
            from search_passagevector v join search_embeddingmodel m on m.id = v.model_id
            where m.fingerprint = %(fingerprint)s
            group by v.page_id
        )
        select i.language, count(*), coalesce(sum(i.passage_count), 0), coalesce(sum(v.n), 0)
        from search_indexedpage i left join vectors v on v.page_id = i.page_id
        where i.pipeline <> ''
        group by i.language
        order by count(*) desc, i.language
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, {"fingerprint": index_embedder().fingerprint})
        return [Language(*map(_plain, row)) for row in cursor.fetchall()]


def failures(*, offset: int = 0, limit: int = 25) -> tuple[list[Failure], int]:
    """Pages with an error, those given up first; and how many there are."""
    sql = f"""
        select p.id, p.title, i.tries, i.last_error, i.tries >= %(max_tries)s, i.retry_at, count(*) over ()
        from wagtailcore_page p join search_indexedpage i on i.page_id = p.id
        where {EXPECTED} and i.last_error <> '' and (i.claimed_until is null or i.claimed_until < now())
            and {DIFFERENT}
        order by i.tries >= %(max_tries)s desc, i.retry_at desc nulls last, p.id
        limit %(limit)s offset %(offset)s
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, difference_params() | {"limit": limit, "offset": offset})
        rows = cursor.fetchall()
    return [Failure(*row[:6]) for row in rows], rows[0][6] if rows else 0


def approximate() -> Approximate:
    """Whether the index of nearest vectors is there, where there are so many that one is wanted."""
    sql = """
        select
            (select count(*) from search_passagevector v where v.model_id = m.id),
            (select json_agg(i.indisvalid and i.indisready) from pg_index i join pg_class c on c.oid = i.indexrelid
                where c.relname = %(prefix)s || m.id and i.indrelid = 'search_passagevector'::regclass)
        from search_embeddingmodel m where m.fingerprint = %(fingerprint)s
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, {"prefix": PREFIX, "fingerprint": index_embedder().fingerprint})
        vectors, usable = cursor.fetchone() or (0, None)
    found: Sequence[bool] = (json.loads(usable) if isinstance(usable, str) else usable) or []
    return Approximate(vectors, conf().exact_up_to, bool(found), all(found) and bool(found))


def signs() -> dict[str, datetime]:
    """Part -> when it was last seen; a part that never was is missing."""
    return dict(Sign.objects.values_list("part", "seen_at"))


def verified_since() -> datetime | None:
    """Every indexed page was recomputed and compared since then. None as long as one never was."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select case when bool_and(verified_at is not null) then min(verified_at) end "
            "from search_indexedpage where pipeline <> ''"
        )
        found: datetime | None = cursor.fetchone()[0]
    return found


def broker_answers(seconds: float = 2.0) -> bool:
    """Whether a message could be sent now. Waits `seconds` at most where nobody answers."""
    try:
        with current_app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, timeout=seconds, interval_start=0)
            broker.default_channel.queue_declare("celery", passive=False, durable=True)
        return True
    except Exception:  # every transport has its own errors
        return False


PROBLEMS = "failed", "late", "worker", "schedule"


def problems() -> list[str]:
    """Which of PROBLEMS there are: what an editor-in-chief should know without looking for it."""
    now, work, seen = timezone.now(), queue(), signs()
    found = []
    if work.failed:
        found.append("failed")
    if work.waits is not None and work.waits > LATE and not work.per_minute:
        found.append("late")
    # A site that has just begun has no signs yet, and nothing to complain about.
    worker, schedule = seen.get(Sign.Part.WORKER), seen.get(Sign.Part.SCHEDULE)
    if worker and now - worker > SILENT:
        found.append("worker")
    elif schedule and now - schedule > SILENT:
        found.append("schedule")
    return found


def _plain(value: Any) -> Any:
    return value if isinstance(value, str) else int(value)
