"""The queue is the difference: what must be done is asked of the content itself."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from search.conf import conf
from search.embedding import Embedder, index_embedder
from search.index.content import pipeline_version, searchable_content_types

# A page that can be asked for, and the index row that should hold it.
EXPECTED = "p.live and p.alias_of_id is null and p.content_type_id = any(%(content_types)s)"
# Asked once of all passages, or of those of the pages in question; a mark on the page could be wrong.
INCOMPLETE = """i.page_id in (
            select s.page_id
            from search_passage s
            where (%(pages)s::bigint[] is null or s.page_id = any(%(pages)s))
                and not exists (
                    select from search_passagevector v
                    where v.passage_id = s.id
                        and v.model_id = (select id from search_embeddingmodel where fingerprint = %(fingerprint)s)
                )
        )"""
DIFFERENT = f"""(
        i.pipeline <> %(pipeline)s
        or i.revision is distinct from p.live_revision_id
        or i.published_at is distinct from p.last_published_at
        or i.done < i.wanted
        or {INCOMPLETE}
    )"""


def difference_params(
    embedder: Embedder | None = None, *, pages: Iterable[int] | None = None
) -> dict[str, Any]:
    """Parameters of EXPECTED and DIFFERENT; `pages` are those asked for where it is not all."""
    return {
        "content_types": searchable_content_types(),
        "pipeline": pipeline_version(),
        "fingerprint": (embedder or index_embedder()).fingerprint,
        "max_tries": conf().max_tries,
        "pages": None if pages is None else list(pages),
    }


def pages_due(embedder: Embedder | None = None, *, pages: Iterable[int] | None = None) -> list[int]:
    """Ids of pages whose index rows are missing or out of date, newest publication first. Failed ones included. Only
    of `pages` if given."""
    only = "" if pages is None else "and p.id = any(%(pages)s)"
    sql = f"""
        select p.id
        from wagtailcore_page p
        left join search_indexedpage i on i.page_id = p.id
        where {EXPECTED} and (i.page_id is null or {DIFFERENT}) {only}
        order by p.last_published_at desc nulls last, p.id desc
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, difference_params(embedder, pages=pages))
        return [page_id for (page_id,) in cursor.fetchall()]


def pages_surplus(pages: Iterable[int] | None = None) -> list[int]:
    """Ids of pages that the index holds although nobody can ask for them: not live, aliases, other types. Only of
    `pages` if given."""
    only = "" if pages is None else "and i.page_id = any(%(pages)s)"
    sql = f"""
        select i.page_id
        from search_indexedpage i join wagtailcore_page p on p.id = i.page_id
        where not ({EXPECTED}) {only}
    """
    with connection.cursor() as cursor:
        cursor.execute(
            sql,
            {
                "content_types": searchable_content_types(),
                "pages": None if pages is None else list(pages),
            },
        )
        return [page_id for (page_id,) in cursor.fetchall()]


@dataclass(frozen=True)
class Status:
    """The index in figures. `due` counts what is missing or out of date, `failed` what has used up its tries.

    `other_version`: pages that another splitter or analysis wrote, which stay findable until they are written anew.
    """

    model: str
    fingerprint: str
    pages: int
    passages: int
    vectors: int
    lexemes: int
    postings: int
    relations: int
    due: int
    other_version: int
    in_work: int
    failed: int
    surplus: int
    oldest_due: datetime | None
    languages: dict[str, int]
    failures: list[dict[str, Any]]


def status() -> Status:
    embedder = index_embedder()
    sql = f"""
        with expected as (
            select p.id, p.last_published_at, i.page_id as indexed, i.pipeline, i.tries, i.claimed_until,
                i.last_error, coalesce(nullif(i.title, ''), p.title) as title,
                (i.page_id is null or {DIFFERENT}) as due
            from wagtailcore_page p left join search_indexedpage i on i.page_id = p.id
            where {EXPECTED}
        )
        select
            (select count(*) from search_indexedpage where pipeline <> ''),
            (select count(*) from search_passage),
            (select count(*) from search_passagevector v join search_embeddingmodel m on m.id = v.model_id
                where m.fingerprint = %(fingerprint)s),
            (select count(*) from search_lexeme),
            (select count(*) from search_posting),
            (select count(*) from search_relation),
            (select count(*) from expected where due),
            (select count(*) from expected where pipeline not in ('', %(pipeline)s)),
            (select count(*) from expected where due and claimed_until > now()),
            (select count(*) from expected where due and tries >= %(max_tries)s),
            (select min(last_published_at) from expected where due),
            (select coalesce(json_object_agg(language, n), '{{}}') from (
                select language, count(*) as n from search_indexedpage where pipeline <> '' group by language
            ) per_language),
            (select coalesce(json_agg(json_build_object('page', id, 'title', title, 'tries', tries,
                'error', last_error) order by id), '[]') from expected
                where due and last_error <> '' and (claimed_until is null or claimed_until < now()))
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, difference_params(embedder))
        row = cursor.fetchone()
    languages, failures = (_json(value) for value in row[11:13])
    return Status(
        model=embedder.name,
        fingerprint=embedder.fingerprint,
        pages=row[0],
        passages=row[1],
        vectors=row[2],
        lexemes=row[3],
        postings=row[4],
        relations=row[5],
        due=row[6],
        other_version=row[7],
        in_work=row[8],
        failed=row[9],
        surplus=len(pages_surplus()),
        oldest_due=row[10],
        languages=languages,
        failures=failures,
    )


def pages_per_minute() -> int:
    """Pages written in the last minute: what is due divided by it says how long it takes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from search_indexedpage where indexed_at > now() - interval '1 minute'"
        )
        return int(cursor.fetchone()[0])


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
