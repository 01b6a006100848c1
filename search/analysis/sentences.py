"""Sentences of a plain text, aware of German and English abbreviations and of ordinals ("am 3. Mai")."""

from __future__ import annotations

import re
from typing import NamedTuple

_ABBREVIATIONS = frozenset(  # a list of one word per line would fill two screens
    """
    abb abs akad al allg anm approx art aug bd bspw bzgl bzw ca co corp dept dez dipl dr e.g ebd eig
    einschl engl est etc evtl exkl feb ff fig gem ggf ggfs hbf hg hrsg i.e inc inkl insb inst jan jr
    jul jun kap lfd ltd max min mind mio mr mrd mrs ms no nr o okt prof rd resp s sep sept sog st
    std str tab tel u urspr usf usw vgl vol vs z zb zit zz zzgl zzt
    """.split()  # noqa: SIM905
)
_MONTHS = (
    "januar|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember"
    "|jan|feb|mär|apr|jun|jul|aug|sep|sept|okt|nov|dez"
)
_BREAK = re.compile(r"\n\s*|(?<=[.!?…:])[\"“”»«')\]]*\s+")
_ORDINAL_FOLLOWS = re.compile(
    rf"(?:{_MONTHS}|jahrhundert|quartal|halbjahr|auflage|phase|schritt|tag|woche|monat|stock|etage|platz)\b",
    re.I,
)


class Sentence(NamedTuple):
    start: int
    end: int
    """place in the text, without the space around it"""


def sentences(text: str) -> list[Sentence]:
    """Cuts at line ends and after . ! ? … where a sentence really ends; a colon ends none."""
    found: list[Sentence] = []
    start = 0
    for gap in _BREAK.finditer(text):
        if "\n" not in gap.group() and not _ends(text, gap.start(), gap.end()):
            continue
        _add(found, text, start, gap.end())
        start = gap.end()
    _add(found, text, start, len(text))
    return found


def _add(found: list[Sentence], text: str, start: int, end: int) -> None:
    piece = text[start:end].rstrip()
    if stripped := piece.lstrip():
        found.append(Sentence(start + len(piece) - len(stripped), start + len(piece)))


def _ends(text: str, stop: int, following: int) -> bool:
    """Whether the mark before `stop` ends a sentence whose next begins at `following`."""
    mark = text[stop - 1]
    if mark == ":":
        return False
    rest = text[following : following + 30]
    if mark != ".":
        return not rest[:1].islower()
    if rest[:1].islower():
        return False
    before = text[max(0, stop - 25) : stop - 1]
    last = re.split(r"[\s(\[„“\"]", before)[-1]
    if last.isdigit():
        return not (len(last) <= 2 and _ORDINAL_FOLLOWS.match(rest))
    if len(last) == 1 and last.isalpha():
        return False  # an initial, or the parts of "z. B."
    return last.casefold().rstrip(".") not in _ABBREVIATIONS and not re.fullmatch(r"(?:\w\.)+\w", last)
