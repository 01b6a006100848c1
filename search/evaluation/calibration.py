"""When is a question not answered at all? A logistic regression over what the pipeline knows about its own answer.

The features are whatever `Answer.evidence` holds, so that this file needs no change when retrieval learns to notice
something more. One regression for each language of the questions: a model speaks one better than the other.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from search.evaluation import asking, measures
from search.evaluation.asking import Outcome
from search.evaluation.legs import SHOWN, figures_of
from search.evaluation.questions import HELD, TUNE, Question, QuestionSet

if TYPE_CHECKING:
    import numpy
    import numpy.typing

    Numbers = numpy.typing.NDArray[numpy.float64]
else:
    Numbers = object

REFUSED_AT_MOST = 0.05
"""Share of answerable questions that may fall below the line."""
LEAST = 8
"""Of each class; with fewer a language gets the regression of all languages together."""
FOLDS = 5
STRENGTHS = (0.01, 0.1, 1.0, 10.0)
"""Inverse regularisation tried; the cross-validated log loss chooses."""

Say = Callable[[str], None]


class NothingToFit(ValueError):
    """There is not enough to learn from; the text says of what."""


@dataclass(frozen=True)
class Line:
    """confidence = 1 / (1 + exp(-(intercept + Σ coefficient · evidence))); below `line` nothing was answered."""

    language: str
    intercept: float
    coefficients: Mapping[str, float]
    line: float
    n: tuple[int, int]
    """answerable and unanswerable questions it was fitted to"""
    pooled: bool
    """fitted to the questions of all languages, since there were too few of this one"""

    def confidence(self, evidence: Mapping[str, float]) -> float:
        logit = self.intercept + math.fsum(
            weight * evidence.get(name, 0.0) for name, weight in self.coefficients.items()
        )
        return 1 / (1 + math.exp(-max(-500.0, min(500.0, logit))))


@dataclass(frozen=True)
class Check:
    """How the lines do on one half, against one kind of unanswerable questions."""

    split: str
    language: str
    negatives: str
    """"judged": of this site or collection; "foreign": of another"""
    honesty: measures.Honesty


@dataclass(frozen=True)
class Calibration:
    model: str
    lines: Mapping[str, Line]
    """by language of the question"""
    checks: tuple[Check, ...]
    """on the tuning half cross-validated: each question judged by a regression that had not seen it"""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def calibrate(
    questions: QuestionSet,
    *,
    foreign: Sequence[Question] = (),
    figures: Mapping[str, Any] = {},
    say: Say = lambda text: None,
) -> Calibration:
    """Fits on the tuning half and looks at the other. `foreign` are further questions without an answer here.

    Raises NothingToFit, NoModel.
    """
    model = asking.require_model()
    every = [*questions.answerable(), *questions.unanswerable(), *foreign]
    outcomes = asking.ask_all(
        every, figures_of(SHOWN, figures), progress=lambda n: say(f"question {n} of {len(every)}")
    )
    return fit(model, outcomes)


def fit(model: str, outcomes: Sequence[Outcome]) -> Calibration:
    """From answered questions of both halves. Raises NothingToFit."""
    names = sorted({name for outcome in outcomes for name in outcome.evidence})
    if not names:
        raise NothingToFit("This search gives no evidence with its answers (Answer.evidence is empty)")
    tune = [outcome for outcome in outcomes if outcome.question.split == TUNE]
    yes, no = _counts(tune)
    if yes < LEAST or no < LEAST:
        raise NothingToFit(
            f"The tuning half has {yes} answerable and {no} unanswerable questions; {LEAST} of each are needed. "
            "--foreign FOLDER takes unanswerable ones from another collection"
        )
    lines: dict[str, Line] = {}
    unseen: dict[str, list[float]] = {}
    for language in sorted({outcome.question.language for outcome in outcomes}):
        own = _of(tune, language)
        pooled = min(_counts(own)) < LEAST
        learned = tune if pooled else own
        lines[language], probabilities = _line(language, learned, names, pooled=pooled)
        unseen[language] = [
            probability
            for outcome, probability in zip(learned, probabilities, strict=True)
            if outcome.question.language == language
        ]
    checks: list[Check] = []
    for language, line in lines.items():
        checks += _checks(TUNE, line, list(zip(_of(tune, language), unseen[language], strict=True)))
        held = [one for one in _of(outcomes, language) if one.question.split == HELD]
        checks += _checks(HELD, line, [(one, line.confidence(one.evidence)) for one in held])
    return Calibration(model, lines, tuple(checks))


def _line(
    language: str, outcomes: Sequence[Outcome], names: Sequence[str], *, pooled: bool
) -> tuple[Line, list[float]]:
    """The line, and for each outcome the probability that a regression gives which had not seen it."""
    import numpy
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import log_loss
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    features = numpy.array([[outcome.evidence.get(name, 0.0) for name in names] for outcome in outcomes])
    labels = numpy.array([int(outcome.question.answerable) for outcome in outcomes])
    folds = StratifiedKFold(min(FOLDS, *_counts(outcomes)), shuffle=True, random_state=1)
    # Balanced: how many unanswerable questions somebody collected says nothing about how many will be asked.
    candidates = {
        strength: make_pipeline(
            StandardScaler(), LogisticRegression(C=strength, class_weight="balanced", max_iter=1_000)
        )
        for strength in STRENGTHS
    }
    weights = numpy.where(labels == 1, 0.5 / labels.sum(), 0.5 / (1 - labels).sum())
    out_of_fold = {
        strength: cross_val_predict(model, features, labels, cv=folds, method="predict_proba")[:, 1]
        for strength, model in candidates.items()
    }
    best = min(STRENGTHS, key=lambda strength: log_loss(labels, out_of_fold[strength], sample_weight=weights))
    chosen = candidates[best].fit(features, labels)
    scaler, regression = chosen[0], chosen[-1]
    slopes: Numbers = regression.coef_[0] / scaler.scale_
    intercept = float(regression.intercept_[0] - (slopes * scaler.mean_).sum())
    probabilities = [float(value) for value in out_of_fold[best]]
    return (
        Line(
            language=language,
            intercept=intercept,
            coefficients={name: float(slope) for name, slope in zip(names, slopes, strict=True)},
            line=line_below([p for p, label in zip(probabilities, labels, strict=True) if label]),
            n=_counts(outcomes),
            pooled=pooled,
        ),
        probabilities,
    )


def line_below(answerable: Sequence[float], share: float = REFUSED_AT_MOST) -> float:
    """The highest line under which at most `share` of these confidences lie."""
    ordered = sorted(answerable)
    if not ordered:
        return 0.0
    # What equals the line is answered: the next confidence above those that may be refused.
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def _checks(split: str, line: Line, found: Sequence[tuple[Outcome, float]]) -> list[Check]:
    yes = [(p, p >= line.line) for outcome, p in found if outcome.question.answerable]
    kinds = {
        "judged": [(o, p) for o, p in found if not o.question.answerable and not _is_foreign(o.question)],
        "foreign": [(o, p) for o, p in found if not o.question.answerable and _is_foreign(o.question)],
    }
    return [
        Check(split, line.language, name, measures.honesty(yes, [(p, p >= line.line) for _, p in no]))
        for name, no in kinds.items()
        if no
    ]


def _is_foreign(question: Question) -> bool:
    return question.id.startswith("foreign:")


def _of(outcomes: Sequence[Outcome], language: str) -> list[Outcome]:
    return [outcome for outcome in outcomes if outcome.question.language == language]


def _counts(outcomes: Sequence[Outcome]) -> tuple[int, int]:
    yes = sum(outcome.question.answerable for outcome in outcomes)
    return yes, len(outcomes) - yes
