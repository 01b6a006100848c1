"""`python -m tests.bench.growth.work --folder … --passages N`: one size, measured; its JSON is the last line printed.

Pages lie in three sections, by lot: 1 % are open to all, 9 % to one group, 90 % to another. So that the same database
answers somebody who sees everything, a tenth, and a hundredth.
"""

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from tests.bench.figures import percentiles
from tests.bench.growth.report import HNSW
from tests.bench.peers import material
from tests.bench.peers.adapters.in_database import ENVIRONMENT

DATABASE = "lotse_bench_grown"
RARE_PAGES = 5
"""A word that no more pages have is another one in each copy: a site that grows brings new rare words."""
DEPTH = 50
BUILD_KB = 1.7
"""of memory for a vector of 384 dimensions in the graph of HNSW while it is built"""
CHANGES = 10
"""pages published again, and as many deleted"""
TABLES = (
    "wagtailcore_page",
    "search_indexedpage",
    "search_passage",
    "search_posting",
    "search_passagevector",
)


def main(words: Sequence[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--passages", type=int, required=True)
    wanted = parser.parse_args(words)
    with _database(json.loads((wanted.folder / ENVIRONMENT).read_text())):
        print(json.dumps(_measure(material.read(wanted.folder / "material"), wanted.passages)))


def _measure(given: material.Material, passages: int) -> dict[str, Any]:
    from django.db import connection

    from search.conf import conf, using
    from search.index import approximate
    from search.index.models import IndexedPage, Passage

    real = Passage.objects.count()
    began = time.monotonic()
    if passages < real:
        _shrink(passages)
    else:
        _multiply(passages)
    readers = _sections()
    with connection.cursor() as cursor:
        if passages < real:
            cursor.execute("vacuum full")
        # Also after a full one, which leaves no note of what all may see: without it no index is read alone.
        cursor.execute("vacuum analyze")
    made = time.monotonic() - began
    began = time.monotonic()
    # A graph that outgrows its memory is built many times slower (docs/developers/search.md).
    with using(approximate_build_mb=max(conf().approximate_build_mb, int(passages * BUILD_KB / 1_000))):
        built = approximate.keep()
    found: dict[str, Any] = {
        "passages": Passage.objects.count(),
        "pages": IndexedPage.objects.count(),
        "made_s": round(made),
        "hnsw_s": round(time.monotonic() - began, 1) if built else None,
        "size_mb": _sizes(),
    }
    with _given_vectors(given):
        asked = _asked(given)
        found["select_1"] = percentiles([_seconds(lambda: _value("select 1")) for _ in range(200)])
        found["readers"] = {name: _reader(reader, asked) for name, reader in readers.items()}
        found |= _changes()
    return found


# --- The database -------------------------------------------------------------------------------


@contextmanager
def _database(environment: dict[str, str]):  # type: ignore[no-untyped-def]
    """A copy of the collection's own, in force inside the `with`."""
    source = environment["LOTSE_COLLECTION_DATABASE"]
    os.environ.update(environment)
    os.environ["DJANGO_SETTINGS_MODULE"] = "search.evaluation.collected.settings"
    import django

    django.setup()
    from django.db import connection

    from tests.bench.peers import databases

    databases.copy(source, DATABASE)
    connection.settings_dict["NAME"] = DATABASE
    try:
        yield
    finally:
        connection.close()
        databases.drop(DATABASE)


def _shrink(passages: int) -> None:
    """Whole pages with their translations, drawn by lot."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            """
            delete from search_indexedpage where translation_key not in (
                select translation_key from (
                    select translation_key, sum(sum(passage_count)) over (order by md5(translation_key::text)) as place
                    from search_indexedpage group by translation_key
                ) drawn
                where place <= %s
            )
            """,
            [passages],
        )


def _multiply(passages: int) -> None:
    from tests.bench.retrieval import multiply

    multiply(passages, rare_pages=RARE_PAGES)


def _sections() -> dict[str, Any]:
    """Readers by the share of pages that they see."""
    from django.contrib.auth.models import Group
    from django.db import connection
    from wagtail.models import Page, PageViewRestriction, Site

    from search.reader import ANONYMOUS, Reader

    home = Site.objects.get().root_page
    many, some = (Group.objects.create(name=f"bench {name}") for name in ("many", "some"))
    sections = []
    for name, group in (("open", None), ("some", some), ("many", many)):
        section = home.add_child(instance=Page(title=name, slug=f"bench-{name}"))
        sections.append(section)
        if group is not None:
            restriction = PageViewRestriction.objects.create(
                page=section, restriction_type=PageViewRestriction.GROUPS
            )
            restriction.groups.add(group)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            update wagtailcore_page p
            set path = section
                    || substr(%(digits)s, place / 46656 %% 36 + 1, 1) || substr(%(digits)s, place / 1296 %% 36 + 1, 1)
                    || substr(%(digits)s, place / 36 %% 36 + 1, 1) || substr(%(digits)s, place %% 36 + 1, 1),
                depth = %(depth)s
            from (
                select page_id, section, row_number() over (partition by section order by page_id)::int as place
                from (
                    select page_id, case when lot = 0 then %(open)s when lot < 10 then %(some)s else %(many)s end as section
                    from (select page_id, abs(hashint4(page_id)) %% 100 as lot from search_indexedpage) drawn
                ) sections
            ) placed
            where page_id = id
            """,
            {
                **{
                    name: section.path
                    for name, section in zip(("open", "some", "many"), sections, strict=True)
                },
                "digits": Page.alphabet,
                "depth": home.depth + 2,
            },
        )
    return {
        "100 %": Reader(authenticated=True, group_ids=(some.pk, many.pk)),
        "10 %": Reader(authenticated=True, group_ids=(some.pk,)),
        "1 %": ANONYMOUS,
    }


def _sizes() -> dict[str, float]:
    rows = {table: _value("select pg_total_relation_size(%s::regclass)", [table]) for table in TABLES}
    rows[HNSW] = _value(
        "select coalesce(sum(pg_relation_size(oid)), 0) from pg_class where relname like 'search\\_passagevector\\_hnsw%%'"
        " and relkind = 'i'",
        [],
    )
    return {name: round(float(size) / 1e6, 1) for name, size in rows.items()}


# --- Questions ----------------------------------------------------------------------------------


@contextmanager
def _given_vectors(given: material.Material):  # type: ignore[no-untyped-def]
    from django.conf import settings

    from search.embedding import process
    from tests.bench.peers.adapters.lotse import Given

    name = settings.SEARCH_EMBEDDING_MODEL
    model = Given(process.embedder_named(name), given, unknown=True)
    model.know(given.questions)
    with patch.dict(process._embedders, {name: model}):
        yield


def _asked(given: material.Material) -> list[material.Asked]:
    """Each text once: the collection asks it of the texts of each language, here it is asked of all."""
    return list({question.text: question for question in given.questions}.values())


def _reader(reader: Any, asked: Sequence[material.Asked]) -> dict[str, Any]:
    """Times of the whole way but the embedding, each question once before; recall of the first pages against the plan
    that compares every visible passage; and what the slowest question spent its time on."""
    for question in asked:
        _ask(question, reader, 10)
    took = [_seconds(lambda question=question: _ask(question, reader, 10)) for question in asked]
    recall = []
    for question in asked:
        found = _ask(question, reader, DEPTH)
        with patch("search.retrieval.asking.index_of", return_value=None):
            true = _ask(question, reader, DEPTH)
        if true:
            recall.append(len(set(found) & set(true)) / len(true))
    slowest = max(zip(took, asked, strict=True), key=lambda pair: pair[0])[1]
    return percentiles(took) | {
        "recall50": round(statistics.mean(recall), 4) if recall else None,
        "cpu": _cpu(reader, asked),
        "visible": _visible(reader),
        "slowest": _parts(slowest, reader),
    }


def _cpu(reader: Any, asked: Sequence[material.Asked]) -> dict[str, float] | None:
    """PostgreSQL's processor for each question; None for a role that may not have it logged."""
    from tests.bench.retrieval import computing

    if not _value("select rolsuper from pg_roles where rolname = current_user"):
        return None
    return percentiles(
        [computing(lambda question=question: _ask(question, reader, 10)) for question in asked]
    )


def _ask(question: material.Asked, reader: Any, limit: int) -> list[str]:
    from search.conf import using
    from search.evaluation.legs import PATIENT
    from search.retrieval import ask

    with using(**PATIENT):
        answer = ask(question.text, reader=reader, language=question.language, limit=limit)
    assert not answer.lexical_only and not answer.timed_out, question.text
    return [str(hit.page_id) for hit in answer.hits]


def _visible(reader: Any) -> int:
    from search.retrieval.statement import sql, visible_params

    statement = (
        f"with {sql('visible.sql').rstrip().rstrip(',')} select coalesce(sum(passage_count), 0) from visible"
    )
    return int(_value(statement, visible_params(reader)))


def _parts(question: material.Asked, reader: Any) -> dict[str, float]:
    """Milliseconds of the ten most expensive CTEs of a question's statement, what they read from others not counted."""
    from search.conf import using
    from search.evaluation.legs import PATIENT
    from search.retrieval import asking

    sent: dict[str, Any] = {}

    def note(statement: str, params: Any, *, timeout_ms: int, settings: Any) -> None:
        sent.update(statement=statement, params=params, settings=settings)
        raise asking.TimedOut

    with using(**PATIENT), patch("search.retrieval.asking.run", note), patch.object(asking.logger, "error"):
        asking.ask(question.text, reader=reader, language=question.language, limit=10)
    return expensive(_explained(**sent))


def _explained(statement: str, params: Any, settings: Any) -> dict[str, Any]:
    from search.retrieval.statement import PLANNER, limits_of

    text = f"{limits_of({**PLANNER, **settings})}explain (analyze, format json) {statement}"
    return dict(_value(text, params)[0]["Plan"])


def expensive(plan: dict[str, Any], most: int = 10) -> dict[str, float]:
    """CTE -> milliseconds of its own nodes, from EXPLAIN's JSON. A CTE's scan costs what fills the CTE, and is left out.

    An InitPlan stands beside the node that asked for it first, whose time holds its own: the two are more than their
    parent, by what is taken off the longer one and what is below it.
    """
    spent: dict[str, float] = {}

    def is_cte(node: dict[str, Any]) -> bool:
        return str(node.get("Subplan Name", "")).startswith("CTE ")

    def walk(node: dict[str, Any], where: str, told_elsewhere: float = 0.0) -> None:
        where = node["Subplan Name"] if is_cte(node) else where
        children = node.get("Plans", [])
        plain = [child for child in children if child.get("Parent Relationship") != "InitPlan"]
        own = _total(node) - sum(_total(child) for child in children if not is_cte(child)) - told_elsewhere
        if node["Node Type"] != "CTE Scan":
            spent[where] = spent.get(where, 0.0) + max(0.0, own)
        longest = max(plain, key=_total, default=None)
        for child in children:
            walk(child, where, max(0.0, -own) if child is longest else 0.0)

    walk(plan, "answer")
    ordered = sorted(spent.items(), key=lambda row: -row[1])[:most]
    return {name.removeprefix("CTE "): round(ms, 1) for name, ms in ordered if ms >= 0.1}


def _total(node: dict[str, Any]) -> float:
    return float(node["Actual Total Time"]) * int(node["Actual Loops"])


# --- Changes ------------------------------------------------------------------------------------


def _changes() -> dict[str, Any]:
    """Some pages published with other words, and deleted: what the index costs, without Wagtail and embedding."""
    from search.evaluation.collected.models import CollectedPage
    from search.index import services
    from search.index.models import IndexedPage

    there = IndexedPage.objects.values("page_id")
    pages = list(CollectedPage.objects.filter(pk__in=there).order_by("translation_key")[: CHANGES + 1])
    updates, deletions = [], []
    for number, page in enumerate(pages):
        page.text += f"\n\nQuarzlotse {number}"
        page.save_revision().publish()
        updates.append(_seconds(lambda page=page: services.index_page(page.pk)))
    for page in pages:
        statement = "delete from search_indexedpage where page_id = %s"
        deletions.append(_seconds(lambda page=page, statement=statement: _value(statement, [page.pk])))
    # The first one loads what the others find loaded.
    return {"update": percentiles(updates[1:]), "delete": percentiles(deletions[1:])}


def _seconds(do: Callable[[], Any]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


def _value(statement: str, params: Any = None) -> Any:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        while cursor.description is None and cursor.nextset():
            pass
        return cursor.fetchone()[0] if cursor.description else None


if __name__ == "__main__":
    main(sys.argv[1:])
