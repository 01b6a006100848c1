"""What is proposed against what people judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from search.topics.models import Candidate
from search.topics.reading import ReadCandidate

GOOD, BAD, PLANTED = "good", "bad", "planted"
KINDS = {"needs_and_offers": Candidate.Kind.NEED_OFFER, "topics": Candidate.Kind.TOPIC}
"""lists of a file of judgements"""


class NotReadable(ValueError):
    """The file of judgements cannot be used; the message says why."""


@dataclass(frozen=True)
class Judged:
    """What somebody said of two pages."""

    kind: str
    """of candidate"""
    good: bool
    planted: bool = False
    """the texts were written so that it should be found"""


@dataclass(frozen=True)
class Measured:
    """Figures of one list of candidates."""

    judgements: int
    proposed: int
    judged: int
    """of those proposed, by their strongest pair of pages"""
    good: int
    precision: float
    """good among the judged ones; 0 where none is judged"""
    precision_at_10: float
    precision_at_20: float
    """among the judged of the first 10 or 20"""
    to_find: int
    """good judgements"""
    recall: float
    """share of them that are proposed, as the strongest pair or as further evidence between the same two owners"""
    planted: int
    recall_planted: float
    missed: tuple[str, ...]
    """good judgements that are not proposed, as "title ~ title", planted ones first"""
    unjudged: tuple[str, ...]
    """strongest pairs that nobody has judged, likewise"""


Judgements = Mapping[frozenset[str], Judged]
"""two page titles -> what was said"""


def judgements(path: Path) -> Judgements:
    """Raises NotReadable."""
    try:
        lists = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise NotReadable(f"{path} cannot be read: {error}") from error
    if not isinstance(lists, Mapping) or not set(lists) <= set(KINDS):
        raise NotReadable(f"{path}: two lists were expected, {' and '.join(KINDS)}")
    found: dict[frozenset[str], Judged] = {}
    for name, rows in lists.items():
        for row in rows or ():
            if not _is_judgement(row):
                raise NotReadable(
                    f"{path}: not “[title, title, good or bad, reason]” (and “planted”, if so): {row}"
                )
            found[frozenset((str(row[0]), str(row[1])))] = Judged(
                KINDS[name], good=row[2] == GOOD, planted=row[4:] == [PLANTED]
            )
    return found


def _is_judgement(row: Any) -> bool:
    return (
        isinstance(row, list) and row[2:3] in ([GOOD], [BAD]) and row[4:] in ([], [PLANTED]) and len(row) > 3
    )


def measured(candidates: Sequence[ReadCandidate], judged: Judgements) -> Measured:
    """`candidates` best first, in the language of the judgements' titles. The strongest pair says what one is about."""
    shown = [[frozenset((pair.left.title, pair.right.title)) for pair in one.pairs] for one in candidates]
    strongest = [pairs[0] for pairs in shown]
    verdicts = [judged[pair].good if pair in judged else None for pair in strongest]
    anywhere = {pair for pairs in shown for pair in pairs}
    good = [pair for pair, said in judged.items() if said.good]
    planted = [pair for pair, said in judged.items() if said.planted]
    missed = sorted(
        (pair for pair in good if pair not in anywhere),
        key=lambda pair: (not judged[pair].planted, _name(pair)),
    )
    return Measured(
        judgements=len(judged),
        proposed=len(candidates),
        judged=sum(verdict is not None for verdict in verdicts),
        good=sum(verdict is True for verdict in verdicts),
        precision=_share(verdicts),
        precision_at_10=_share(verdicts[:10]),
        precision_at_20=_share(verdicts[:20]),
        to_find=len(good),
        recall=_share([pair in anywhere for pair in good]),
        planted=len(planted),
        recall_planted=_share([pair in anywhere for pair in planted]),
        missed=tuple(_name(pair) for pair in missed),
        unjudged=tuple(
            _name(pair) for pair, verdict in zip(strongest, verdicts, strict=True) if verdict is None
        ),
    )


def by_kind(candidates: Sequence[ReadCandidate], judged: Judgements) -> dict[str, Measured]:
    """The same for each kind of candidate alone."""
    return {
        str(kind): measured(
            [one for one in candidates if one.kind == kind],
            {pair: said for pair, said in judged.items() if said.kind == kind},
        )
        for kind in KINDS.values()
    }


def _name(pair: frozenset[str]) -> str:
    return " ~ ".join(sorted(pair))


def _share(verdicts: Sequence[bool | None]) -> float:
    known = [verdict for verdict in verdicts if verdict is not None]
    return sum(known) / len(known) if known else 0.0
