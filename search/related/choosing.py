"""Which of the pages that belong with a page are shown: hand-made links first, and what the machine found with variety."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

OF_THE_MACHINE = 2
"""Places that hand-made links leave to what the machine found, where it found something."""
OF_ONE_CLUSTER = 2
"""Most pages of one cluster among what the machine found."""
RELEVANCE = 0.7
"""Share of a page's own score against its nearness to what is chosen already (maximal marginal relevance, Carbonell &
Goldstein, The Use of MMR, SIGIR 1998). 0.7 is in the middle of what they tried."""


@dataclass(frozen=True)
class Candidate:
    number: int
    """place in the list that was given"""
    by_hand: bool
    score: float
    clusters: tuple[str, ...] = ()


def chosen(candidates: Sequence[Candidate], near: Callable[[int, int], float], limit: int) -> list[int]:
    """Numbers of those shown, in order. `near(a, b)`: how near two of them are to each other, on the scale of scores.

    Hand-made ones keep their order. Whatever one kind does not need, the other has.
    """
    by_hand = [one for one in candidates if one.by_hand]
    found = _varied([one for one in candidates if not one.by_hand], by_hand, near, limit)
    left = max(min(OF_THE_MACHINE, len(found)), limit - len(by_hand))
    return [one.number for one in by_hand[: limit - min(left, len(found))]] + found[:left]


def _varied(
    found: Sequence[Candidate], shown: Sequence[Candidate], near: Callable[[int, int], float], limit: int
) -> list[int]:
    rest = list(found)
    taken = list(shown)
    clusters: Counter[str] = Counter()
    numbers: list[int] = []
    while rest and len(numbers) < limit:

        def worth(one: Candidate) -> float:
            twin = max((near(one.number, other.number) for other in taken), default=0.0)
            return RELEVANCE * one.score - (1 - RELEVANCE) * max(0.0, twin)

        best = max(rest, key=lambda one: (worth(one), -one.number))
        rest.remove(best)
        if any(clusters[cluster] >= OF_ONE_CLUSTER for cluster in best.clusters):
            continue
        clusters.update(best.clusters)
        taken.append(best)
        numbers.append(best.number)
    return numbers
