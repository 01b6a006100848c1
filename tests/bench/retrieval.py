"""What a question costs at N passages: the statement, planned and executed, and the whole answer page.

    ./lotse measure retrieval [--passages 10000]      or, with the site's settings, python -m tests.bench retrieval

Copies the site's database into one of its own beside it, multiplies pages and passages until there are N (texts and
words as they are, vectors moved), asks the site's judged questions and drops the copy again. A word is then
as frequent among the pages as on the site, so that the lists of a question's words grow with N: more than on a site
that grows by other texts. Ratios to `select 1` and to bm25s in the same run mean more than milliseconds.
"""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.bench.figures import percentiles

DATABASE = "lotse_bench_retrieval"
STEP = 10_000_000
"""between the ids of a row and of its copy"""


def measure(passages: int = 10_000, questions: int = 60) -> dict[str, object]:
    """p50 and p95 in ms of each part of an answer. Needs a site with the demo content and an index that is filled."""
    from search.evaluation import asking

    with copied():
        there = multiply(passages)
        asking.require_model()
        asked = _questions(questions)
        rows: dict[str, object] = {
            "passages": there["passages"],
            "pages": there["pages"],
            "questions": len(asked),
        }
        rows |= _parts(asked)
        rows |= _pages(asked)
        rows |= _bm25s(asked)
    return _with_ratios(rows)


def _questions(most: int) -> list[Any]:
    from search.evaluation.judging import site_questions

    found = [question for question in site_questions().questions if not question.member]
    return found[:: max(1, len(found) // most)][:most]


def _parts(asked: list[Any]) -> dict[str, object]:
    """The steps of `search.retrieval.ask` one by one, for a visitor; each question once before, to warm up."""
    from search.conf import using
    from search.evaluation.legs import PATIENT

    took: dict[str, list[float]] = {}
    with using(**PATIENT):
        for question in asked:
            _steps(question, {})
        for question in asked:
            _steps(question, took)
    return {name: percentiles(seconds) for name, seconds in took.items()}


def _steps(question: Any, took: dict[str, list[float]]) -> None:
    from search import vocabulary
    from search.bilingual import table
    from search.embedding import query_embedder
    from search.index.approximate import index_of
    from search.reader import ANONYMOUS
    from search.retrieval import asking
    from search.retrieval.audience import read as read_audience
    from search.retrieval.question import parse
    from search.retrieval.statement import PLANNER, limits_of, run
    from search.retrieval.terms import expand

    def timed(name: str, do: Callable[[], Any]) -> Any:
        began = time.perf_counter()
        result = do()
        took.setdefault(name, []).append(time.perf_counter() - began)
        return result

    language = question.language
    timed("select 1", lambda: _value("select 1"))
    read = timed(
        "words of the question",
        lambda: parse(question.text, language=language, languages=asking.site_languages(), table=table()),
    )
    embedder = query_embedder()
    vector = timed("vector of the question", lambda: embedder.embed_query(read.text))
    expansion = timed("terms of the index", lambda: expand(read, table(), vocabulary.current()))
    index = index_of(embedder.fingerprint)
    audience = timed(
        "what the reader may see, when it changed", lambda: read_audience(ANONYMOUS, timeout_ms=30_000)
    )
    params = asking.statement_params(
        read,
        expansion,
        language=language,
        filters={},
        only_language=None,
        offset=0,
        limit=10,
        embedder=embedder,
        vector=vector,
    )
    params |= asking.approximate_params(index) | audience.params(expansion.all_terms())
    text = asking.statement(index)
    settings = {} if index is None else asking.scan_settings()

    def answer() -> None:
        run(text, params, timeout_ms=30_000, settings=settings)

    timed("statement", answer)
    took.setdefault("of it the server's CPU", []).append(min(computing(answer) for _ in range(3)))
    plan = _value(f"{limits_of({**PLANNER, **settings})}explain (summary, format json) {text}", params)
    took.setdefault("planning, once for each connection", []).append(plan[0]["Planning Time"] / 1000)


def computing(do: Callable[[], Any]) -> float:
    """Seconds of CPU that PostgreSQL took for what `do` sends: on a busy machine the only figure that stands still."""
    from django.db import connection

    said: list[str] = []

    def note(diagnostic: Any) -> None:
        said.append(diagnostic.message_detail or "")

    raw = connection.connection
    raw.add_notice_handler(note)
    with connection.cursor() as cursor:
        cursor.execute("set client_min_messages = log; set log_statement_stats = on")
        said.clear()
        do()
        noted = [re.search(r"([\d.]+) s user, ([\d.]+) s system", text) for text in said]
        cursor.execute("reset log_statement_stats; reset client_min_messages")
    raw.remove_notice_handler(note)
    return sum(float(match[1]) + float(match[2]) for match in noted if match)


def _value(text: str, params: Any = None) -> Any:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(text, params)
        while cursor.description is None:
            cursor.nextset()
        return cursor.fetchone()[0]


def _pages(asked: list[Any]) -> dict[str, object]:
    """The whole page through Django's own client: the first time somebody asks a question, and once more."""
    from django.test import Client
    from django.test.utils import override_settings
    from django.urls import reverse
    from django.utils import translation

    from tests.bench import asking

    took: dict[str, list[float]] = {"page, asked for the first time": [], "page, asked before": []}
    client = Client(headers=asking.headers())
    with override_settings(ALLOWED_HOSTS=["*"]):
        for name in ("warm", *took):
            for question in asked:
                with translation.override(question.language):
                    address = reverse("ask:search")
                asks = question.text if name != "warm" else question.text + " Hafen"
                began = time.perf_counter()
                answer = client.get(address, {"q": asks})
                if name in took:
                    took[name].append(time.perf_counter() - began)
                assert answer.status_code == 200, (address, answer.status_code)
    return {name: percentiles(seconds) for name, seconds in took.items()}


def _bm25s(asked: list[Any]) -> dict[str, object]:
    """bm25s in this process's memory over all passages, public or not: a floor that asks nobody for permission."""
    from search.evaluation.baselines import Bm25, Text, Unavailable
    from search.index.models import Passage

    rows = Passage.objects.values_list("page_id", "page__language", "text")
    try:
        index = Bm25([Text(str(page), language, text) for page, language, text in rows])
    except Unavailable as problem:
        return {"bm25s": str(problem)}
    took = []
    for question in asked:
        began = time.perf_counter()
        index.ranked(question.text, question.language)
        took.append(time.perf_counter() - began)
    return {"bm25s": percentiles(took)}


def _with_ratios(rows: dict[str, object]) -> dict[str, object]:
    least = rows["select 1"]["p50_ms"]  # type: ignore[index]
    return {
        name: {**row, "ratio": round(row["p50_ms"] / least)} if isinstance(row, dict) else row
        for name, row in rows.items()
    }


@contextmanager
def copied() -> Iterator[None]:
    """A copy of the site's database, in force inside the `with`. Needs a role that may create databases."""
    from django.core.management import call_command
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"drop database if exists {DATABASE}")
        cursor.execute(f"create database {DATABASE}")
    site = connection.settings_dict["NAME"]
    source = connection.copy()
    connection.close()
    connection.settings_dict["NAME"] = DATABASE
    try:
        call_command("migrate", verbosity=0, skip_checks=True)
        _fill(source)
        with connection.cursor() as cursor:
            cursor.execute("vacuum analyze")
        yield
    finally:
        source.close()
        connection.close()
        connection.settings_dict["NAME"] = site
        with connection.cursor() as cursor:
            cursor.execute(f"drop database {DATABASE}")


def _fill(source: Any) -> None:
    from django.apps import apps
    from django.core.management.color import no_style
    from django.db import connection

    tables = [f'"{name}"' for name in connection.introspection.table_names() if name != "django_migrations"]
    with source.cursor() as theirs, connection.cursor() as ours:
        ours.execute(
            "set session_replication_role = replica"
        )  # rows come in no order that foreign keys would like
        ours.execute("truncate " + ", ".join(tables))
        for table in tables:
            theirs.execute(
                "select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute "
                "where attrelid = %s::regclass and attnum > 0 and not attisdropped and attgenerated = ''",
                [table],
            )
            columns = theirs.fetchone()[0]
            with (
                theirs.copy(f"copy {table} ({columns}) to stdout with binary") as rows,
                ours.copy(f"copy {table} ({columns}) from stdin with binary") as copied,
            ):
                for block in rows:
                    copied.write(block)
        ours.execute("set session_replication_role = default")
        for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models()):
            ours.execute(statement)


MULTIPLY = """
set session_replication_role = replica;
create temporary table copies as
    select i.page_id as page, i.page_id + n.n * {step} as copied, n.n
    from search_indexedpage i cross join generate_series(1, {copies}) as n (n)
    where (n.n - 1) * {there} + (select sum(passage_count) from search_indexedpage j where j.page_id <= i.page_id)
        <= {missing};
create temporary table rare as
    select term from search_posting group by term having count(*) <= {rare_pages};
insert into wagtailcore_page ({page_columns})
    select {page_values} from wagtailcore_page p join copies c on c.page = p.id;
insert into search_indexedpage ({indexed_columns})
    select {indexed_values} from search_indexedpage p join copies c on c.page = p.page_id;
insert into search_passage ({passage_columns})
    select {passage_values} from search_passage p join copies c on c.page = p.page_id;
insert into search_posting ({posting_columns})
    select {posting_values} from search_posting p join copies c on c.page = p.page_id;
create temporary table vectors as
    select row_number() over (order by id) as place, embedding from search_passagevector where model_id = {model};
create unique index on vectors (place);
insert into search_passagevector ({vector_columns})
    select {vector_values} from search_passagevector p join copies c on c.page = p.page_id
    where p.model_id = {model};
drop table copies, rare, vectors;
"""

OTHER = """(
    select embedding from vectors
    where place = 1 + abs(hashtextextended(p.id || '{}' || c.n, 0)) % (select count(*) from vectors)
)"""
"""vector of some passage, always the same one for a copy"""


def multiply(passages: int, *, rare_pages: int = 0) -> dict[str, int]:
    """Copies of whole pages until the index in force has so many passages; a page's translations stay together.

    Words that no more than `rare_pages` pages have are others in each copy.
    """
    from django.db import connection

    from search.embedding import query_embedder
    from search.index.models import EmbeddingModel, IndexedPage, Passage

    there = Passage.objects.count()
    model = EmbeddingModel.objects.get(fingerprint=query_embedder().fingerprint).pk
    changed = {
        "wagtailcore_page": {
            "id": "c.copied",
            "path": "p.path || 'Z' || lpad(c.n::text, 3, '0')",
            "url_path": "p.url_path || 'copy-' || c.n || '/'",
            "translation_key": "md5(p.translation_key::text || c.n)::uuid",
        },
        "search_indexedpage": {
            "page_id": "c.copied",
            "translation_key": "md5(p.translation_key::text || c.n)::uuid",
        },
        "search_passage": {"id": f"p.id + c.n * {STEP}", "page_id": "c.copied"},
        "search_posting": {
            "id": f"p.id + c.n::bigint * {STEP}",
            "page_id": "c.copied",
            "term": "p.term || case when p.term in (select term from rare) then '~' || c.n else '' end",
        },
        "search_passagevector": {
            "id": f"p.id + c.n::bigint * {STEP}",
            "passage_id": f"p.passage_id + c.n * {STEP}",
            "page_id": "c.copied",
            # Moved by half the difference of two other passages: as far away as texts are that speak of something else.
            "embedding": f"l2_normalize(p.embedding + p.embedding + {OTHER.format('a')} - {OTHER.format('b')})",
        },
    }
    filled: dict[str, object] = {
        # No gaps: what a question says of its reader has a bit for each id.
        "step": _value("select max(id) from wagtailcore_page"),
        "copies": passages // there + 1,
        "there": there,
        "missing": passages - there,
        "model": model,
        "rare_pages": rare_pages,
    }
    names = ("page", "indexed", "passage", "posting", "vector")
    with connection.cursor() as cursor:
        for name, (table, values) in zip(names, changed.items(), strict=True):
            columns = [
                column.name for column in connection.introspection.get_table_description(cursor, table)
            ]
            filled[f"{name}_columns"] = ", ".join(f'"{column}"' for column in columns)
            filled[f"{name}_values"] = ", ".join(values.get(column, f'p."{column}"') for column in columns)
        cursor.execute(MULTIPLY.format(**filled))
        cursor.execute(
            "select setval(pg_get_serial_sequence('wagtailcore_page', 'id'), max(id)) from wagtailcore_page"
        )
        cursor.execute("vacuum analyze")  # more of everything than before
    return {"passages": Passage.objects.count(), "pages": IndexedPage.objects.count()}
