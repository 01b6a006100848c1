"""Text -> words with their place in it and the term (stem) under which they are found."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

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
_PIECE = rf"[^\W_](?:[^\W_]|[\u0300-\u036f{_INSIDE}])*"
_TOKEN = re.compile(rf"{_PIECE}(?:[-‐‑]{_PIECE})*")
_HYPHEN = re.compile("[-‐‑]")
_UNSEEN = re.compile(f"[{_INSIDE}]")
# "Moderatorinnen" beside "Moderatoren": the feminine ending of names of persons, which Snowball keeps.
_FEMININE = re.compile(r"(?<=[aeiouäöü]r)in(?:nen)?$")


@dataclass(frozen=True)
class Word:
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
    stops = NO_STOP_WORDS if stop_words else STOP_WORDS.get(language, NO_STOP_WORDS)
    blanked = _PAIR.sub(lambda pair: " " * len(pair.group()), text) if language == "de" else text
    for match in _TOKEN.finditer(blanked):
        raw = match.group()
        if raw.isalpha():  # nearly all: no hyphen, nothing unseen
            folded = fold(raw)
            if _kept(folded, stops):
                yield Word(folded, stem(language, folded), match.start(), match.end())
            continue
        pieces = _HYPHEN.split(raw)
        whole = fold(_UNSEEN.sub("", _HYPHEN.sub("", raw)))
        if _kept(whole, stops):
            yield Word(whole, stem(language, whole), match.start(), match.end())
        if len(pieces) == 1:
            continue
        start = match.start()
        for piece in pieces:
            folded = fold(_UNSEEN.sub("", piece))
            if _kept(folded, stops):
                yield Word(folded, stem(language, folded), start, start + len(piece), part=True)
            start += len(piece) + 1


def _kept(folded: str, stops: frozenset[str]) -> bool:
    return folded not in stops and (len(folded) > 1 or folded.isdigit()) and len(folded) <= 80
