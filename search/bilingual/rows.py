"""A row of the term table, and the text file it is shipped in."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

SCALE = 100
"""weights are kept as whole hundredths: finer ones change no ranking, and make the file a third larger"""


@dataclass(frozen=True)
class Row:
    """A stem and the stems of the other language that translate it, best first."""

    term: str
    translations: tuple[tuple[str, float], ...]
    """(stem, weight): weights in (0, 1], their sum at most 1; what is missing to 1 is doubt"""
    evidence: int = 0
    """number of sentence pairs in which the term was seen; not kept in the file"""


def hundredths(weight: float) -> int:
    """Rounded down, so that weights which summed up to at most 1 still do."""
    return int(weight * SCALE + 1e-9)


def encoded(rows: Iterable[Row]) -> bytes:
    """One line for a row, `stem⇥stem weight⇥stem weight…`, ordered by bytes so that it can be bisected."""
    lines = []
    for row in rows:
        kept = [f"{stem} {hundredths(weight)}" for stem, weight in row.translations if hundredths(weight)]
        if kept:
            lines.append("\t".join([row.term, *kept]).encode())
    return b"\n".join([*sorted(lines), b""])


class TermFile:
    """A shipped table of one direction. Lines stay as they are until somebody asks for them."""

    def __init__(self, content: bytes) -> None:
        self._lines = content.split(b"\n")[:-1]

    @classmethod
    def at(cls, path: Path) -> TermFile:
        return cls(path.read_bytes())

    def __len__(self) -> int:
        return len(self._lines)

    def get(self, term: str) -> tuple[tuple[str, float], ...]:
        """(stem, weight) pairs, best first; empty for an unknown term."""
        key = term.encode("utf-8", "ignore") + b"\t"
        place = bisect_left(self._lines, key)
        if place == len(self._lines) or not self._lines[place].startswith(key):
            return ()
        found = []
        for cell in self._lines[place].decode().split("\t")[1:]:
            stem, weight = cell.split(" ")
            found.append((stem, int(weight) / SCALE))
        return tuple(found)
