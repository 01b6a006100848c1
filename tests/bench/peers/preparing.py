"""`python -m tests.bench.peers.preparing`: a collection through the product's own index, then out of it as files.

A process of its own, since Django takes a collection's settings once and for all. What is embedded stays in the
collection's database, so that a second run takes seconds.
"""

import argparse
import json
import os
import statistics
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from tests.bench.peers.adapters.in_database import ENVIRONMENT
from tests.bench.peers.material import Asked, Material, Passage

CLOSED = "closed.tsv"
"""in a collection's folder: text and language of those for members alone"""
VARIABLES = (
    "LOTSE_SITE_SETTINGS",
    "LOTSE_COLLECTION_DATABASE",
    "LOTSE_COLLECTION_MODEL",
    "LOTSE_COLLECTION_CONFIG",
)


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--collection", type=Path)
    parser.add_argument(
        "--site", action="store_true", help="write the site's texts into the folder of --collection"
    )
    parser.add_argument("--as-readers", action="store_true", help="ask all languages at once")
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--drop", action="store_true", help="the copy that an earlier call has made for --to")
    wanted = parser.parse_args(words)
    from search.evaluation.sources import Refused

    try:
        if wanted.drop:
            _drop(wanted.to.parent)
        elif wanted.site:
            from tests.bench.peers import site_texts

            site_texts.write(wanted.collection)
        else:
            _prepare(wanted)
    except Refused as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


def _prepare(wanted: argparse.Namespace) -> None:
    from search.evaluation.progress import Progress
    from search.evaluation.sources import of_collection

    progress = Progress(silent=False)
    found = of_collection(wanted.collection, model=None, say=progress.say)
    progress.clear()
    from search.embedding import query_embedder
    from tests.bench.peers import databases

    embedder = query_embedder()
    embedder.warm()
    passages, vectors = _passages(embedder.fingerprint, wanted.collection)
    questions = (
        _as_readers(found.questions)
        if wanted.as_readers
        else [
            Asked(
                question.id, question.text, question.language, question.only_language, dict(question.wanted)
            )
            for question in found.sample(wanted.sample).questions
        ]
    )
    took, of_questions = [], []
    for question in questions:
        began = time.perf_counter()
        of_questions.append(embedder.embed_query(question.text))
        took.append(time.perf_counter() - began)
    material = Material(
        name=found.name,
        model=embedder.fingerprint,
        passages=passages,
        vectors=vectors,
        questions=questions,
        question_vectors=np.stack(of_questions),
        embedding_ms=round(1000 * statistics.median(took), 1),
    )
    material.write(wanted.to)
    variables = {name: os.environ[name] for name in VARIABLES}
    copied = f"lotse_bench_{wanted.to.parent.name}"[:63]
    databases.copy(variables["LOTSE_COLLECTION_DATABASE"], copied)
    variables["LOTSE_COLLECTION_DATABASE"] = copied
    (wanted.to.parent / ENVIRONMENT).write_text(json.dumps(variables))


def _drop(folder: Path) -> None:
    """The copy that a run has done with."""
    os.environ.update(json.loads((folder / ENVIRONMENT).read_text()))
    os.environ["DJANGO_SETTINGS_MODULE"] = "search.evaluation.collected.settings"
    import django

    django.setup()
    from tests.bench.peers import databases

    databases.drop(os.environ["LOTSE_COLLECTION_DATABASE"])


def _passages(fingerprint: str, folder: Path) -> tuple[list[Passage], np.ndarray]:
    from search.index.content import embedded_text
    from search.index.models import PassageVector

    closed: set[tuple[str, str]] = set()
    if (folder / CLOSED).exists():
        from search.evaluation.collection import key_of

        rows = [line.split("\t") for line in (folder / CLOSED).read_text().splitlines()]
        closed = {(str(key_of(text)), language) for text, language in rows}
    passages, vectors = [], []
    stored = PassageVector.objects.filter(model__fingerprint=fingerprint).select_related("passage__page")
    for row in stored.order_by("passage_id"):
        page = row.passage.page
        key = str(page.translation_key)
        passages.append(
            Passage(
                id=row.passage_id,
                page=key,
                language=page.language,
                text=embedded_text(page.title, row.passage.heading_path, row.passage.text),
                open=(key, page.language) not in closed,
            )
        )
        vectors.append(np.asarray(row.embedding, dtype="f4"))
    return passages, np.stack(vectors)


def _as_readers(questions) -> list[Asked]:  # type: ignore[no-untyped-def]
    """Each question once, of the texts of all languages."""
    found: dict[str, Asked] = {}
    for question in questions:
        before = found.get(question.id)
        grades = {**(before.wanted if before else {}), **question.wanted}
        asked = Asked(question.id, question.text, question.language, None, grades)
        found[question.id] = replace(asked)
    return list(found.values())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
