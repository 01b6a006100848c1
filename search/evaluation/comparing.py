"""Two kept measurements side by side: what changed, whether chance explains it, and for which questions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from search.evaluation import measures
from search.evaluation.measures import Means
from search.evaluation.models import Run, RunQuestion

NOTICEABLE = 0.01
"""A change of nDCG@10 below this is not shown: a page moved from the ninth rank to the tenth."""


@dataclass(frozen=True)
class PairChange:
    """Over the questions that both runs asked and that were judged alike in both."""

    pair: str
    """"de-en", or "all" """
    before: Means
    after: Means
    p: float | None
    """that chance alone gives such a difference of nDCG@10; None below five questions"""


@dataclass(frozen=True)
class QuestionChange:
    """A question that two runs asked, with what each made of it."""

    question_id: int
    text: str
    pair: str
    before: float | None
    """nDCG@10; None: nothing answers this question"""
    after: float | None
    answered_before: bool
    answered_after: bool
    found_before: tuple[Mapping[str, str], ...]
    """the first ten results: key, language, anchor"""
    found_after: tuple[Mapping[str, str], ...]

    @property
    def difference(self) -> float:
        """Negative: worse. A question without an answer counts a whole point when it is no longer admitted."""
        if self.before is None or self.after is None:
            return float(self.answered_before) - float(self.answered_after)
        return self.after - self.before


@dataclass(frozen=True)
class Comparison:
    """Two runs side by side."""

    pairs: tuple[PairChange, ...]
    worse: tuple[QuestionChange, ...]
    """worst first"""
    better: tuple[QuestionChange, ...]
    unchanged: int
    judged_anew: int
    """questions whose judgements changed between the runs: they are left out everywhere"""
    only_one: int
    """questions that only one of the runs asked: likewise"""


def compare(before: Run, after: Run) -> Comparison:
    """Two queries."""
    rows = [
        {row.question_id: row for row in run.questions.select_related("question")} for run in (before, after)
    ]
    both = rows[0].keys() & rows[1].keys()
    alike = [
        (rows[0][key], rows[1][key]) for key in sorted(both) if rows[0][key].judged == rows[1][key].judged
    ]
    changes = [_change(*pair) for pair in alike]
    worse = [change for change in changes if change.difference <= -NOTICEABLE]
    better = [change for change in changes if change.difference >= NOTICEABLE]
    return Comparison(
        pairs=tuple(_pairs(alike)),
        worse=tuple(sorted(worse, key=lambda change: (change.difference, change.question_id))),
        better=tuple(sorted(better, key=lambda change: (-change.difference, change.question_id))),
        unchanged=len(changes) - len(worse) - len(better),
        judged_anew=len(both) - len(alike),
        only_one=len(rows[0].keys() ^ rows[1].keys()),
    )


def _pairs(alike: Iterable[tuple[RunQuestion, RunQuestion]]) -> list[PairChange]:
    groups: dict[str, list[tuple[RunQuestion, RunQuestion]]] = defaultdict(list)
    for before, after in alike:
        if before.ndcg is not None and after.ndcg is not None:
            groups["all"].append((before, after))
            groups[before.pair].append((before, after))
    return [
        PairChange(
            pair=pair,
            before=measures.means([_values(row) for row, _ in group]),
            after=measures.means([_values(row) for _, row in group]),
            p=measures.p_value([row.ndcg or 0.0 for row, _ in group], [row.ndcg or 0.0 for _, row in group]),
        )
        for pair, group in sorted(groups.items())
    ]


def _values(row: RunQuestion) -> measures.Values:
    return measures.Values(row.ndcg or 0.0, row.recall or 0.0, row.mrr or 0.0)


def _change(before: RunQuestion, after: RunQuestion) -> QuestionChange:
    return QuestionChange(
        question_id=before.question_id,
        text=before.question.text,
        pair=before.pair,
        before=before.ndcg,
        after=after.ndcg,
        answered_before=before.answered,
        answered_after=after.answered,
        found_before=tuple(before.found),
        found_after=tuple(after.found),
    )
