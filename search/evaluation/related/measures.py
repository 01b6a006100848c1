"""Rankings and what people said of them -> figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from search.evaluation.related.methods import Rankings

FIRST = 5
BELONGS, FAIR, BAD = 2, 1, 0


@dataclass(frozen=True)
class OfLinks:
    """Of pages that editors linked. Shares in [0, 1]."""

    pages: int
    precision: float
    """P@5: linked pages among the first five; what is not shown counts as not linked"""
    recall: float
    """R@10: share of the linked pages among the first ten"""
    mrr: float
    """1 / place of the first linked page, 0 beyond ten"""
    shown: float
    """pages among the first five, mean"""


def of_links(ranked: Rankings, links: Mapping[int, set[int]]) -> OfLinks:
    """`links`: page -> pages linked with it, at least one each."""
    first = [[other in linked for other in ranked.get(page, ())] for page, linked in links.items()]
    count = max(1, len(first))
    return OfLinks(
        pages=len(links),
        precision=sum(sum(hits[:FIRST]) for hits in first) / FIRST / count,
        recall=sum(sum(hits) / len(linked) for hits, linked in zip(first, links.values(), strict=True))
        / count,
        mrr=sum(1 / (hits.index(True) + 1) for hits in first if True in hits) / count,
        shown=sum(len(hits[:FIRST]) for hits in first) / count,
    )


@dataclass(frozen=True)
class OfPairs:
    """Of pages whose nearest people judged. Counts."""

    pages: int
    shown: int
    belong: int
    fair: int
    bad: int

    @property
    def judged(self) -> int:
        return self.belong + self.fair + self.bad


def of_pairs(ranked: Rankings, judged: Mapping[int, Mapping[int, int]]) -> OfPairs:
    """`judged`: page -> other page -> grade (BELONGS, FAIR, BAD)."""
    shown = [(page, other) for page in judged for other in ranked.get(page, ())[:FIRST]]
    grades: Sequence[int | None] = [judged[page].get(other) for page, other in shown]
    return OfPairs(len(judged), len(shown), *(grades.count(grade) for grade in (BELONGS, FAIR, BAD)))
