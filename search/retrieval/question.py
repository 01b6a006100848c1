"""A question as typed -> what is looked up. Takes anything a keyboard, a clipboard or an attacker can send."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from search.analysis import Word, stem, words
from search.analysis.languages import guess
from search.analysis.normalise import clean
from search.analysis.stopwords import STOP_WORDS
from search.bilingual import Translations, clauses, is_word, shipped
from search.conf import conf

_PHRASE = re.compile(r"[\"„“”«»]([^\"„“”«»]{2,})[\"„“”«»]")
_EXCLUDED = re.compile(r"(?:^|(?<=\s))[-−–](?=[^\W_])([\w-]+)")
_SOMETHING = re.compile(r"[^\W_]")


@dataclass(frozen=True)
class AskedWord:
    """A word of the question as texts of one language are searched for it."""

    place: int
    """where the word begins in the question; its forms in several languages share it"""
    written: str
    folded: str
    language: str
    """of the texts"""
    alternatives: tuple[tuple[str, float], ...]
    """(stem, weight): the word itself, or its translations"""
    weight: float = 1.0
    """beside the question's other words"""
    own: bool = True
    """the texts are in the question's own language"""


@dataclass(frozen=True)
class Question:
    text: str
    wanted: str
    """the text without minus words; `AskedWord.place` counts in it"""
    language: str
    words: tuple[AskedWord, ...]
    phrases: tuple[str, ...] = ()
    """must occur in a passage or title, as written except for case"""
    phrase_places: tuple[int, ...] = ()
    """`AskedWord.place` of the words in them"""
    excluded: tuple[str, ...] = ()
    """terms that must not occur on the page, written "de:antrag" """
    too_long: bool = False

    @property
    def is_empty(self) -> bool:
        return not _SOMETHING.search(self.text)


def parse(
    typed: str, *, language: str, languages: Sequence[str], table: Translations | None = None
) -> Question:
    """`language` is the reader's, used where the question itself does not tell; `languages` are the site's.

    `table` translates its words; the shipped one if None.
    """
    table = table or shipped()
    limit = conf().question_max_chars
    # Cut before cleaning: what arrives may be megabytes. Twice the limit leaves room for what cleaning removes.
    text = " ".join(clean(typed[: limit * 2]).split())
    too_long = len(text) > limit or len(typed) > limit * 2
    if len(text) > limit:
        text = text[:limit].rsplit(" ", 1)[0] if " " in text[:limit] else text[:limit]
    phrases = tuple(" ".join(phrase.split()) for phrase in _PHRASE.findall(text))
    wanted = _EXCLUDED.sub(" ", text)
    excluded = tuple(
        f"{code}:{word.term}"
        for code in languages
        for match in _EXCLUDED.finditer(text)
        for word in words(match.group(1), code)
    )
    asked_in = guess(wanted, language, known=partial(_known, table))
    asked = tuple(_asked(wanted, asked_in, languages, table))
    return Question(
        text=text,
        wanted=wanted,
        language=asked_in,
        words=asked,
        phrases=tuple(phrase for phrase in phrases if _SOMETHING.search(phrase)),
        phrase_places=_places(phrases, asked, asked_in),
        excluded=tuple(dict.fromkeys(excluded)),
        too_long=too_long,
    )


def _places(phrases: Sequence[str], asked: Sequence[AskedWord], asked_in: str) -> tuple[int, ...]:
    """Of the words in the phrases that every text with the phrase has among its terms, whatever its language: a word
    that one of the languages leaves out is none."""
    terms = {
        word.term
        for phrase in phrases
        for word in words(phrase, asked_in)
        if not any(word.folded in stops for stops in STOP_WORDS.values())
    }
    return tuple(dict.fromkeys(word.place for word in asked if stem(asked_in, word.folded) in terms))


def _asked(text: str, asked_in: str, languages: Sequence[str], table: Translations) -> list[AskedWord]:
    """The question's words, and what stands for them in texts of the site's other languages.

    A compound that the term table does not know becomes a word for each part that it knows.
    """
    found: list[AskedWord] = []
    seen: set[str] = set()
    for word in words(text, asked_in):
        if word.term in seen or len(seen) >= conf().question_max_words:
            continue
        seen.add(word.term)
        written = text[word.start : word.end]
        if asked_in in languages:
            own = ((word.term, 1.0),)
            found.append(AskedWord(word.start, written, word.folded, asked_in, own))
        for language in languages:
            if language != asked_in:
                found.extend(_abroad(word, written, asked_in, language, table))
    return found


def _abroad(word: Word, written: str, asked_in: str, language: str, table: Translations) -> list[AskedWord]:
    bridge = conf().bridge
    if not bridge:
        same = ((stem(language, word.folded), 1.0),)
        return [AskedWord(word.start, written, word.folded, language, same, own=False)]
    return [
        AskedWord(
            word.start,
            written,
            word.folded,
            language,
            clause.alternatives,
            clause.weight * bridge,
            own=False,
        )
        for clause in clauses(word.term, asked_in, language, word=word.folded, table=table)
    ]


def _known(table: Translations, word: str, language: str) -> bool:
    """Whether a folded word is one of this language; function words, which have no row, are."""
    return word in STOP_WORDS.get(language, ()) or is_word(stem(language, word), language, table)
