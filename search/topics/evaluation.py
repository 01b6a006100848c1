"""What is proposed against what people judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from search.topics.reading import ReadCandidate

GOOD, BAD = "good", "bad"


class NotReadable(ValueError):
    """The file of judgements cannot be used; the message says why."""


@dataclass(frozen=True)
class Measured:
    """Figures of one list of candidates."""

    proposed: int
    judged: int
    good: int
    precision: float
    """good among the judged ones; 0 where none is judged"""
    precision_at_10: float
    precision_at_20: float
    """among the judged of the first 10 or 20"""
    recall: float
    """good judgements that are proposed"""
    unjudged: tuple[str, ...]
    """first pairs that nobody has judged, as "title ~ title" """


def judgements(path: Path) -> dict[frozenset[str], bool]:
    """Two page titles -> whether a bridge between them would be good. Raises NotReadable."""
    try:
        lists = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise NotReadable(f"{path} cannot be read: {error}") from error
    if not isinstance(lists, Mapping):
        raise NotReadable(f"{path}: two lists were expected, needs_and_offers and topics")
    found = {}
    rows: list[Any] = [row for some in lists.values() for row in some or ()]
    for row in rows:
        if not (isinstance(row, list) and len(row) == 4 and row[2] in (GOOD, BAD)):
            raise NotReadable(f"{path}: not “[title, title, good or bad, reason]”: {row}")
        found[frozenset((str(row[0]), str(row[1])))] = row[2] == GOOD
    return found


def measured(candidates: Sequence[ReadCandidate], judged: Mapping[frozenset[str], bool]) -> Measured:
    """`candidates` best first, in the language of the judgements' titles. The strongest pair says what one is about."""
    pairs = [frozenset((one.pairs[0].left.title, one.pairs[0].right.title)) for one in candidates]
    verdicts = [judged.get(pair) for pair in pairs]
    known = [verdict for verdict in verdicts if verdict is not None]
    good = {pair for pair, verdict in judged.items() if verdict}
    return Measured(
        proposed=len(pairs),
        judged=len(known),
        good=sum(known),
        precision=_share(known),
        precision_at_10=_share([verdict for verdict in verdicts[:10] if verdict is not None]),
        precision_at_20=_share([verdict for verdict in verdicts[:20] if verdict is not None]),
        recall=len(good & set(pairs)) / len(good) if good else 0.0,
        unjudged=tuple(
            " ~ ".join(sorted(pair)) for pair, verdict in zip(pairs, verdicts, strict=True) if verdict is None
        ),
    )


def _share(verdicts: Sequence[bool]) -> float:
    return sum(verdicts) / len(verdicts) if verdicts else 0.0
