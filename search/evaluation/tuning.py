"""Better weights, searched on the tuning half alone and looked at once on the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from search import conf
from search.conf import SearchConf
from search.evaluation import asking, measures
from search.evaluation.legs import GRIDS, USUAL, figures_of
from search.evaluation.measuring import values_of
from search.evaluation.questions import HELD, TUNE, Question, QuestionSet

ROUNDS = 3
LEAST_GAIN = 0.0005
"""Mean nDCG@10 below which a step is noise: it would only carry the weights about."""

ENOUGH = 20
"""A pair of languages counts by its questions, up to so many: the few questions across languages of a site must not
decide, nor the many in its own drown them."""

Say = Callable[[str], None]
Score = Mapping[str, Sequence[float]]
"""Pair of languages -> nDCG@10 of each question"""


@dataclass(frozen=True)
class Change:
    """Of one pair of languages on one half."""

    split: str
    pair: str
    n: int
    before: float
    """mean nDCG@10"""
    after: float
    p: float | None


@dataclass(frozen=True)
class Tuned:
    """What was tried, and what it is worth on both halves."""

    figures: Mapping[str, float]
    """those that should differ from the ones in force; empty: nothing better was found"""
    in_force: Mapping[str, float]
    """all figures that were tried, as they are now"""
    tried: int
    """settings that were measured"""
    changes: tuple[Change, ...]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def tunable(names: Sequence[str] = USUAL) -> list[str]:
    """Of these figures the ones that there are. Raises KeyError for one that has no values to try."""
    for name in names:
        if name not in GRIDS:
            raise KeyError(name)
    known = {field.name for field in fields(SearchConf)}
    return [name for name in names if name in known]


def tune(
    questions: QuestionSet,
    *,
    names: Sequence[str] = USUAL,
    given: Mapping[str, Any] = {},
    sample: int = 0,
    say: Say = lambda text: None,
) -> Tuned:
    """Coordinate ascent over GRIDS from the figures in force (`given` included), by nDCG@10 averaged over the pairs
    of languages (ENOUGH).

    Raises ValueError where a half has no questions; NoModel, KeyError.
    """
    halves = {split: questions.of_split(split).sample(sample).answerable() for split in (TUNE, HELD)}
    for split, asked in halves.items():
        if not asked:
            raise ValueError(f"No answerable question belongs to the half “{split}”")
    asking.require_model()
    with conf.using(**given):
        in_force = {name: float(getattr(conf.conf(), name)) for name in tunable(names)}
    search = _Search(halves[TUNE], given, say)
    best = search.climb(in_force)
    figures = {name: value for name, value in best.items() if value != in_force[name]}
    changes: list[Change] = []
    for split, asked in halves.items():
        own = search if split == TUNE else _Search(asked, given, say)
        changes += _changes(split, own.score(in_force), own.score(best))
    return Tuned(figures, in_force, search.tried, tuple(changes))


class _Search:
    def __init__(self, questions: Sequence[Question], given: Mapping[str, Any], say: Say) -> None:
        self._questions, self._given, self._say = questions, given, say
        self._known: dict[tuple[tuple[str, float], ...], Score] = {}

    @property
    def tried(self) -> int:
        return len(self._known)

    def score(self, figures: Mapping[str, float]) -> Score:
        key = tuple(sorted(figures.items()))
        if key not in self._known:
            outcomes = asking.ask_all(self._questions, figures_of("full", {**self._given, **figures}))
            found: dict[str, list[float]] = {}
            for outcome, values in zip(outcomes, values_of(outcomes), strict=True):
                found.setdefault(outcome.question.pair, []).append(values.ndcg)
            self._known[key] = found
        return self._known[key]

    def climb(self, start: Mapping[str, float]) -> dict[str, float]:
        best = dict(start)
        reached = _mean(self.score(best))
        for round_ in range(1, ROUNDS + 1):
            before = dict(best)
            for name in start:
                for value in _nearest_first(GRIDS[name], best[name]):
                    tried = {**best, name: value}
                    self._say(f"round {round_}: {name} {value}, best so far {reached:.4f}")
                    if (mean := _mean(self.score(tried))) > reached + LEAST_GAIN:
                        best, reached = tried, mean
            if best == before:
                break
        return best


def _nearest_first(grid: Sequence[float], now: float) -> Iterator[float]:
    """Of two values that are worth the same, the one nearer to what was is kept."""
    yield from sorted((value for value in grid if value != now), key=lambda value: abs(value - now))


def _mean(score: Score) -> float:
    weights = {pair: min(len(values), ENOUGH) for pair, values in score.items()}
    means = {pair: sum(values) / len(values) for pair, values in score.items()}
    return sum(weights[pair] * means[pair] for pair in score) / sum(weights.values())


def _changes(split: str, before: Score, after: Score) -> Iterator[Change]:
    for pair in before:
        yield Change(
            split=split,
            pair=pair,
            n=len(before[pair]),
            before=sum(before[pair]) / len(before[pair]),
            after=sum(after[pair]) / len(after[pair]),
            p=measures.p_value(after[pair], before[pair]),
        )
