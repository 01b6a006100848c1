"""What has been typed so far -> what may be looked up, as patterns that PostgreSQL and Python read alike."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from search.analysis import words
from search.analysis.languages import guess
from search.analysis.normalise import clean, fold
from search.analysis.stopwords import NO_STOP_WORDS, STOP_WORDS

LONGEST = 200
"""Characters. Nobody who writes more is looking for a completion; a question of 24 words has some 160."""
MOST_WORDS = 12
"""Each word is a pattern that is tried on every title."""
LEAST_LETTERS = 2
"""of the word being typed: one letter says nothing and costs the most rows"""
LEAST_INSIDE = 5
"""letters of a word that is looked for inside compounds, too: shorter ones stand in half of all words by accident"""
LONGEST_WORD = 60

LETTER = "0-9A-Za-zÀ-ÖØ-öø-ʯͰ-῿"
"""Inside brackets: what a word consists of. Spelled out, since `\\w` means something else in every locale."""
WORD_START = f"(?<![{LETTER}])"
HYPHEN = "[-‐‑]"

_TOKEN = re.compile(r"[^\W_]+(?:['’‐‑-][^\W_]+)*")
_VARIANTS = {"a": "àáâãäåā", "c": "ç", "e": "èéêëē", "i": "ìíîï", "n": "ñ", "o": "òóôõöø", "u": "ùúûüū"}
_UMLAUTS = {"a": "ä", "o": "ö", "u": "ü"}


@dataclass(frozen=True)
class Typed:
    """A beginning of a question, cleaned; patterns are regular expressions without anchors."""

    before: str
    """everything in front of the word being typed, as typed"""
    last: str
    """the word being typed, as typed; "" when it is finished, too short, or a function word inside a question"""
    last_pattern: str
    """of its letters; "" with `last`"""
    initials: tuple[str, ...]
    """what a word of the vocabulary may begin with, to match `last_pattern`; none with `last`"""
    inside: bool
    """long enough to be looked for inside compounds"""
    patterns: tuple[str, ...]
    """of the finished words that say something; a title must have them all"""
    earlier: tuple[tuple[int, str], ...]
    """(number of the word, its term "de:antrag") of the finished words, in every language's analysis"""


def read(typed: str, *, language: str, languages: Sequence[str]) -> Typed | None:
    """None when nothing can be suggested. Takes anything; `language` is the reader's."""
    if len(typed) > 2 * LONGEST:
        return None
    text = re.sub(r"\s+", " ", clean(typed)).lstrip()
    tokens = list(_TOKEN.finditer(text))
    if not tokens or len(text) > LONGEST or len(tokens) > 2 * MOST_WORDS:
        return None
    stops = STOP_WORDS.get(guess(text, language), NO_STOP_WORDS)
    unfinished = tokens[-1].end() == len(text.rstrip("-‐‑"))
    finished = tokens[:-1] if unfinished else tokens
    said = [token.group()[:LONGEST_WORD] for token in finished if fold(token.group()) not in stops]
    last = tokens[-1].group() if unfinished else ""
    if len(tokens) > 1 and fold(last) in stops and not last[0].isupper():
        # "Mitglieder in": what follows is not known yet, and nobody is asking about "Innovation". With a capital, though,
        # as in "Wie gewinne ich Mit", a noun is being written.
        last = ""
    if len(last) < LEAST_LETTERS or len(last) > LONGEST_WORD:
        last = ""
    if not (said or last) or len(said) > MOST_WORDS:
        return None
    return Typed(
        before=text[: tokens[-1].start()] if last else text,
        last=last,
        last_pattern=pattern(last) if last else "",
        initials=_initials(last) if last else (),
        inside=len(last) >= LEAST_INSIDE,
        patterns=tuple(pattern(word) for word in said),
        earlier=tuple(
            dict.fromkeys(
                (number, f"{code}:{word.term}")
                for number, written in enumerate(said)
                for code in languages
                for word in words(written, code)
            )
        ),
    )


def pattern(word: str) -> str:
    """A regular expression for the letters of a word, whichever way its umlauts, accents and capitals are written.

    "foerder", "forder" and "förder" all match "Förder"; "strasse" matches "Straße". Holds nothing but letters,
    digits, brackets and bars, so that it means the same to PostgreSQL and to Python.
    """
    folded = fold(word)
    found = []
    place = 0
    while place < len(folded):
        letter, pair = folded[place], folded[place : place + 2]
        if pair == "ss":
            found.append("(?:[sS][sS]|ß|ẞ)")
            place += 2
            continue
        if len(pair) == 2 and letter in _UMLAUTS and pair[1] == "e":
            found.append(f"(?:{_letter(letter)}[eE]|[{_both(_UMLAUTS[letter])}])")
            place += 2
            continue
        if letter in "äöü":
            plain = {umlaut: plain for plain, umlaut in _UMLAUTS.items()}[letter]
            found.append(f"(?:[{_both(letter)}]|[{_both(plain)}][eE])")
        elif letter in "-‐‑":
            found.append(f"{HYPHEN}?")
        elif letter in "'’":
            found.append("['’]?")
        elif letter.isalnum():
            found.append(_letter(letter))
        place += 1
    return "".join(found)


def _initials(word: str) -> tuple[str, ...]:
    """The vocabulary is folded: small letters, umlauts kept, other accents gone."""
    first = fold(word)[:1]
    return (
        first,
        *(pair[1 - place] for pair in _UMLAUTS.items() for place in (0, 1) if pair[place] == first),
    )


def _letter(letter: str) -> str:
    return f"[{_both(letter + _VARIANTS.get(letter, ''))}]"


def _both(letters: str) -> str:
    """Every letter small and large, where the large one is one letter."""
    large = (letter.upper() for letter in letters)
    return letters + "".join(letter for letter in large if len(letter) == 1 and letter not in letters)
