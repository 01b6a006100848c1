"""When is a question not answered at all? A logistic regression over what the pipeline knows about its own answer.

The features are whatever `Answer.evidence` holds, so that this file needs no change when retrieval learns to notice
something more. One regression for each language of the questions: a model speaks one better than the other.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from search.evaluation import asking, measures
from search.evaluation.asking import Outcome
from search.evaluation.legs import SHOWN, figures_of
from search.evaluation.questions import HELD, TUNE, Question, QuestionSet
from search.retrieval.confidence import WORDS, Line

if TYPE_CHECKING:
    import numpy
    import numpy.typing

    Numbers = numpy.typing.NDArray[numpy.float64]
else:
    Numbers = object

REFUSED_AT_MOST = 0.05
"""Share of answerable questions that may fall below the line."""
LEAST = 8
"""Of each class, to fit anything at all."""
ENOUGH = 20
"""Of each class; with fewer a language gets the regression of all languages together (11 unanswerable German questions
were learned by heart) and its own line under its own answerable ones."""
MEANING = "cosine"
"""In the names of features that an answer without a model lacks."""
FOLDS = 5
STRENGTHS = (0.01, 0.1, 1.0, 10.0)
"""Inverse regularisation tried; the cross-validated log loss chooses."""

Say = Callable[[str], None]


class NothingToFit(ValueError):
    """There is not enough to learn from; the text says of what."""


@dataclass(frozen=True)
class Fitted(Line):
    """A line as search.retrieval.confidence uses it, and what it was fitted to."""

    language: str
    n: tuple[int, int]
    """answerable and unanswerable questions it was fitted to"""
    pooled: bool
    """fitted to the questions of all languages, since there were too few of this one"""


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
    lines: Mapping[str, Fitted]
    """by language of the question"""
    words: Mapping[str, Fitted]
    """likewise, without the features of the model: for answers that had to do without it"""
    checks: tuple[Check, ...]
    """on the tuning half cross-validated: each question judged by a regression that had not seen it"""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def keep(self, path: Path, *, name: str) -> None:
        """Merges the lines into a file as search.retrieval.confidence reads it: those of the model under its `name`,
        those without one under "words"; lines of other models and languages stay.

        Raises OSError, and ValueError for a file that is not JSON.
        """
        content: dict[str, dict[str, Any]] = json.loads(path.read_text("utf-8")) if path.exists() else {}
        for key, lines in ((name, self.lines), (WORDS, self.words)):
            content.setdefault(key, {}).update(
                {
                    language: {
                        "intercept": round(line.intercept, 4),
                        "coefficients": {
                            feature: round(weight, 4) for feature, weight in line.coefficients.items()
                        },
                        "line": round(line.line, 4),
                    }
                    for language, line in lines.items()
                }
            )
        path.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n", encoding="utf-8")


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
    checks: list[Check] = []
    lines: dict[str, Fitted] = {}
    words: dict[str, Fitted] = {}
    for language in sorted({outcome.question.language for outcome in tune}):
        lines[language], unseen = _line(language, tune, names)
        checks += _checks(TUNE, lines[language], list(zip(_of(tune, language), unseen, strict=True)))
        held = [one for one in _of(outcomes, language) if one.question.split == HELD]
        checks += _checks(
            HELD, lines[language], [(one, lines[language].confidence(one.evidence)) for one in held]
        )
        without = [name for name in names if MEANING not in name]
        if without:
            words[language], _ = _line(language, tune, without)
    return Calibration(model, lines, words, tuple(checks))


def _line(language: str, tune: Sequence[Outcome], names: Sequence[str]) -> tuple[Fitted, list[float]]:
    """The line of a language, and for each of its outcomes the probability by a regression that had not seen it."""
    import numpy
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import log_loss
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    pooled = min(_counts(_of(tune, language))) < ENOUGH
    outcomes = list(tune) if pooled else _of(tune, language)
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
    unseen = [
        float(probability)
        for outcome, probability in zip(outcomes, out_of_fold[best], strict=True)
        if outcome.question.language == language
    ]
    answerable = [
        probability
        for outcome, probability in zip(_of(outcomes, language), unseen, strict=True)
        if outcome.question.answerable
    ]
    every = [
        float(probability)
        for outcome, probability in zip(outcomes, out_of_fold[best], strict=True)
        if outcome.question.answerable
    ]
    line = Fitted(
        language=language,
        intercept=intercept,
        coefficients={name: float(slope) for name, slope in zip(names, slopes, strict=True)},
        # A twentieth of few questions is one or none: a language must not be stricter than all together.
        line=min(line_below(answerable), line_below(every)),
        n=_counts(outcomes),
        pooled=pooled,
    )
    return line, unseen


def line_below(answerable: Sequence[float], share: float = REFUSED_AT_MOST) -> float:
    """The highest line under which at most `share` of these confidences lie."""
    ordered = sorted(answerable)
    if not ordered:
        return 0.0
    # What equals the line is answered: the next confidence above those that may be refused.
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def _checks(split: str, line: Fitted, found: Sequence[tuple[Outcome, float]]) -> list[Check]:
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
