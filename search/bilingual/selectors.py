"""What a site's table may be mined from, and whether it has been: questions to the index, never a queue.

The table is shared by all readers. So it is mined from what a visitor who is not signed in may see, in both
languages, and from nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import connection

from search.bilingual.alignment import Part, Version
from search.reader import ANONYMOUS
from search.retrieval.statement import sql, visible_params

PAGES_AT_ONCE = 200
"""page pairs whose passages are read at a time: some 2 MB"""

# Pages that a visitor may see, and from what state of them their passages come: CTEs, `open` the last.
OPEN = f"""
{sql("visible.sql")}
open as materialized (
    select i.page_id, i.translation_key, i.language, i.title, i.published_at, i.indexed_at,
        concat_ws('|', i.revision, extract(epoch from i.published_at), i.done) as state
    from visible v
    join search_indexedpage i on i.page_id = v.page_id
)
"""
# Both versions of those that are there in German and English.
PAIRED = """
    select de.translation_key, de.page_id as de_page, de.title as de_title, de.state as de_state,
        en.page_id as en_page, en.title as en_title, en.state as en_state,
        greatest(de.published_at, en.published_at) as published_at,
        greatest(de.indexed_at, en.indexed_at) as indexed_at
    from open de join open en using (translation_key)
    where de.language = 'de' and en.language = 'en'
"""


@dataclass(frozen=True)
class State:
    """Table and content compared."""

    pairs: int
    """pages that can be mined, both versions counted as one"""
    mined: int
    """pages that the table was mined from, each version for itself"""
    withdrawn: int
    """of those: a visitor cannot see them any more"""
    changed: int
    """pages that were not mined as they are now, or that are no pairs any more"""
    quiet: float | None
    """seconds since the index last wrote one of these pages"""
    tried: float | None
    """seconds since the last mining began; None when there was none, or its table was given up"""
    took: float
    """seconds"""
    basis: str


def state() -> State:
    statement = f"""
        with {OPEN},
        paired as materialized ({PAIRED}),
        wanted as (
            select de_page as page_id, de_state as state from paired
            union all
            select en_page, en_state from paired
        )
        select
            (select count(*) from paired),
            (select count(*) from bilingual_minedpage),
            (select count(*) from bilingual_minedpage m
                where not exists (select from open o where o.page_id = m.page_id)),
            (select count(*) from wanted w full join bilingual_minedpage m using (page_id)
                where w.state is distinct from m.state),
            (select extract(epoch from statement_timestamp() - max(indexed_at))::float8 from paired),
            extract(epoch from statement_timestamp() - m.tried_at)::float8, coalesce(m.seconds, 0), coalesce(m.basis, '')
        from (values (1)) as one (id) left join bilingual_mining m using (id)
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, visible_params(ANONYMOUS))
        return State(*cursor.fetchone())


def withdrawn(pages: Sequence[int]) -> bool:
    """Whether a visitor cannot see one of these pages now."""
    statement = f"""
        with {OPEN}
        select exists (
            select from unnest(%(pages)s::bigint[]) as m (page_id)
            where not exists (select from open o where o.page_id = m.page_id)
        )
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, visible_params(ANONYMOUS) | {"pages": list(pages)})
        return bool(cursor.fetchone()[0])


def mined_below(page_id: int) -> list[int]:
    """Pages that the table was mined from: this one, even if it is deleted, and those below it."""
    statement = """
        select page_id from bilingual_minedpage where page_id = %(page)s
        union
        select m.page_id
        from bilingual_minedpage m join wagtailcore_page p on p.id = m.page_id
        where starts_with(p.path, (select path from wagtailcore_page where id = %(page)s))
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, {"page": page_id})
        return [found for (found,) in cursor.fetchall()]


@dataclass(frozen=True)
class PagePair:
    de_page: int
    de_title: str
    de_state: str
    en_page: int
    en_title: str
    en_state: str


def page_pairs() -> list[PagePair]:
    """What can be mined, newest first."""
    statement = f"""
        with {OPEN}
        select de_page, de_title, de_state, en_page, en_title, en_state
        from ({PAIRED}) paired
        order by published_at desc nulls last, de_page desc
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, visible_params(ANONYMOUS))
        return [PagePair(*row) for row in cursor.fetchall()]


def versions(pairs: Sequence[PagePair]) -> Iterator[tuple[Version, Version]]:
    """German and English version of each pair as the index has them."""
    for first in range(0, len(pairs), PAGES_AT_ONCE):
        some = pairs[first : first + PAGES_AT_ONCE]
        parts = _parts([page for pair in some for page in (pair.de_page, pair.en_page)])
        for pair in some:
            yield (
                Version(pair.de_title, tuple(parts[pair.de_page])),
                Version(pair.en_title, tuple(parts[pair.en_page])),
            )


def _parts(pages: list[int]) -> dict[int, list[Part]]:
    found: dict[int, list[Part]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            "select page_id, anchor, heading_path, text from search_passage "
            "where page_id = any(%s) order by page_id, ordinal",
            (pages,),
        )
        for page_id, anchor, headings, text in cursor.fetchall():
            found[page_id].append(Part(anchor, tuple(headings), text))
    return found
