"""Which English pieces a German piece stands for: IBM model 1 over sentence pairs.

Brown et al. 1993, "The Mathematics of Statistical Machine Translation", section 4.1. Its expectation step divides
each German piece among the English pieces of its own sentence, which keeps frequent words from taking everything.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy
from numpy.typing import NDArray


def align(
    german: Sequence[Sequence[int]],
    english: Sequence[Sequence[int]],
    english_size: int,
    rounds: int = 6,
    best: int = 5,
) -> dict[int, list[tuple[int, float]]]:
    """German piece -> its `best` English pieces with weights that sum to 1.

    `german[i]` and `english[i]` hold the distinct pieces of the i-th pair. Piece `english_size` is the empty word,
    to which what has no counterpart goes; it is left out of the answer.
    """
    occurrences, sources, targets = [], [], []
    number = 0
    for theirs, ours in zip(german, english, strict=True):
        row = numpy.array([*ours, english_size], dtype=numpy.int64)
        sources.append(numpy.tile(row, len(theirs)))
        targets.append(numpy.repeat(numpy.array(theirs, dtype=numpy.int64), len(row)))
        occurrences.append(numpy.repeat(numpy.arange(number, number + len(theirs)), len(row)))
        number += len(theirs)
    if not number:
        return {}
    source = numpy.concatenate(sources)
    keys, cell = numpy.unique(numpy.concatenate(targets) * (english_size + 1) + source, return_inverse=True)
    occurrence = numpy.concatenate(occurrences)
    key_target, key_source = keys // (english_size + 1), keys % (english_size + 1)
    counts = probability = numpy.ones(len(keys))
    for _ in range(rounds):
        share = probability[cell]
        share /= numpy.bincount(occurrence, share, number)[occurrence]
        counts = numpy.asarray(numpy.bincount(cell, share, len(keys)), dtype=numpy.float64)
        probability = counts / numpy.bincount(key_source, counts, english_size + 1)[key_source]
    counts[key_source == english_size] = 0.0
    return _strongest(key_target, key_source, counts, best)


def _strongest(
    targets: NDArray[numpy.int64], sources: NDArray[numpy.int64], counts: NDArray[numpy.float64], best: int
) -> dict[int, list[tuple[int, float]]]:
    found: dict[int, list[tuple[int, float]]] = {}
    order = numpy.lexsort((-counts, targets))
    for place in order:
        row = found.setdefault(int(targets[place]), [])
        if len(row) < best and counts[place] > 1e-3:
            row.append((int(sources[place]), float(counts[place])))
    return {
        target: [(source, count / sum(c for _, c in row)) for source, count in row]
        for target, row in found.items()
        if row
    }
