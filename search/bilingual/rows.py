"""A row of the term table, and the text file it is shipped in."""

from __future__ import annotations

import logging
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

logger = logging.getLogger(__name__)

SCALE = 100
"""weights are kept as whole hundredths: finer ones change no ranking, and make the file a third larger"""


@dataclass(frozen=True)
class Row:
    """A stem and the stems of the other language that translate it, best first."""

    term: str
    translations: tuple[tuple[str, float], ...]
    """(stem, weight): weights in (0, 1], their sum at most 1; what is missing to 1 is doubt"""
    evidence: int = 0
    """number of sentence pairs in which the term was seen; kept in a site's table only"""


def hundredths(weight: float) -> int:
    """Rounded down, so that weights which summed up to at most 1 still do."""
    return int(weight * SCALE + 1e-9)


def encoded(rows: Iterable[Row], *, evidence: bool = False) -> bytes:
    """One line for a row, `stem⇥stem weight⇥stem weight…`, ordered by bytes so that it can be bisected. With
    `evidence` its number stands after the first stem."""
    lines = []
    for row in rows:
        kept = [f"{stem} {hundredths(weight)}" for stem, weight in row.translations if hundredths(weight)]
        if kept:
            begin = [row.term, str(row.evidence)] if evidence else [row.term]
            lines.append("\t".join([*begin, *kept]).encode())
    return b"\n".join([*sorted(lines), b""])


class TermFile:
    """A table of one direction. Lines stay as they are until somebody asks for them."""

    def __init__(self, content: bytes) -> None:
        self._lines = content.split(b"\n")[:-1]
        self._complained = False
        self.get = lru_cache(maxsize=16_384)(self._get)  # a long question asks for hundreds of rows

    @classmethod
    def at(cls, path: Path) -> TermFile:
        """Raises OSError, and ValueError for a file whose lines are no rows or not in order."""
        table = cls(path.read_bytes())
        if not table._lines:
            raise ValueError("it is empty")
        if table._lines != sorted(table._lines):
            raise ValueError("its lines are not in order")
        for line in (table._lines[0], table._lines[-1]):
            _row(line)
        return table

    def __len__(self) -> int:
        return len(self._lines)

    def _get(self, term: str) -> Row | None:
        """None for an unknown term, and for a line that somebody has broken: noted once, and the rest still serves."""
        key = term.encode("utf-8", "ignore") + b"\t"
        place = bisect_left(self._lines, key)
        if place == len(self._lines) or not self._lines[place].startswith(key):
            return None
        try:
            return _row(self._lines[place])
        except ValueError as error:
            if not self._complained:
                logger.error("A term table has a broken row for %r, which is left out: %s", term, error)
                self._complained = True
            return None


def _row(line: bytes) -> Row:
    term, *cells = line.decode().split("\t")
    evidence = int(cells.pop(0)) if cells and cells[0].isdecimal() else 0
    if not cells:
        raise ValueError("it translates nothing")
    found = []
    for cell in cells:
        stem, weight = cell.split(" ")
        found.append((stem, int(weight) / SCALE))
    return Row(term, tuple(found), evidence)
