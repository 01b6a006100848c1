"""What is measured, as a person asks for it. Django starts in here: which settings depends on the words."""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from search.evaluation.collection import Collection
    from search.evaluation.questions import Question, QuestionSet

SAMPLE = 300
"""Questions of a collection per pair of languages: a mean nDCG is then known to about 0.02."""


class Refused(Exception):
    """What was asked for cannot be done; the text says why and what would help."""


def main(words: Sequence[str]) -> int:
    """Measures, tunes or calibrates, and prints what came out. 0, or 1 with a sentence on stderr."""
    asked = _parser().parse_args(words)
    try:
        figures = _figures(asked.set)
        collection = _start(asked)
        with _quiet():
            questions, foreign = _questions(asked, collection)
            _measure(asked, questions, foreign, figures)
    except Refused as problem:
        _Progress.clear()
        print(problem, file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./lotse evaluate",
        description="What the search is worth: judged questions of the site, or a collection, leg by leg and beside "
        "BM25 and Wagtail's own search. docs/developers/evaluation.md explains the table.",
    )
    parser.add_argument(
        "--collection",
        type=Path,
        metavar="FOLDER",
        help="measure these texts and questions instead of the site, in a database of their own",
    )
    parser.add_argument("--legs", help="which rows, e.g. shown,full,words; see the page above (all of them)")
    parser.add_argument("--pairs", help="languages of questions and texts, e.g. de-de,de-en (all there are)")
    parser.add_argument(
        "--split", choices=["tune", "held", "all"], default="all", help="half of the questions"
    )
    parser.add_argument(
        "--sample",
        type=int,
        metavar="N",
        help=f"at most N questions a pair, always the same; 0 for all (site 0, collection {SAMPLE})",
    )
    parser.add_argument("--model", help="as in SEARCH_EMBEDDING_MODEL, instead of the site's own")
    parser.add_argument(
        "--set", action="append", default=[], metavar="FIGURE=VALUE", help="a figure of search/conf.py"
    )
    parser.add_argument(
        "--foreign", type=Path, metavar="FOLDER", help="a collection whose questions nothing here answers"
    )
    parser.add_argument("--json", action="store_true", help="for machines")
    parser.add_argument("--quiet", action="store_true", help="no progress")
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--tune", action="store_true", help="search better weights on the tuning half, report on the other"
    )
    what.add_argument(
        "--calibrate", action="store_true", help="fit the line below which there is no answer, likewise"
    )
    what.add_argument(
        "--store", metavar="NAME", help="keep the measurement for the comparisons in the admin (site only)"
    )
    what.add_argument(
        "--keep", type=Path, metavar="FILE", help="write the figures that later ones are compared with"
    )
    return parser


def _figures(given: Sequence[str]) -> dict[str, Any]:
    from search.evaluation.legs import read_figure

    try:
        return dict(read_figure(text) for text in given)
    except ValueError as problem:
        raise Refused(str(problem)) from None


# --- Where the questions are --------------------------------------------------------------------


def _start(asked: argparse.Namespace) -> Collection | None:
    """Starts Django on the site's database or on the collection's own."""
    from search.evaluation.collection import CollectionError, read_collection

    _Progress.silent = asked.quiet or not sys.stderr.isatty()
    if asked.collection is None:
        if asked.model:
            os.environ["LOTSE_EMBEDDING_MODEL"] = asked.model
        import django

        django.setup()
        return None
    from search.evaluation.collected.database import NoDatabase, point_django_at

    if asked.store:
        raise Refused("--store keeps measurements of the site; those of a collection: --json")
    try:
        collection = read_collection(asked.collection)
        point_django_at(collection.name, model=asked.model, languages=collection.languages)
    except (CollectionError, NoDatabase) as problem:
        raise Refused(str(problem)) from None
    import django

    django.setup()
    from django.core.management import call_command

    _Progress.say("database of the collection")
    call_command("migrate", verbosity=0, skip_checks=True)
    return collection


def _questions(
    asked: argparse.Namespace, collection: Collection | None
) -> tuple[QuestionSet, list[Question]]:
    from search.evaluation.collection import CollectionError

    try:
        questions = _of_site(asked) if collection is None else _of_collection(collection)
        foreign = _foreign(asked.foreign) if asked.foreign else []
    except CollectionError as problem:
        raise Refused(str(problem)) from None
    if asked.pairs:
        wanted = set(asked.pairs.split(","))
        if unknown := wanted - set(questions.pairs):
            raise Refused(
                f"There are no questions for {', '.join(sorted(unknown))}; there are {', '.join(questions.pairs)}"
            )
        import dataclasses

        questions = dataclasses.replace(
            questions, questions=tuple(q for q in questions.questions if q.pair in wanted)
        )
    sample = asked.sample if asked.sample is not None else (0 if collection is None else SAMPLE)
    return questions.sample(sample), foreign


def _of_site(asked: argparse.Namespace) -> QuestionSet:
    from django.db import Error

    from search.evaluation.judging import site_questions
    from search.index.selectors import status

    try:
        questions = site_questions()
        state = status()
    except Error as error:
        first = str(error).strip().splitlines()[0]
        raise Refused(f"The site has no database yet. Start it once: ./lotse up ({first})") from None
    if not state.pages:
        raise Refused("The index is empty. Start the site and wait until it is filled: ./lotse index status")
    if not questions.answerable():
        raise Refused(
            "There are no judged questions. The demo content brings some (./lotse up); your own are judged in the "
            "admin, or measure a collection: ./lotse evaluate --collection FOLDER"
        )
    warnings = list(questions.warnings)
    if asked.model:
        _embed_beside()
    elif state.due:
        warnings.append(
            f"{state.due} pages wait for their vectors or their newest text; the figures may change"
        )
    import dataclasses

    return dataclasses.replace(questions, warnings=tuple(warnings))


def _embed_beside() -> None:
    from search.evaluation import other_model
    from search.evaluation.asking import NoModel

    try:
        other_model.embed_missing(progress=_Progress.say)
    except NoModel as problem:
        raise Refused(f"The model cannot be used: {problem}") from None


def _of_collection(collection: Collection) -> QuestionSet:
    import dataclasses

    from search.evaluation import collection as reading
    from search.evaluation.collected import loading
    from search.retrieval.asking import site_languages

    known = [code for code in collection.languages if code in site_languages()]
    if not known:
        raise Refused(
            f"{collection.folder} has texts in {', '.join(collection.languages)}; search knows "
            f"{', '.join(site_languages())}"
        )
    questions = reading.questions(collection, known)
    try:
        loading.load(collection, known, say=_Progress.say)
    except loading.NotIndexed as problem:
        raise Refused(f"{problem}. The same command goes on where this one stopped.") from None
    left = sorted(set(collection.languages) - set(known))
    warnings = (*questions.warnings, *([f"texts in {', '.join(left)} are left out"] if left else []))
    return dataclasses.replace(questions, warnings=warnings)


def _foreign(folder: Path) -> list[Question]:
    """Questions of another collection: nothing here answers them."""
    import dataclasses

    from search.evaluation.collection import questions, read_collection
    from search.evaluation.questions import UNANSWERABLE

    once: dict[str, Question] = {}
    for question in questions(read_collection(folder)).sample(SAMPLE).questions:
        once.setdefault(question.id, question)
    return [
        dataclasses.replace(
            question, id=f"foreign:{question.id}", wanted={}, only_language=None, kind=UNANSWERABLE
        )
        for question in once.values()
    ]


# --- What is done with them ---------------------------------------------------------------------


def _measure(
    asked: argparse.Namespace, questions: QuestionSet, foreign: list[Question], figures: dict[str, Any]
) -> None:
    from search.evaluation import table
    from search.evaluation.asking import NoModel
    from search.evaluation.legs import BASELINES, LEGS, SHOWN
    from search.evaluation.measuring import measure

    legs = asked.legs.split(",") if asked.legs else [SHOWN, *BASELINES, *LEGS]
    if unknown := set(legs) - {SHOWN, *LEGS, *BASELINES}:
        raise Refused(
            f"No such row: {', '.join(sorted(unknown))}. There are: {', '.join([SHOWN, *BASELINES, *LEGS])}"
        )
    chosen = questions.of_split(asked.split)
    if not chosen.answerable():
        raise Refused(f"No question belongs to the half “{asked.split}”")
    try:
        found = measure(
            chosen, legs=legs, figures=figures, foreign=foreign, split=asked.split, say=_Progress.say
        )
    except NoModel as problem:
        raise Refused(f"The model cannot be used: {problem}") from None
    _Progress.clear()
    print(json.dumps(found.as_json(), indent=2) if asked.json else table.text(found))


class _Progress:
    """One line on stderr that is written over; nothing where nobody watches."""

    silent = True
    _last = 0.0

    @classmethod
    def say(cls, text: str) -> None:
        if not cls.silent and time.monotonic() - cls._last > 0.2:
            cls._last = time.monotonic()
            print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)

    @classmethod
    def clear(cls) -> None:
        if not cls.silent:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Warnings of single questions would bury the table; what they mean for it is counted there."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(before)
