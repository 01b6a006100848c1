"""What a person asks for, word by word: measure, tune or calibrate, on the site or on a collection."""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from search.evaluation.legs import BASELINES, GRIDS, LEGS, SHOWN, USUAL, read_figure
from search.evaluation.progress import Progress
from search.evaluation.questions import Question, QuestionSet
from search.evaluation.sources import Refused, foreign, of_collection, of_site

ROWS = [SHOWN, *BASELINES, *LEGS]
SAMPLE = 300
"""Questions of a collection per pair of languages: a mean nDCG is then known to about 0.02."""
SAMPLE_TUNING = 100
"""Likewise while tuning, which asks each some forty times."""


@dataclass(frozen=True)
class Task:
    """What was asked for, and what it is done with."""

    asked: argparse.Namespace
    questions: QuestionSet
    foreign: list[Question]
    figures: dict[str, Any]
    progress: Progress

    def sample(self, usual: int) -> int:
        """Questions per pair; 0 is all of them, which is usual for a site."""
        if self.asked.sample is not None:
            return int(self.asked.sample)
        return usual if self.asked.collection else 0


def main(words: Sequence[str]) -> int:
    """Prints what came out. Returns 0, or 1 with a sentence on stderr."""
    asked = _parser().parse_args(words)
    progress = Progress(silent=asked.quiet)
    try:
        task = _task(asked, progress)
        with _quiet():
            do = _tune if asked.tune else _calibrate if asked.calibrate else _measure
            found = do(task)
    except Refused as problem:
        progress.clear()
        print(problem, file=sys.stderr)
        return 1
    progress.clear()
    print(found)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./lotse evaluate",
        description="What the search is worth: the judged questions of the site, or a collection, leg by leg and "
        "beside BM25 and Wagtail's own search. docs/developers/evaluation.md explains the table.",
    )
    parser.add_argument(
        "--collection",
        type=Path,
        metavar="FOLDER",
        help="measure these texts and questions instead of the site, in a database of their own",
    )
    parser.add_argument("--legs", help="which rows, e.g. shown,full,words (all of them)")
    parser.add_argument("--pairs", help="languages of questions and texts, e.g. de-de,de-en (all there are)")
    parser.add_argument(
        "--split", choices=["tune", "held", "all"], default="all", help="half of the questions"
    )
    parser.add_argument(
        "--sample",
        type=int,
        metavar="N",
        help=f"at most N questions a pair, always the same; 0 for all (site: 0, collection: {SAMPLE})",
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
    parser.add_argument("--figures", metavar="NAME,…", help="with --tune: which figures to try")
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--tune", action="store_true", help="search better weights on the tuning half, look at the other once"
    )
    what.add_argument(
        "--calibrate", action="store_true", help="fit the line below which there is no answer, likewise"
    )
    what.add_argument(
        "--store", metavar="NAME", help="keep the measurement for comparing in the admin (site only)"
    )
    parser.add_argument(
        "--keep",
        type=Path,
        metavar="FILE",
        help="write the figures below which the tests fail (site only); with --calibrate, merge the lines into FILE",
    )
    return parser


def _task(asked: argparse.Namespace, progress: Progress) -> Task:
    # All of this before anything is loaded, which may take minutes.
    _require(asked.legs, ROWS, "No such row")
    _require(asked.figures, sorted(GRIDS), "These cannot be tuned")
    if asked.keep and (asked.tune or not asked.keep.resolve().parent.is_dir()):
        raise Refused(
            "--tune keeps nothing: it prints what to put into search/conf.py"
            if asked.tune
            else f"There is no folder for {asked.keep}"
        )
    if asked.collection and (asked.store or (asked.keep and not asked.calibrate)):
        raise Refused("--store and --keep are about the site; for a collection there is --json")
    try:
        figures = dict(read_figure(text) for text in asked.set)
    except ValueError as problem:
        raise Refused(str(problem)) from None
    if asked.collection:
        questions = of_collection(asked.collection, model=asked.model, say=progress.say)
    else:
        questions = of_site(model=asked.model, say=progress.say)
    return Task(
        asked=asked,
        questions=_of_pairs(questions, asked.pairs),
        foreign=foreign(asked.foreign) if asked.foreign else [],
        figures=figures,
        progress=progress,
    )


def _require(given: str | None, known: Sequence[str], complaint: str) -> None:
    if given and (unknown := [word for word in given.split(",") if word not in known]):
        raise Refused(f"{complaint}: {', '.join(unknown)}. There are: {', '.join(known)}")


def _of_pairs(questions: QuestionSet, pairs: str | None) -> QuestionSet:
    if not pairs:
        return questions
    wanted = set(pairs.split(","))
    if unknown := wanted - set(questions.pairs):
        raise Refused(
            f"There are no questions for {', '.join(sorted(unknown))}; there are {', '.join(questions.pairs)}"
        )
    return replace(questions, questions=tuple(q for q in questions.questions if q.pair in wanted))


# --- Each returns what is printed ---------------------------------------------------------------


def _measure(task: Task) -> str:
    from search.evaluation import gate, table
    from search.evaluation.asking import NoModel
    from search.evaluation.measuring import measure

    legs = task.asked.legs.split(",") if task.asked.legs else ROWS
    split = task.asked.split
    questions = task.questions.of_split(split).sample(task.sample(SAMPLE))
    if not questions.answerable():
        raise Refused(f"No question belongs to the half “{split}”")
    try:
        found = measure(
            questions,
            legs=legs,
            figures=task.figures,
            foreign=[q for q in task.foreign if split in ("all", q.split)],
            split=split,
            say=task.progress.say,
        )
        if task.asked.store:
            _store(task, questions, split)
    except NoModel as problem:
        raise Refused(f"The model cannot be used: {problem}") from None
    if task.asked.keep:
        gate.keep(found, task.asked.keep)
    return json.dumps(found.as_json(), indent=2) if task.asked.json else table.text(found)


def _store(task: Task, questions: QuestionSet, split: str) -> None:
    from search.evaluation import runs

    runs.measure_now(
        name=task.asked.store,
        figures=task.figures,
        questions=questions,
        split=split,
        progress=lambda number: task.progress.say(f"to be kept: question {number}"),
    )


def _tune(task: Task) -> str:
    from search.evaluation import table, tuning
    from search.evaluation.asking import NoModel

    names = task.asked.figures.split(",") if task.asked.figures else USUAL
    try:
        found = tuning.tune(
            task.questions,
            names=names,
            given=task.figures,
            sample=task.sample(SAMPLE_TUNING),
            say=task.progress.say,
        )
    except (ValueError, NoModel) as problem:
        raise Refused(str(problem)) from None
    return json.dumps(found.as_json(), indent=2) if task.asked.json else table.tuned(found)


def _calibrate(task: Task) -> str:
    from search.embedding import query_embedder
    from search.evaluation import calibration, table
    from search.evaluation.asking import NoModel

    questions = task.questions.sample(task.sample(SAMPLE))
    try:
        found = calibration.calibrate(
            questions, foreign=task.foreign, figures=task.figures, say=task.progress.say
        )
    except (calibration.NothingToFit, NoModel) as problem:
        raise Refused(str(problem)) from None
    if task.asked.keep:
        try:
            found.keep(task.asked.keep, name=query_embedder().name)
        except ValueError:
            raise Refused(f"{task.asked.keep} is no JSON: lines cannot be merged into it") from None
    return json.dumps(found.as_json(), indent=2) if task.asked.json else table.calibrated(found)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Warnings of single questions would bury the table; what they mean for it is counted there."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(before)
