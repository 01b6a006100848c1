"""The word forms of one language: which contain a word, share its letters, or differ from it by a slip.

Nothing here says what a reader may see: the vocabulary also knows forms of pages that are hidden or gone. It only
proposes, all that there is and in a fixed order; the statement of a question (retrieval/answer.sql) leaves out the
forms that this reader sees on no page, and cuts after that: a list cut here would show what took up its places.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy
from rapidfuzz import process
from rapidfuzz.distance import OSA

GRAM = 4
"""Letters of a gram, with one mark for each end of the word. McNamee & Mayfield, Character N-Gram Tokenization for
European Language Text Retrieval (2004): 4 is best for most European languages, German among them."""
ONE_EDIT_FROM = 5
TWO_EDITS_FROM = 9
"""letters of a word from which one and two slips are forgiven"""
LEAST_PART = 6
"""letters of a compound's part in which a slip is looked for: shorter parts are near to too many words"""

Row = tuple[str, str, tuple[str, ...]]
"""(folded word, stem, splits "first last")"""


@dataclass(frozen=True)
class Form:
    """A folded word as it occurs, and its stem, under which the index has it."""

    word: str
    stem: str


@dataclass(frozen=True)
class Near:
    """What another word may be a slip of."""

    language: str
    word: str
    edits: int
    """insertions, deletions, replacements and exchanged neighbours (optimal string alignment)"""
    forms: tuple[Form, ...]
    """the word itself; or the two parts of a compound, if the slip is inside one that no text has as a whole"""


class Similar(NamedTuple):
    """Forms that share grams with a word, best first, in columns: there may be hundreds."""

    words: tuple[str, ...]
    stems: tuple[str, ...]
    shares: tuple[float, ...]
    """of the word's grams that the form has"""


class Vocabulary:
    """Grows by `add`, never shrinks. Reads may run beside one writer."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._stem_of: dict[str, str] = {}
        self._stems: set[str] = set()
        self._words: list[str] = []
        self._of_gram: dict[str, array[int]] = defaultdict(lambda: array("i"))
        self._with_part: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._of_length: dict[int, list[str]] = defaultdict(list)
        self.compounds = lru_cache(maxsize=4_096)(self._compounds)
        self.similar = lru_cache(maxsize=1_024)(self._similar)
        self.near = lru_cache(maxsize=4_096)(self._near)

    def __len__(self) -> int:
        return len(self._stem_of)

    def add(self, rows: Iterable[Row]) -> None:
        added = False
        for word, stem, splits in rows:
            if word in self._stem_of:
                continue
            added = True
            self._stem_of[word] = stem
            self._stems.add(stem)
            number = len(self._words)
            self._words.append(word)
            for gram in set(grams(word)):
                self._of_gram[gram].append(number)
            for split in splits:
                head, _, last = split.partition(" ")
                self._with_part[head].append((word, last))
                self._with_part[last].append((word, head))
            self._of_length[len(word)].append(word)
        if added:
            self.compounds.cache_clear()
            self.similar.cache_clear()
            self.near.cache_clear()

    def knows(self, stem: str) -> bool:
        """Whether anything may have this stem: what nobody ever wrote need not be asked for."""
        return stem in self._stems

    def _compounds(self, stem: str) -> tuple[tuple[Form, tuple[str, ...]], ...]:
        """(word, stems of its other part) of words one of whose parts may be `stem`, by their letters, short words first:
        whether another part is a word is not decided here."""
        others: dict[str, set[str]] = defaultdict(set)
        for word, other in tuple(self._with_part.get(stem, ())):
            if self._stem_of[word] != stem:
                others[word].add(other)
        ordered = sorted(others, key=lambda word: (len(word), word))
        return tuple((self._form(word), tuple(sorted(others[word]))) for word in ordered)

    def _similar(self, word: str, least: float) -> Similar:
        """All forms with at least a share of `least` of the word's grams."""
        asked = set(grams(word))
        places = [
            numpy.array(self._of_gram[gram], dtype=numpy.int32) for gram in asked if gram in self._of_gram
        ]
        if not places:
            return Similar((), (), ())
        counts = numpy.bincount(numpy.concatenate(places))
        enough = numpy.flatnonzero(counts >= least * len(asked))
        found = sorted((-int(counts[number]), self._words[number]) for number in enough)
        return Similar(
            words=tuple(other for _, other in found),
            stems=tuple(self._stem_of[other] for _, other in found),
            shares=tuple(-count / len(asked) for count, _ in found),
        )

    def _near(self, word: str) -> tuple[Near, ...]:
        """Other words of the corpus within the slips that a word of this length is allowed, nearest first."""
        edits = 0 if len(word) < ONE_EDIT_FROM else 1 if len(word) < TWO_EDITS_FROM else 2
        if not edits or not word.isalpha():
            return ()
        choices = [
            other
            for length in range(len(word) - edits, len(word) + edits + 1)
            for other in self._of_length.get(length, ())
        ]
        found = process.extract(word, choices, scorer=OSA.distance, score_cutoff=edits, limit=None)
        near = [
            (int(distance), other[:1] != word[:1], abs(len(other) - len(word)), other)
            for other, distance, _ in found
            if distance and other.isalpha()
        ]
        near.sort()
        return tuple(Near(self.language, other, edits, (self._form(other),)) for edits, _, _, other in near)

    def near_inside(self, word: str, is_word: Callable[[str], bool]) -> Iterator[Near]:
        """Compounds of two words of the corpus, one of which this word has just so and the other with one slip.
        A part that `is_word` knows is no slip."""
        for cut in range(LEAST_PART, len(word) - LEAST_PART + 1):
            head, last = word[:cut], word[cut:]
            if last in self._stem_of and not is_word(head):
                for near in self._slips(head):
                    yield self._joined(near, self._form(last))
            if head in self._stem_of and not is_word(last):
                for near in self._slips(last):
                    yield self._joined(self._form(head), near)

    def _slips(self, part: str) -> Iterator[Form]:
        return (near.forms[0] for near in self.near(part) if near.edits == 1)

    def _joined(self, head: Form, last: Form) -> Near:
        return Near(self.language, head.word + last.word, 1, (head, last))

    def _form(self, word: str) -> Form:
        return Form(word, self._stem_of[word])


def grams(word: str) -> list[str]:
    """The grams of a folded word with its ends marked: "rat" -> ["_rat", "rat_"]."""
    marked = f"_{word}_"
    return [marked[start : start + GRAM] for start in range(max(1, len(marked) - GRAM + 1))]
