"""Text -> words with their place in it and the term (stem) under which they are found."""

from __future__ import annotations

import re
import sys
import threading
from array import array
from collections.abc import Collection, Iterator
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

import Stemmer

from search.analysis.normalise import fold
from search.analysis.stopwords import NO_STOP_WORDS, STOP_WORDS

_STEMMERS = {"de": "german", "en": "english"}
_local = threading.local()  # a Stemmer object must not be used by two threads at once

# "Moderator:in", "Teilnehmer*innen", "Leiter/-innen": the pair form, read as its first half.
_PAIR = re.compile(r"(?<=[^\W\d_])(?:[:*_]|/-?)in(?:nen)?\b")
# A run of letters and digits. Hyphens, slashes and apostrophes inside it are handled one level up. Soft hyphens
# and zero-width characters belong to the run, so that places in the original text stay true.
_INSIDE = "\u00ad\u200b-\u200d\u2060"
_PIECE = rf"[^\W_](?:[^\W_]++|[\u0300-\u036f{_INSIDE}]++)*+"
_TOKEN = re.compile(rf"{_PIECE}(?:[-‐‑]{_PIECE})*+")
_HYPHEN = re.compile("[-‐‑]")
_UNSEEN = re.compile(f"[{_INSIDE}]")
# "Moderatorinnen" beside "Moderatoren": the feminine ending of names of persons, which Snowball keeps.
_FEMININE = re.compile(r"(?<=[aeiouäöü]r)in(?:nen)?$")


class Word(NamedTuple):
    """A word of a text. A hyphenated word comes whole and then in its parts, at their own places."""

    folded: str
    """lower case, ß as ss, without accents but with umlauts"""
    term: str
    """its stem, the key of the index"""
    start: int
    end: int
    """place in the text given: text[start:end] is the word as written"""
    part: bool = False
    """a part of the hyphenated word before it"""


@lru_cache(maxsize=65_536)
def stem(language: str, folded: str) -> str:
    """Snowball stem; the word itself in a language without a stemmer. German umlauts end as a, o, u."""
    algorithm = _STEMMERS.get(language)
    if algorithm is None or any(character.isdigit() for character in folded):
        return folded
    if language == "de" and len(folded) >= 9:
        folded = _FEMININE.sub("", folded)
    stemmers: dict[str, Stemmer.Stemmer] | None = getattr(_local, "stemmers", None)
    if stemmers is None:
        stemmers = _local.stemmers = {}
    if algorithm not in stemmers:
        stemmers[algorithm] = Stemmer.Stemmer(algorithm)
    return str(stemmers[algorithm].stemWord(folded))


def words(text: str, language: str, *, stop_words: bool = False) -> Iterator[Word]:
    """The words of a text in order, without stop words unless asked for.

    `text` need not be normalised. Single letters are dropped except beside a digit ("5 S" keeps "5").
    """
    for match in _TOKEN.finditer(_readable(text, language)):
        place = match.start()
        for folded, term, start, end, part in _read(match.group(), language, stop_words):
            yield Word(folded, term, place + start, place + end, part)


class Occurrences:
    """Finds the words of certain terms in many texts of one language."""

    def __init__(self, language: str, terms: Collection[str]) -> None:
        self._language, self._terms = language, terms
        self._spellings = _spellings_of(language)
        self._wanted: set[str] = set()
        self._read = 0
        """tokens that the process had met when `_wanted` was put together"""

    def __call__(self, text: str) -> list[Word]:
        """Those of `words(text, language)` whose term is one of the terms."""
        tokens, starts = self._spellings.tokens_of(text)
        met = self._spellings.count
        if self._read != met:
            self._read, self._wanted = met, self._spellings.of(self._terms)
        return [
            Word(folded, term, start + begin, start + end, part)
            for token, start in zip(tokens, starts, strict=True)
            if token in self._wanted
            for folded, term, begin, end, part in _read(token, self._language, False)
            if term in self._terms
        ]


class _Spellings:
    """term -> tokens that stand for it, of all tokens that this process has met: to find a few words among the
    thousands of an answer's texts, tokens are looked up in a set instead of being read. The tokens of texts that answered
    are remembered, since what answers often is asked for often."""

    MOST = 65_536
    MOST_TEXTS = 4_096
    """of some 2 kB each"""

    def __init__(self, language: str) -> None:
        self._language = language
        self._met: set[str] = set()
        self._tokens: dict[str, set[str]] = {}
        self._texts: dict[str, tuple[tuple[str, ...], array[int]]] = {}

    @property
    def count(self) -> int:
        """tokens met"""
        return len(self._met)

    def is_full(self) -> bool:
        return len(self._met) > self.MOST

    def tokens_of(self, text: str) -> tuple[tuple[str, ...], array[int]]:
        """The runs of letters and digits of a text in order, which have been met then, and where each begins."""
        found = self._texts.get(text)
        if found is None:
            matches = list(_TOKEN.finditer(_readable(text, self._language)))
            found = (
                tuple(sys.intern(match.group()) for match in matches),
                array("I", [match.start() for match in matches]),
            )
            self._meet(set(found[0]))
            if len(self._texts) >= self.MOST_TEXTS:
                self._texts.clear()
            self._texts[text] = found
        return found

    def _meet(self, tokens: set[str]) -> None:
        """Reads those that are new, hyphenated ones for their parts too."""
        for token in tokens - self._met:
            for word in _read(token, self._language, False):
                self._tokens.setdefault(word.term, set()).add(token)
            self._met.add(token)  # last: another thread that finds it here finds its terms as well

    def of(self, terms: Collection[str]) -> set[str]:
        """The tokens met that stand for one of the terms."""
        # A copy each: another thread may add to them.
        return set(chain.from_iterable(self._tokens[term].copy() for term in terms if term in self._tokens))


_spellings: dict[str, _Spellings] = {}


def _spellings_of(language: str) -> _Spellings:
    known = _spellings.get(language)
    if known is None or known.is_full():
        known = _spellings[language] = _Spellings(language)
    return known


def _readable(text: str, language: str) -> str:
    """The text with German pair forms blanked, places unchanged."""
    return _PAIR.sub(lambda pair: " " * len(pair.group()), text) if language == "de" else text


@lru_cache(maxsize=65_536)
def _read(token: str, language: str, stop_words: bool) -> tuple[Word, ...]:
    """A run of letters and digits as words, their places counted from its beginning."""
    stops = NO_STOP_WORDS if stop_words else STOP_WORDS.get(language, NO_STOP_WORDS)
    pieces = _HYPHEN.split(token)
    found = [_word("".join(pieces), language, 0, len(token))]
    if len(pieces) > 1:
        start = 0
        for piece in pieces:
            found.append(_word(piece, language, start, start + len(piece), part=True))
            start += len(piece) + 1
    return tuple(word for word in found if _kept(word.folded, stops))


def _word(written: str, language: str, start: int, end: int, *, part: bool = False) -> Word:
    folded = fold(_UNSEEN.sub("", written))
    return Word(folded, stem(language, folded), start, end, part)


def _kept(folded: str, stops: frozenset[str]) -> bool:
    return folded not in stops and (len(folded) > 1 or folded.isdigit()) and len(folded) <= 80
