"""A set of questions through every leg and baseline -> one measurement, as plain values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from search.evaluation import asking, baselines, measures
from search.evaluation.asking import Outcome
from search.evaluation.legs import BASELINES, FULL, LEGS, SHOWN, figures_of
from search.evaluation.measures import Honesty, Means, Times, Values
from search.evaluation.questions import Question, QuestionSet

Say = Callable[[str], None]


@dataclass(frozen=True)
class Row:
    """A leg or baseline on the questions of one pair of languages."""

    leg: str
    pair: str
    means: Means
    difference: float | None
    """of the mean nDCG@10, this minus the full pipeline; None for the full one, and where that was not measured"""
    p: float | None
    """that chance alone gives such a difference (measures.p_value)"""
    times: Times
    """in PostgreSQL; of a baseline: of its whole search"""
    values: tuple[Values, ...]
    """per question, in the order of the set"""


@dataclass(frozen=True)
class Measurement:
    """Everything that one measurement found, as table.py prints it and `--json` writes it."""

    name: str
    split: str
    model: str
    """fingerprint of the embedding model"""
    figures: Mapping[str, Any]
    """those that a person changed for this measurement"""
    rows: tuple[Row, ...]
    honesty: Mapping[str, Honesty]
    """by language of the question, and "all" """
    passages: Mapping[str, float]
    """"n": questions whose answering passage is known; "right": share that was led to it (in [0, 1])"""
    answers: Times | None
    """from question to answer, model included, as a reader waits; None when "shown" was not measured"""
    warnings: tuple[str, ...] = ()

    def row(self, leg: str, pair: str) -> Row | None:
        return next((row for row in self.rows if (row.leg, row.pair) == (leg, pair)), None)

    @property
    def pairs(self) -> list[str]:
        return list(dict.fromkeys(row.pair for row in self.rows))

    def as_json(self) -> dict[str, Any]:
        """Without the values per question."""
        found = asdict(self)
        pairs: dict[str, dict[str, Any]] = defaultdict(dict)
        for row in self.rows:
            pairs[row.pair][row.leg] = {
                **{name: round(value, 4) for name, value in asdict(row.means).items()},
                "difference": None if row.difference is None else round(row.difference, 4),
                "p": None if row.p is None else round(row.p, 4),
                "p50_ms": row.times.p50_ms,
                "p95_ms": row.times.p95_ms,
            }
        del found["rows"]
        return found | {"pairs": pairs}


def measure(
    questions: QuestionSet,
    *,
    legs: Sequence[str],
    figures: Mapping[str, Any] = {},
    foreign: Sequence[Question] = (),
    split: str = "all",
    say: Say = lambda text: None,
) -> Measurement:
    """Asks every question under every leg. `foreign` are further questions that nothing here answers.

    Raises NoModel; KeyError for a leg that is none. A baseline that is not installed becomes a warning.
    """
    model = asking.require_model()
    warnings = list(questions.warnings)
    texts = baselines.Texts()
    outcomes: dict[str, list[Outcome]] = {}
    for leg in _order(legs):
        try:
            outcomes[leg] = _outcomes(leg, questions, figures, foreign, texts, say)
        except baselines.Unavailable as problem:
            if str(problem) not in warnings:
                warnings.append(str(problem))
    for leg, found in outcomes.items():
        if slow := sum(outcome.timed_out for outcome in found):
            warnings.append(f"{leg}: the database gave up on {slow} questions")
        if mute := sum(outcome.lexical_only for outcome in found):
            warnings.append(f"{leg}: {mute} questions were answered without the model")
    shown = outcomes.get(SHOWN, [])
    return Measurement(
        name=questions.name,
        split=split,
        model=model,
        figures=dict(figures),
        rows=tuple(_rows(outcomes)),
        honesty=_honesty(shown),
        passages=right_passages(shown),
        answers=measures.times([outcome.seconds for outcome in shown]) if shown else None,
        warnings=tuple(warnings),
    )


def _order(legs: Sequence[str]) -> list[str]:
    """ "shown" first, while no vector of a question is cached: its times are what a reader waits."""
    for leg in legs:
        if leg not in (SHOWN, *LEGS, *BASELINES):
            raise KeyError(leg)
    return sorted(dict.fromkeys(legs), key=lambda leg: leg != SHOWN)


def _outcomes(
    leg: str,
    questions: QuestionSet,
    figures: Mapping[str, Any],
    foreign: Sequence[Question],
    texts: baselines.Texts,
    say: Say,
) -> list[Outcome]:
    asked = questions.answerable()
    if leg == SHOWN:
        asked = [*asked, *questions.unanswerable(), *foreign]

    def progress(number: int) -> None:
        say(f"{leg}: question {number} of {len(asked)}")

    if leg in BASELINES:
        return baselines.outcomes(leg, asked, texts=texts, progress=progress)
    return asking.ask_all(asked, figures_of(leg, figures), progress=progress)


def _rows(outcomes: Mapping[str, Sequence[Outcome]]) -> list[Row]:
    found: dict[tuple[str, str], tuple[list[Values], list[float]]] = {}
    for leg, every in outcomes.items():
        groups: dict[str, list[Outcome]] = defaultdict(list)
        for outcome in every:
            if outcome.question.answerable:
                groups[outcome.question.pair].append(outcome)
        for pair, own in groups.items():
            spent = [one.database_seconds or one.seconds for one in own]
            found[pair, leg] = (values_of(own), spent)
    pairs = sorted({pair for pair, _ in found}, key=lambda pair: (len(set(pair.split("-"))), pair))
    rows = []
    for pair in pairs:
        full = found.get((pair, FULL))
        for leg in outcomes:
            if (pair, leg) not in found:
                continue
            values, spent = found[pair, leg]
            means = measures.means(values)
            against = None if full is None or leg == FULL else [one.ndcg for one in full[0]]
            rows.append(
                Row(
                    leg=leg,
                    pair=pair,
                    means=means,
                    difference=None if against is None else means.ndcg - sum(against) / len(against),
                    p=None if against is None else measures.p_value([one.ndcg for one in values], against),
                    times=measures.times(spent),
                    values=tuple(values),
                )
            )
    return rows


def values_of(outcomes: Sequence[Outcome]) -> list[Values]:
    """Of answerable questions alone."""
    return measures.values([one.ranked for one in outcomes], [one.question.wanted for one in outcomes])


def _honesty(shown: Sequence[Outcome]) -> dict[str, Honesty]:
    if not shown:
        return {}
    languages = sorted({outcome.question.language for outcome in shown})
    found = {}
    for language in ["all", *languages]:
        own = [one for one in shown if language in ("all", one.question.language)]
        yes, no = (
            [(one.confidence or 0.0, one.answered) for one in own if one.question.answerable is answerable]
            for answerable in (True, False)
        )
        found[language] = measures.honesty(yes, no)
    return found


def right_passages(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """Of the questions whose answering passage is known: share whose first page with such a passage was shown at it."""
    known = [outcome for outcome in outcomes if outcome.question.passages]
    if not known:
        return {}
    return {"n": len(known), "right": sum(_led_right(outcome) for outcome in known) / len(known)}


def _led_right(outcome: Outcome) -> bool:
    marked = outcome.question.passages
    first = next((found for found in outcome.found if found.key in marked), None)
    return first is not None and first.anchor in marked[first.key]
