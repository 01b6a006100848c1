"""Phrases as people write them: what an author listed as keywords, titles, and noun phrases of the text.

Without a tagger. German writes its nouns with capitals, which is enough for "Wasserstoff im Hafen" and
"neue Kraftstoffe"; English phrases are runs of words between function words (Rose et al., RAKE, 2010).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from search.analysis import stem
from search.analysis.normalise import fold
from search.analysis.stopwords import STOP_WORDS

LONGEST = 42
"""characters; a label stands on one line of a small screen"""
MOST_WORDS = 5

# German prepositions and conjunctions that hold two nouns together.
_LINKS = frozenset(
    {
        "für",
        "im",
        "in",
        "auf",
        "mit",
        "zu",
        "zum",
        "zur",
        "an",
        "am",
        "aus",
        "der",
        "des",
        "und",
        "von",
        "vom",
    }
)
_WORD = re.compile(r"[^\W_]+(?:[-‐‑’'][^\W_]+)*(?::innen|:in)?")
_BREAK = re.compile(r"[.!?…:;,()\[\]{}„“”\"»«–—/|•\n]|\s[-]\s")
_SENTENCE = re.compile(r"(?<=[.!?…:])\s+|\n")


@dataclass(frozen=True)
class Phrase:
    """A phrase and where it comes from."""

    text: str
    language: str
    origin: str
    """said (a line of the owner's own list of subjects), owner (its keywords), keyword, name (in a title), title, text"""
    twin: str = ""
    """the same phrase in the page's other version, where both lists are equally long; "" where nobody knows"""


def stems(text: str, language: str) -> frozenset[str]:
    """Stems of the words that carry meaning."""
    found = set()
    for word in _WORD.findall(text):
        for part in re.split(r"[-‐‑]", word):
            folded = fold(part)
            if folded and folded not in STOP_WORDS.get(language, ()):
                found.add(stem(language, folded))
    return frozenset(found)


def readable(text: str) -> bool:
    """Whether it could stand as a label: no numbers alone, not too long, something to read."""
    words = _WORD.findall(text)
    return (
        0 < len(words) <= MOST_WORDS
        and 3 <= len(text) <= LONGEST
        and any(len(word) > 2 and not word.isdigit() for word in words)
        and not re.search(r"[@<>=]|\d{3,}", text)
    )


def of_text(text: str, language: str, *, single: bool = False) -> Iterator[str]:
    """Noun phrases, in order, with repetitions. `single`: single words of languages whose nouns show no capitals too."""
    for sentence in _SENTENCE.split(text):
        first = True
        for chunk in _BREAK.split(sentence):
            words = _WORD.findall(chunk)
            yield from _german(words, first) if language == "de" else _runs(words, language, single)
            first = first and not words


def _german(words: list[str], first: bool) -> Iterator[str]:
    stops = STOP_WORDS.get("de", frozenset())

    def noun(place: int) -> bool:
        word = words[place]
        if not word[0].isupper() or len(word) < 3 or fold(word) in stops:
            return False
        # The first word of a sentence is capitalised whatever it is: only long ones are likely to be nouns.
        return not (first and place == 0) or len(word) >= 10

    for place in range(len(words)):
        if not noun(place):
            continue
        yield words[place]
        before = words[place - 1] if place else ""
        # An adjective in -e is the form of a heading ("neue Kraftstoffe"); "neuen Kraftstoffen" is not.
        if (
            before
            and before[0].islower()
            and before.endswith("e")
            and len(before) > 3
            and fold(before) not in stops
        ):
            yield f"{before} {words[place]}"
        if place + 2 < len(words) and words[place + 1] in _LINKS and noun(place + 2):
            yield " ".join(words[place : place + 3])


def _runs(words: list[str], language: str, single: bool) -> Iterator[str]:
    stops = STOP_WORDS.get(language, frozenset())
    run: list[str] = []
    for word in [*words, ""]:
        if word and fold(word) not in stops and not word.isdigit():
            run.append(word)
            continue
        # The whole run: parts of it are mostly no phrases ("leads advise one").
        if 2 <= len(run) <= 3:
            yield " ".join(run)
        if single:
            yield from run
        run = []
