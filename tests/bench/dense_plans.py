"""The two plans of the dense leg: how long each takes, and what the approximate one misses.

    python -m tests.bench.dense_plans [--passages 10000 50000 100000] [--questions 20]

Makes a database of its own beside the site's, fills it with vectors and drops it again. The vectors are made: 40
areas, in them pages of five passages, each a random step from the former. A reader sees all pages, some at random,
or some whole areas, as when a branch of the site is closed. Questions are passages slightly moved; of readers who
see whole areas they are asked about those and, apart, about the closed ones. Ratios mean more than milliseconds.
"""

from __future__ import annotations

import argparse
import os
import statistics
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from search.retrieval.audience import Audience

DATABASE = "lotse_bench_dense_plans"
DIMENSIONS = 384
AREAS = 40
PASSAGES = 5
"""of a page"""
WANTED = 50
SEEN = {
    "100 %": "true",
    "50 %": "page_id * 7919 % 1000 < 500",
    "10 %": "page_id * 7919 % 1000 < 100",
    "1 %": "page_id * 7919 % 1000 < 10",
}
SEEN_AREAS = {"50 %": 20, "10 %": 4}
QUESTION = """
with pages as materialized (
    select page_id, passage_count from bench_page where get_bit(%(visible)s, page_id) <> 0
),
passing as materialized (select page_id, passage_count from pages),
lexical_candidates as materialized (
    select page_id from pages where page_id %% %(apart)s = 0
),
{dense}
found as (select page_id from dense_pages order by cosine desc, page_id limit {wanted})
select json_agg(page_id)::text from found
"""


def measure(passages: int, questions: int) -> dict[str, object]:
    """For each kind of reader: p50 in ms of both plans, of a scan in any case, and recall of the nearest 50 pages."""
    from django.db import connection

    from search.index import approximate

    chance = np.random.default_rng(3)
    with _scratch():
        vectors, areas = _made(chance, passages)
        model = _fill(vectors, areas)
        began = time.monotonic()
        said = _build()
        rows: dict[str, object] = {"index": f"{said}, {time.monotonic() - began:.0f} s, {_size(model)}"}
        index = approximate.index_of("bench")
        assert index is not None

        def asked(about: np.ndarray) -> np.ndarray:
            chosen = vectors[chance.choice(about * PASSAGES, questions)].astype("f4")
            return chosen + chance.normal(size=chosen.shape).astype("f4") * 0.02

        for name, seen in SEEN.items():
            rows[name] = _compare(index, seen, asked(np.arange(len(areas))), len(areas))
        for name, open_areas in SEEN_AREAS.items():
            seen = f"area < {open_areas}"
            is_open = np.array(areas) < open_areas
            rows[f"{name} in areas, about them"] = _compare(
                index, seen, asked(np.flatnonzero(is_open)), len(areas)
            )
            rows[f"{name} in areas, about others"] = _compare(
                index, seen, asked(np.flatnonzero(~is_open)), len(areas)
            )
        connection.close()
    return rows


def _compare(index: object, seen: str, asked: np.ndarray, pages: int) -> dict[str, object]:
    from search.retrieval.asking import approximate_params, for_index, scan_settings
    from search.retrieval.statement import run, sql

    texts = {
        plan: for_index(QUESTION.format(dense=sql(f"dense_{plan}.sql"), wanted=WANTED), index)
        for plan in ("exact", "approximate")
    }
    shared = {"fingerprint": "bench", "filtered": False, "apart": max(1, pages // 100)}
    shared |= approximate_params(index) | _audience(seen, pages).params([])  # type: ignore[arg-type]
    ways = {
        "exact": (texts["exact"], shared, {}),
        "as_asked": (texts["approximate"], shared, scan_settings()),
        "scan": (texts["approximate"], shared | {"few_passages": 0}, scan_settings()),
    }
    took: dict[str, list[float]] = {way: [] for way in ways}
    recall: dict[str, list[float]] = {way: [] for way in ways}
    for number, vector in enumerate([asked[0], *asked]):
        literal = "[" + ",".join(f"{value:.5f}" for value in vector) + "]"
        true: set[int] = set()
        for way, (text, params, settings) in ways.items():
            began = time.monotonic()
            found = run(text, params | {"vector": literal}, timeout_ms=60_000, settings=settings)
            if number:  # the first only warms up
                took[way].append(time.monotonic() - began)
                true = true or set(found)
                recall[way].append(len(true & set(found)) / len(true))
    row: dict[str, object] = {f"{way}_ms": round(1000 * statistics.median(took[way]), 1) for way in ways}
    for way in ("as_asked", "scan"):
        row[f"{way}_recall"] = round(statistics.mean(recall[way]), 3)
    return row


def _audience(seen: str, pages: int) -> Audience:
    from django.db import connection

    from search.conf import conf
    from search.retrieval.audience import Audience, as_bits

    with connection.cursor() as cursor:
        cursor.execute(f"select page_id from bench_page where {seen} order by page_id")
        visible = [page for (page,) in cursor.fetchall()]
    return Audience(
        version=None,
        until=None,
        count=len(visible),
        bits=as_bits(visible, pages),
        listed=None,
        sample=tuple(visible[: conf().field_pages]),
        languages=(("de", len(visible), 0, len(visible) * PASSAGES),),
    )


@contextmanager
def _scratch() -> Iterator[None]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"drop database if exists {DATABASE}")
        cursor.execute(f"create database {DATABASE}")
    connection.close()
    site, connection.settings_dict["NAME"] = connection.settings_dict["NAME"], DATABASE
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = site
        with connection.cursor() as cursor:
            cursor.execute(f"drop database {DATABASE}")


def _made(chance: np.random.Generator, passages: int) -> tuple[np.ndarray, list[int]]:
    """Vectors in the order of their pages, and the area of each page."""
    areas = chance.normal(size=(1, DIMENSIONS)) + chance.normal(size=(AREAS, DIMENSIONS))
    of_page = chance.integers(0, AREAS, passages // PASSAGES)
    topics = areas[of_page] + chance.normal(size=(len(of_page), DIMENSIONS))
    vectors = np.repeat(topics, PASSAGES, axis=0)
    vectors += chance.normal(size=vectors.shape)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors.astype(">f2"), of_page.tolist()


def _fill(vectors: np.ndarray, areas: list[int]) -> int:
    from django.db import connection

    from search.index.models import EmbeddingModel, PassageVector

    with connection.cursor() as cursor:
        cursor.execute("create extension vector")
        cursor.execute("create table bench_page (page_id int primary key, passage_count int, area int)")
    with connection.schema_editor() as schema:
        schema.create_model(EmbeddingModel)
        schema.create_model(PassageVector)
    model = EmbeddingModel.objects.create(name="bench", fingerprint="bench", dimensions=DIMENSIONS).pk
    with connection.cursor() as cursor:
        with cursor.copy("copy bench_page from stdin") as copy:
            for page, area in enumerate(areas):
                copy.write_row((page, PASSAGES, area))
        columns = "passage_id, page_id, model_id, embedding"
        with cursor.copy(f"copy search_passagevector ({columns}) from stdin with binary") as copy:
            # PostgreSQL's binary COPY; a halfvec is its number of dimensions, 0, and its values.
            copy.write(b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0))
            for number, vector in enumerate(vectors):
                raw = struct.pack(">hh", DIMENSIONS, 0) + vector.tobytes()
                copy.write(
                    struct.pack(">hiqiiiqi", 4, 8, number, 4, number // PASSAGES, 8, model, len(raw)) + raw
                )
            copy.write(struct.pack(">h", -1))
        cursor.execute("vacuum analyze bench_page")
        cursor.execute("vacuum analyze search_passagevector")
    return model


def _build() -> str:
    from search.conf import using
    from search.index import approximate

    with using(exact_up_to=1):
        return ", ".join(approximate.keep())


def _size(model: int) -> str:
    from django.db import connection

    from search.index.approximate import PREFIX

    with connection.cursor() as cursor:
        cursor.execute("select pg_size_pretty(pg_relation_size(%s::regclass))", (f"{PREFIX}{model}",))
        return str(cursor.fetchone()[0])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.bench.dense_plans")
    parser.add_argument("--passages", type=int, nargs="+", default=[10_000, 50_000, 100_000])
    parser.add_argument("--questions", type=int, default=20)
    wanted = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    import django

    django.setup()
    from tests.bench.figures import table

    for number in wanted.passages:
        print(table(f"{number} passages", measure(number, wanted.questions)), flush=True)
