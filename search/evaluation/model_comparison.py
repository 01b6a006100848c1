"""Is another model worse on the judged questions? Both are measured as readers ask, and the measurements are kept."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from search.evaluation import comparing, runs
from search.evaluation.comparing import NOTICEABLE, PairChange
from search.evaluation.judging import site_questions
from search.evaluation.legs import SHOWN
from search.evaluation.models import Run
from search.index.models import EmbeddingModel
from search.retrieval.confidence import judged

MUCH = 0.05
"""A mean nDCG@10 lower by more is too much even where a few questions cannot exclude chance."""
UNLIKELY = 0.05
UNLIKELY_PAIR = 0.01
"""p-values below which a fall counts as one; lower for single pairs of languages, of which there are four."""


@dataclass(frozen=True)
class Verdict:
    worse: bool
    text: str
    """for an operator"""


def turn(
    before: EmbeddingModel,
    after: EmbeddingModel,
    *,
    before_run: int | None,
    after_run: int | None,
    note: Callable[[int, int], None],
    seconds: float | None,
) -> Verdict | None:
    """Measures both for about so long. None while there is more to ask; `note` is told which runs were begun."""
    if not site_questions().answerable():
        return Verdict(False, "Not compared: there are no judged questions.")
    pair = [Run.objects.filter(pk=pk).first() if pk else None for pk in (before_run, after_run)]
    if None in pair:
        pair = [
            Run.objects.create(name=f"{model.name} ({what})"[:100], leg=SHOWN, model=model.fingerprint)
            for model, what in ((before, "before the change"), (after, "after it"))
        ]
        note(pair[0].pk, pair[1].pk)  # type: ignore[union-attr]
    for run in pair:
        assert run is not None
        if run.state == Run.State.WAITING:
            runs.measure(run.pk, seconds=seconds)
            return None
        if run.state == Run.State.RUNNING:
            runs.waiting()  # another process is at it, or gone
            time.sleep(0.5)
            return None
    return _verdict(*[run for run in pair if run is not None], after=after)


def _verdict(one: Run, other: Run, *, after: EmbeddingModel) -> Verdict:
    for run in (one, other):
        if run.state == Run.State.FAILED:
            return Verdict(True, f"The comparison failed: {run.error}")
    pairs = {change.pair: change for change in comparing.compare(one, other).pairs}
    worse = [change for change in pairs.values() if _is_worse(change)]
    text = _said(pairs["all"]) if "all" in pairs else "Not compared: no question was judged alike in both."
    if worse:
        text = "Worse on the judged questions. " + " ".join(_said(change) for change in worse)
    elif judged({}, model=after.name, language="de") == (1.0, True):
        text += (
            f" {after.name} has no calibration: every answer counts as one until "
            "./lotse evaluate --calibrate --keep FILE."
        )
    return Verdict(bool(worse), text)


def _is_worse(change: PairChange) -> bool:
    fall = change.before.ndcg - change.after.ndcg
    if change.pair == "all" and fall > MUCH:
        return True
    unlikely = UNLIKELY if change.pair == "all" else UNLIKELY_PAIR
    return fall > NOTICEABLE and change.p is not None and change.p < unlikely


def _said(change: PairChange) -> str:
    chance = "" if change.p is None else f", p = {change.p:.2g}"
    return (
        f"nDCG@10 {change.before.ndcg:.3f} → {change.after.ndcg:.3f} over {change.after.n} questions "
        f"({change.pair}{chance})."
    )
