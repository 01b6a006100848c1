"""The word forms of one language: which stems contain a word, share its letters, or differ from it by a slip.

Nothing here says what a reader may see: the vocabulary also knows words of pages that are hidden or gone. It only
proposes terms; the statement of a question counts a proposal by what is visible (retrieval/answer.sql).
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

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

Row = tuple[str, str, str, tuple[str, ...]]
"""(folded word, stem, as written, splits "first last")"""


@dataclass(frozen=True)
class Near:
    """A word that another may be a slip of."""

    language: str
    word: str
    stem: str
    written: str
    edits: int
    """insertions, deletions, replacements and exchanged neighbours (optimal string alignment)"""
    parts: tuple[str, ...] = ()
    """stems that stand for it where no text has it as a whole: the slip is inside a compound"""


class Vocabulary:
    """Grows by `add`, never shrinks. Reads may run beside one writer."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._stem_of: dict[str, str] = {}
        self._spelling: dict[str, str] = {}
        self._written: dict[str, str] = {}
        self._stems: dict[str, int] = {}
        self._names: list[str] = []
        self._of_gram: dict[str, array[int]] = defaultdict(lambda: array("i"))
        self._forms: dict[str, list[str]] = defaultdict(list)
        self._with_part: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._of_length: dict[int, list[str]] = defaultdict(list)
        self.similar = lru_cache(maxsize=4_096)(self._similar)
        self.near = lru_cache(maxsize=4_096)(self._near)

    def __len__(self) -> int:
        return len(self._stem_of)

    def add(self, rows: Iterable[Row]) -> None:
        added = False
        for word, stem, written, splits in rows:
            if word in self._stem_of:
                continue
            added = True
            self._stem_of[word] = stem
            self._spelling[word] = written or word
            if len(written or word) < len(self._written.get(stem, "")) or stem not in self._written:
                self._written[stem] = written or word
            if stem not in self._stems:
                self._stems[stem] = len(self._names)
                self._names.append(stem)
            number = self._stems[stem]
            # A stem has the grams of all its forms: "Beiträge" and "Beitrag" are found by either.
            there = {gram for form in self._forms[stem] for gram in grams(form)}
            for gram in set(grams(word)) - there:
                self._of_gram[gram].append(number)
            self._forms[stem].append(word)
            for split in splits:
                head, _, last = split.partition(" ")
                self._with_part[head].append((stem, last))
                self._with_part[last].append((stem, head))
            self._of_length[len(word)].append(word)
        if added:
            self.similar.cache_clear()
            self.near.cache_clear()

    def has(self, word: str) -> bool:
        """Whether a folded word form occurs."""
        return word in self._stem_of

    def knows(self, stem: str) -> bool:
        return stem in self._stems

    def written(self, stem: str) -> str:
        """The shortest word form of a stem as an author wrote it; the stem itself if unknown."""
        return self._written.get(stem, stem)

    def compounds(self, stem: str) -> list[tuple[str, str]]:
        """(stem of a compound, stem of its other part) of words one of whose parts may be `stem`.

        All that could be by their letters; whether the other part is a word is not decided here.
        """
        pairs = dict.fromkeys(self._with_part.get(stem, ()))
        return [(compound, other) for compound, other in pairs if compound != stem]

    def _similar(self, word: str, least: float, most: int) -> tuple[tuple[str, float], ...]:
        """(stem, share of the word's grams that the stem's forms have), best first, at most `most`."""
        asked = set(grams(word))
        places = [
            numpy.array(self._of_gram[gram], dtype=numpy.int32) for gram in asked if gram in self._of_gram
        ]
        if not places:
            return ()
        counts = numpy.bincount(numpy.concatenate(places))
        enough = numpy.flatnonzero(counts >= least * len(asked))
        found = sorted((-int(counts[number]), self._names[number]) for number in enough)
        return tuple((stem, -count / len(asked)) for count, stem in found[:most])

    def _near(self, word: str, most: int) -> tuple[Near, ...]:
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
        return tuple(
            Near(self.language, other, self._stem_of[other], self._spelling[other], edits)
            for edits, _, _, other in near[:most]
        )

    def near_inside(self, word: str, most: int, is_word: Callable[[str], bool]) -> tuple[Near, ...]:
        """Compounds of two words of the corpus, one of which this word has just so and the other with one slip.
        A part that `is_word` knows is no slip."""
        found: dict[str, Near] = {}

        def add(compound: str, written: str, *parts: str) -> None:
            found.setdefault(compound, Near(self.language, compound, compound, written, 1, parts))

        for cut in range(LEAST_PART, len(word) - LEAST_PART + 1):
            head, last = word[:cut], word[cut:]
            if self.has(last) and not is_word(head):
                for near in self._slips(head):
                    add(near.word + last, near.written + last, near.stem, self._stem_of[last])
            elif self.has(head) and not is_word(last):
                for near in self._slips(last):
                    add(head + near.word, self._spelling[head] + near.word, self._stem_of[head], near.stem)
        return tuple(found.values())[:most]

    def _slips(self, part: str) -> list[Near]:
        return [near for near in self.near(part, 1) if near.edits == 1]


def grams(word: str) -> list[str]:
    """The grams of a folded word with its ends marked: "rat" -> ["_rat", "rat_"]."""
    marked = f"_{word}_"
    return [marked[start : start + GRAM] for start in range(max(1, len(marked) - GRAM + 1))]
