"""Measurements that are kept: asked in the background, question by question, so that a killed worker costs nothing.

A run asks as readers do, with the site's own floors: what counts here is what somebody sees.
"""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from search import conf
from search.evaluation import asking, measures
from search.evaluation.asking import NoModel, Outcome
from search.evaluation.judging import site_questions
from search.evaluation.legs import FULL, LEGS, PATIENT, SHOWN
from search.evaluation.measuring import values_of
from search.evaluation.models import Run, RunQuestion
from search.evaluation.questions import Question, QuestionSet
from search.evaluation.readers import member, reader_of

logger = logging.getLogger(__name__)

BATCH = 10
"""Questions between two signs of life: about a second."""
ABANDONED = timedelta(minutes=2)
"""Without a sign of life for so long a run has lost its worker. A question ends within 30 s (legs.PATIENT)."""
KEPT_RESULTS = 10


TURN_SECONDS = 5.0
"""A worker measures for so long, then looks for other work: an editor who publishes waits no longer than this."""


class _Gone(Exception):
    """The run was deleted while it was measured."""


def measure(run_id: int, *, seconds: float | None = None) -> bool:
    """Asks the questions of a run that waits, and keeps what came out. False, and nothing done, where it does not wait
    (any more): of two messages for one run, one finds work.

    Goes on where an earlier turn or worker stopped. After `seconds` the rest is left to a next turn: the run waits
    again. What fails is written to the run, for people to read.
    """
    taken = Run.objects.filter(pk=run_id, state=Run.State.WAITING).update(
        state=Run.State.RUNNING, heartbeat_at=timezone.now(), error=""
    )
    if not taken:
        return False
    run = Run.objects.get(pk=run_id)
    try:
        _measure(run, seconds)
    except _Gone:
        return True
    except NoModel as problem:
        _fail(run, f"The embedding model cannot be used: {problem}")
    except (ImproperlyConfigured, KeyError) as problem:
        _fail(run, str(problem))
    except Exception as problem:
        _fail(run, f"{type(problem).__name__}: {problem}")
        raise
    return True


def waiting() -> list[int]:
    """Runs that nobody works on: new ones, and those whose worker has gone (which then wait again)."""
    old = timezone.now() - ABANDONED
    Run.objects.filter(state=Run.State.RUNNING, heartbeat_at__lt=old).update(state=Run.State.WAITING)
    return list(Run.objects.filter(state=Run.State.WAITING).order_by("pk").values_list("pk", flat=True))


def _measure(run: Run, seconds: float | None) -> None:
    began = time.monotonic()
    if run.leg not in (SHOWN, *LEGS):
        raise KeyError(f"There is no such part of the search: {run.leg}")
    figures = {**PATIENT, **run.figures, **LEGS.get(run.leg, {})}
    chosen = site_questions().of_split(run.split)
    done = set(run.questions.values_list("question_id", flat=True))
    left = [question for question in chosen.questions if int(question.id) not in done]
    _beat(run, question_count=len(done) + len(left), question_done=len(done))
    who = member()
    spent: list[float] = list(run.times.get("seconds", []))
    # One model for all questions of a run: a comparison names it, and a run that goes on keeps it.
    with asking.asked_with(run.model), conf.using(**figures):
        _beat(run, model=asking.require_model())
        for begin in range(0, len(left), BATCH):
            if seconds is not None and begin and time.monotonic() - began > seconds:
                _beat(run, state=Run.State.WAITING)
                return
            batch = [
                asking.ask_one(question, reader=reader_of(question, member=who))
                for question in left[begin : begin + BATCH]
            ]
            spent += [round(outcome.seconds, 4) for outcome in batch]
            RunQuestion.objects.bulk_create([_row(run, outcome) for outcome in batch], ignore_conflicts=True)
            _beat(run, question_done=len(done) + begin + len(batch), times={"seconds": spent})
    _finish(run, spent)


def _row(run: Run, outcome: Outcome) -> RunQuestion:
    question = outcome.question
    values = values_of([outcome])[0] if question.answerable else None
    return RunQuestion(
        run=run,
        question_id=int(question.id),
        pair=question.pair,
        judged=question.judged,
        ndcg=values.ndcg if values else None,
        recall=values.recall if values else None,
        mrr=values.mrr if values else None,
        confidence=outcome.confidence,
        answered=outcome.answered,
        found=[
            {"key": found.key, "language": found.language, "anchor": found.anchor}
            for found in outcome.found[:KEPT_RESULTS]
        ],
    )


def _beat(run: Run, **values: Any) -> None:
    """A sign of life, and progress. Raises _Gone when nobody wants the run any more."""
    if not Run.objects.filter(pk=run.pk, state=Run.State.RUNNING).update(
        heartbeat_at=timezone.now(), **values
    ):
        raise _Gone


def _finish(run: Run, seconds: Sequence[float]) -> None:
    rows = list(run.questions.all())
    Run.objects.filter(pk=run.pk, state=Run.State.RUNNING).update(
        state=Run.State.DONE,
        finished_at=timezone.now(),
        metrics=metrics_of(rows),
        honesty=asdict(_honesty(rows)),
        times=asdict(measures.times(seconds)),
    )


def metrics_of(rows: Iterable[RunQuestion]) -> dict[str, dict[str, float]]:
    """Means by pair of languages, and of all questions as "all": n, ndcg, recall, mrr."""
    groups: dict[str, list[measures.Values]] = defaultdict(list)
    for row in rows:
        if row.ndcg is not None:
            values = measures.Values(row.ndcg, row.recall or 0.0, row.mrr or 0.0)
            groups[row.pair].append(values)
            groups["all"].append(values)
    return {pair: asdict(measures.means(groups[pair])) for pair in sorted(groups)}


def _honesty(rows: Iterable[RunQuestion]) -> measures.Honesty:
    every = list(rows)
    yes, no = (
        [(row.confidence or 0.0, row.answered) for row in every if (row.ndcg is not None) is answerable]
        for answerable in (True, False)
    )
    return measures.honesty(yes, no)


def _fail(run: Run, error: str) -> None:
    logger.error("Measurement %s failed: %s", run.pk, error)
    Run.objects.filter(pk=run.pk).update(
        state=Run.State.FAILED, error=error[:2_000], finished_at=timezone.now()
    )


def measure_now(
    *,
    name: str,
    figures: Mapping[str, Any],
    questions: QuestionSet,
    split: str = "",
    progress: Callable[[int], None] | None = None,
) -> Run:
    """A run measured here and now, for the command line: a finished row in the list of the admin.

    Raises NoModel, ImproperlyConfigured.
    """
    model = asking.require_model()
    asked: list[Question] = [*questions.answerable(), *questions.unanswerable()]
    outcomes = asking.ask_all(asked, {**PATIENT, **figures}, progress=progress)
    run = Run.objects.create(
        name=name[:100],
        split="" if split == "all" else split,
        leg=FULL,
        figures=dict(figures),
        state=Run.State.RUNNING,
        heartbeat_at=timezone.now(),
        model=model,
        question_count=len(asked),
        question_done=len(asked),
    )
    RunQuestion.objects.bulk_create([_row(run, outcome) for outcome in outcomes])
    _finish(run, [outcome.seconds for outcome in outcomes])
    run.refresh_from_db()
    return run
