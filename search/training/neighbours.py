"""An order of texts in which near ones stand together, so that a batch holds wrong answers that look right.

Instead of looking negatives up for every question (Xiong et al. 2020, arXiv 2007.00808) the questions themselves are
grouped, as in topic aware sampling (Hofstätter et al. 2021, arXiv 2104.06967): the neighbours' passages are encoded
in any case and cost nothing more.
"""

from __future__ import annotations

import numpy
from numpy.typing import NDArray


def order(vectors: NDArray[numpy.float32], size: int, seed: int = 1) -> NDArray[numpy.int64]:
    """Every row of `vectors`, shape (n, d), once, in groups of `size` neighbours; the groups are shuffled.

    A group is cut in two at the median of the direction between two of its rows until it is small enough. A last
    group that is not full ends the order, so that batches of a multiple of `size` keep the others whole.
    """
    chance = numpy.random.default_rng(seed)
    groups: list[NDArray[numpy.int64]] = []
    rest: list[NDArray[numpy.int64]] = []
    waiting = [numpy.arange(len(vectors))]
    while waiting:
        rows = waiting.pop()
        if len(rows) <= size:
            (groups if len(rows) == size else rest).append(rows)
            continue
        one, other = vectors[chance.choice(rows, 2, replace=False)]
        along = vectors[rows] @ (one - other)
        # A multiple of `size` on the left: only the very last group of all stays smaller.
        middle = max(1, round(len(rows) / 2 / size)) * size
        rows = rows[numpy.argsort(along, kind="stable")]
        waiting += [rows[:middle], rows[middle:]]
    chance.shuffle(groups)
    return numpy.concatenate([*groups, *rest]) if len(vectors) else numpy.arange(0)
