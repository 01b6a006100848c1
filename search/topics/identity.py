"""Which topic of the last computation a new one is, so that what editors decided about it goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

SAME = 0.3
"""Share of common members (Jaccard) from which two are the same topic: with three pages, one may come and one go."""

Key = TypeVar("Key")


def recognised(
    old: Mapping[Key, frozenset[str]],
    new: Sequence[frozenset[str]],
    old_labels: Mapping[Key, Mapping[str, str]],
    new_labels: Sequence[Mapping[str, str]],
) -> list[Key | None]:
    """For each new topic of an owner the key of the old one that it is, or None. Each key is given once.

    By members: the assignment with the greatest sum of shares. Then by label, for a topic all of whose pages changed.
    """
    keys = list(old)
    found: list[Key | None] = [None] * len(new)
    if keys and new:
        import numpy
        from scipy.optimize import linear_sum_assignment

        share = numpy.array([[_jaccard(old[key], members) for key in keys] for members in new])
        share[share < SAME] = 0.0
        for row, column in zip(*linear_sum_assignment(-share), strict=True):
            if share[row, column] > 0:
                found[row] = keys[column]
    taken = {key for key in found if key is not None}
    for place, labels in enumerate(new_labels):
        if found[place] is None:
            same = [
                key for key in keys if key not in taken and labels and dict(old_labels[key]) == dict(labels)
            ]
            if same:
                found[place] = same[0]
                taken.add(same[0])
    return found


def _jaccard(a: frozenset[str], b: frozenset[str]) -> float:
    return len(a & b) / len(a | b) if a or b else 0.0
