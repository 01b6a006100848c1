"""Retrieval quality on a collection of questions with one known answer each, through the product's own pipeline.

`python -m tests.bench.known_item FOLDER [--split train] [--model NAME] [--set figure=value …] [--json]`

FOLDER holds corpus.<language>.jsonl.gz, queries.<language>.jsonl and qrels.tsv. DATABASE_URL names the server; the
collection gets a database of its own there (lotse_known_item_<folder>_<model>), which a second run reuses.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import math
import os
import re
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

CUT = 50
LEGS = {
    "full": {},
    "words": {"dense_weight": 0.0, "dense_weight_foreign": 0.0},
    "meaning": {"dense_weight": 1.0, "dense_weight_foreign": 1.0},
}


def main(typed: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.known_item")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", default="hashing-64", help="as in SEARCH_EMBEDDING_MODEL")
    parser.add_argument("--split", help="only questions of this split; figures are tuned on train alone")
    parser.add_argument("--pairs", help="question language and text language, e.g. de-de,de-en")
    parser.add_argument("--questions", type=int, help="only every n-th question, up to this many")
    parser.add_argument("--legs", default=",".join(LEGS))
    parser.add_argument(
        "--set", action="append", default=[], metavar="FIGURE=VALUE", help="of search/conf.py"
    )
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args(typed)
    _connect(wanted.folder, wanted.model)
    languages = sorted(path.name.split(".")[1] for path in wanted.folder.glob("corpus.*.jsonl.gz"))
    _load(wanted.folder, languages)
    figures = dict(_figure(text) for text in wanted.set)
    pairs = (
        [tuple(pair.split("-")) for pair in wanted.pairs.split(",")]
        if wanted.pairs
        else [(asked, text) for asked in languages for text in languages]
    )
    results = []
    for asked, text in pairs:
        questions = _questions(wanted.folder, asked, wanted.split)
        if wanted.questions and len(questions) > wanted.questions:
            questions = questions[:: math.ceil(len(questions) / wanted.questions)]
        for leg in wanted.legs.split(","):
            row = measure(questions, asked, text, LEGS[leg] | figures)
            results.append({"questions": asked, "texts": text, "leg": leg, **row})
            if not wanted.json:
                print("  ".join(f"{name} {value}" for name, value in results[-1].items()), flush=True)
    if wanted.json:
        print(json.dumps(results, indent=2))


def measure(
    questions: list[tuple[str, set[str]]], asked: str, text: str, figures: dict[str, Any]
) -> dict[str, float | int]:
    """nDCG@10, recall@50 and MRR of (question, wanted page keys), and how long an answer took."""
    from search import conf
    from search.reader import ANONYMOUS
    from search.retrieval import ask

    # Nothing is cut off: the measures judge the order, not where a page of results ends.
    loose = {
        "result_floor": 0.0,
        "lexical_floor": 0.0,
        "statement_timeout_ms": 30_000,
        "embedding_timeout_ms": 30_000,
    }
    conf._current = replace(conf._load(), **(loose | figures))
    ndcg = recall = reciprocal = 0.0
    took = []
    for question, wanted in questions:
        began = time.perf_counter()
        answer = ask(question, reader=ANONYMOUS, language=asked, only_language=text, limit=CUT)
        took.append(time.perf_counter() - began)
        ranks = [rank for rank, hit in enumerate(answer.hits) if str(hit.translation_key) in wanted]
        ideal = sum(1 / math.log2(rank + 2) for rank in range(min(10, len(wanted))))
        ndcg += sum(1 / math.log2(rank + 2) for rank in ranks if rank < 10) / ideal
        recall += len(ranks) / len(wanted)
        reciprocal += 1 / (ranks[0] + 1) if ranks else 0
    conf._current = None
    took.sort()
    count = len(questions)
    return {
        "n": count,
        "nDCG@10": round(ndcg / count, 4),
        "recall@50": round(recall / count, 4),
        "MRR": round(reciprocal / count, 4),
        "p50 ms": round(took[count // 2] * 1000, 1),
        "p95 ms": round(took[int(count * 0.95)] * 1000, 1),
    }


def _figure(text: str) -> tuple[str, Any]:
    from search.conf import SearchConf

    name, _, value = text.partition("=")
    kind = {field.name: type(getattr(SearchConf(), field.name)) for field in fields(SearchConf)}[name]
    return name, kind(value)


def _connect(folder: Path, model: str) -> None:
    """Points Django at the collection's own database and brings that up to date."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    import django
    from django.conf import settings

    settings.SEARCH_EMBEDDING_MODEL = model
    settings.LOGGING = {}
    database = settings.DATABASES["default"]
    server = {"host": database["HOST"], "port": database["PORT"] or None, "user": database["USER"] or None}
    server["password"] = database["PASSWORD"] or None
    name = f"lotse_known_item_{folder.name}_{re.sub('[^a-z0-9]+', '_', model.lower())}"[:63]
    import psycopg

    with psycopg.connect(dbname="postgres", autocommit=True, **server) as connection:
        if not connection.execute("select 1 from pg_database where datname = %s", (name,)).fetchone():
            connection.execute(f'create database "{name}"')  # type: ignore[call-overload]
    database["NAME"] = name
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def _load(folder: Path, languages: list[str]) -> None:
    """Pages of the collection, indexed. Does nothing where that has happened already."""
    from wagtail.models import Locale, Page, Site

    from search.index import services
    from tests.searchable.models import Note

    home = Site.objects.select_related("root_page__locale").get().root_page
    for language in languages:
        locale, _ = Locale.objects.get_or_create(language_code=language)
        root = home
        if home.locale.language_code != language:
            root = home.get_translation_or_none(locale)
            if root is None:
                root = home.copy_for_translation(locale)
                root.live = True
                root.save()
        known = set(Note.objects.filter(locale=locale).values_list("slug", flat=True))
        parent = Page.objects.get(pk=root.pk)
        for document in _lines(folder / f"corpus.{language}.jsonl.gz"):
            slug = hashlib.blake2b(document["id"].encode(), digest_size=8).hexdigest()
            if slug in known:
                continue
            text = "\n".join(line.lstrip("# ") for line in document["text"].splitlines())
            parent.add_child(
                instance=Note(
                    title=document["title"][:255] or "–",
                    slug=slug,
                    text=text,
                    locale=locale,
                    translation_key=_key(document["id"]),
                )
            )
    began = time.monotonic()
    report = services.index_due(
        progress=lambda done: print(
            f"\r{done.total} pages, {time.monotonic() - began:.0f} s", end="", file=sys.stderr
        )
    )
    if report.total:
        print(f"\n{report}", file=sys.stderr)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("analyze")


def _key(document: str) -> uuid.UUID:
    """A translation key for a document: the same in every language."""
    return uuid.uuid5(uuid.NAMESPACE_URL, re.sub(r":(de|en):", ":", document))


def _questions(folder: Path, language: str, split: str | None) -> list[tuple[str, set[str]]]:
    wanted: dict[str, set[str]] = {}
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        question, document, score = line.split("\t")
        if int(score) > 0:
            wanted.setdefault(question, set()).add(str(_key(document)))
    path = folder / f"queries.{language}.jsonl"
    if not path.exists():
        return []
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [
        (row["text"], wanted[row["id"]])
        for row in rows
        if row["id"] in wanted and (split is None or row.get("split") == split)
    ]


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


if __name__ == "__main__":
    main(sys.argv[1:])
