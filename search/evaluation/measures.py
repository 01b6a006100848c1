"""Rankings and judgements -> figures. The measures themselves are those of trec_eval, through ir-measures."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import ir_measures
from ir_measures import RR, R, nDCG

NDCG, RECALL, MRR = nDCG @ 10, R @ 50, RR @ 50

DRAWS = 9_999
"""Random re-assignments of a paired randomisation test: p-values are exact to about 0.005 at 0.05."""


@dataclass(frozen=True)
class Values:
    """Of one question, each in [0, 1]."""

    ndcg: float
    """nDCG@10 with the grade as gain (Järvelin & Kekäläinen 2002, as trec_eval computes it)"""
    recall: float
    """share of the judged pages among the first 50"""
    mrr: float
    """1 / rank of the first judged page, 0 beyond 50"""


@dataclass(frozen=True)
class Means:
    """Over questions; `n` of them."""

    n: int
    ndcg: float
    recall: float
    mrr: float


@dataclass(frozen=True)
class Honesty:
    """Whether an answer says when there is none. Shares in [0, 1]; None where there is nothing to compute it from."""

    answerable: int
    unanswerable: int
    auroc: float | None
    """chance that an answerable question has more confidence than an unanswerable one"""
    refused: float | None
    """share of answerable questions that got no answer"""
    admitted: float | None
    """share of unanswerable questions of which the answer said that it has none"""


@dataclass(frozen=True)
class Times:
    """Milliseconds."""

    n: int
    p50_ms: float
    p95_ms: float


def values(ranked: Sequence[Sequence[str]], wanted: Sequence[Mapping[str, int]]) -> list[Values]:
    """Per question: `ranked` are page keys, best first; `wanted` are page keys with grades, not empty.

    Raises ValueError where the two differ in length or a question has nothing to find.
    """
    if len(ranked) != len(wanted):
        raise ValueError(f"{len(ranked)} rankings for {len(wanted)} questions")
    if not all(any(grade > 0 for grade in grades.values()) for grades in wanted):
        raise ValueError("A question without any page to find cannot be measured")
    if not ranked:
        return []
    qrels = {str(number): dict(grades) for number, grades in enumerate(wanted)}
    # trec_eval sorts by score and breaks ties by name: the rank itself is the score.
    run = {
        str(number): {key: float(len(keys) - rank) for rank, key in enumerate(dict.fromkeys(keys))}
        for number, keys in enumerate(ranked)
        if keys
    }
    found: dict[str, dict[str, float]] = {number: {} for number in qrels}
    for metric in ir_measures.iter_calc([NDCG, RECALL, MRR], qrels, run):
        found[metric.query_id][str(metric.measure)] = float(metric.value)
    return [
        Values(ndcg=one.get(str(NDCG), 0.0), recall=one.get(str(RECALL), 0.0), mrr=one.get(str(MRR), 0.0))
        for one in found.values()
    ]


def means(found: Sequence[Values]) -> Means:
    """Zero questions have means of 0."""
    n = len(found)
    return Means(
        n,
        *(
            math.fsum(getattr(one, name) for one in found) / n if n else 0.0
            for name in ("ndcg", "recall", "mrr")
        ),
    )


def p_value(one: Sequence[float], other: Sequence[float]) -> float | None:
    """Two-sided paired randomisation test on the mean difference: how often chance alone, swapping the two values of
    a question, gives at least this difference (Smucker, Allan & Carterette, CIKM 2007). None below 5 questions."""
    if len(one) != len(other):
        raise ValueError(f"{len(one)} values beside {len(other)}")
    if len(one) < 5:
        return None
    import numpy
    from scipy.stats import permutation_test

    difference = numpy.asarray(one) - numpy.asarray(other)
    if not difference.any():
        return 1.0
    test = permutation_test(
        (difference,),
        lambda sample, axis: sample.mean(axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=DRAWS,
        rng=numpy.random.default_rng(1),
    )
    return float(test.pvalue)


def auroc(answerable: Sequence[float], unanswerable: Sequence[float]) -> float | None:
    """Area under the ROC curve: chance that an answerable question scores higher, ties count half (Hanley & McNeil
    1982). None where one of the two is empty."""
    if not answerable or not unanswerable:
        return None
    from sklearn.metrics import roc_auc_score

    labels = [1] * len(answerable) + [0] * len(unanswerable)
    return float(roc_auc_score(labels, [*answerable, *unanswerable]))


def honesty(answerable: Sequence[tuple[float, bool]], unanswerable: Sequence[tuple[float, bool]]) -> Honesty:
    """From (confidence, answered) of each question."""
    return Honesty(
        answerable=len(answerable),
        unanswerable=len(unanswerable),
        auroc=auroc([c for c, _ in answerable], [c for c, _ in unanswerable]),
        refused=share(not answered for _, answered in answerable),
        admitted=share(not answered for _, answered in unanswerable),
    )


def share(of: Iterable[bool]) -> float | None:
    """In [0, 1]; None of nothing."""
    found = list(of)
    return sum(found) / len(found) if found else None


def times(seconds: Sequence[float]) -> Times:
    """Percentiles by nearest rank."""
    ordered = sorted(seconds)
    if not ordered:
        return Times(0, 0.0, 0.0)

    def percentile(p: float) -> float:
        return round(1000 * ordered[max(0, math.ceil(p * len(ordered)) - 1)], 1)

    return Times(len(ordered), percentile(0.5), percentile(0.95))
