"""Two versions of a page -> pairs of texts that say the same, as short as can be told for sure.

Nothing is guessed: where both versions do not have equally many passages under an anchor, or lines in a passage, or
sentences in a line, the larger pieces are paired, or none. A short pair teaches more than a long one: in a sentence
of ten words each has ten possible translations, in a paragraph a hundred.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from search.analysis import sentences
from search.analysis.languages import guess

LONGEST_PAIR = 2_000
"""characters of a text that is still paired. Time grows with the product of both lengths, and the index holds no
passages of more than some 1,200."""

Pair = tuple[str, str]
"""(German, English)"""


@dataclass(frozen=True)
class Part:
    """A passage as the index has it."""

    anchor: str
    headings: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class Version:
    """A page in one language; `parts` in the order of the page."""

    title: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Aligned:
    pairs: tuple[Pair, ...]
    passages: int
    """passages that found their counterpart"""
    left_out: int
    """passages of both languages whose anchor has another number of them in the other language"""


def align(german: Version, english: Version) -> Aligned:
    """Titles, headings and sentences of the two versions, each pair once."""
    de, en = _by_anchor(german.parts), _by_anchor(english.parts)
    found: list[Pair] = [(german.title, english.title)]
    passages = 0
    for anchor, parts in de.items():
        if len(parts) != len(en.get(anchor, ())):
            continue
        passages += len(parts)
        for ours, theirs in zip(parts, en[anchor], strict=True):
            if len(ours.headings) == len(theirs.headings):
                found.extend(zip(ours.headings, theirs.headings, strict=True))
            found.extend(pieces(ours.text, theirs.text))
    left_out = len(german.parts) + len(english.parts) - 2 * passages
    return Aligned(tuple(dict.fromkeys(filter(_translated, found))), passages, left_out)


def pieces(german: str, english: str) -> Iterator[Pair]:
    """Lines, and sentences of lines, as far as both texts have equally many."""
    for de_line, en_line in _paired(_lines(german), _lines(english), (german, english)):
        yield from _paired(_sentences(de_line), _sentences(en_line), (de_line, en_line))


def _paired(german: Sequence[str], english: Sequence[str], whole: Pair) -> Iterable[Pair]:
    return zip(german, english, strict=True) if len(german) == len(english) else [whole]


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def _sentences(line: str) -> list[str]:
    return [line[found.start : found.end] for found in sentences(line)]


def _by_anchor(parts: Iterable[Part]) -> dict[str, list[Part]]:
    found: dict[str, list[Part]] = defaultdict(list)
    for part in parts:
        found[part.anchor].append(part)
    return found


def _translated(pair: Pair) -> bool:
    """Whether both sides are in their language: a page can be published before all of it is translated."""
    german, english = pair
    return (
        bool(german and english)
        and max(len(german), len(english)) <= LONGEST_PAIR
        and guess(german, "de") == "de"
        and guess(english, "en") == "en"
    )
