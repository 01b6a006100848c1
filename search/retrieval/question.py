"""A question as typed -> what is looked up. Takes anything a keyboard, a clipboard or an attacker can send."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from search.analysis import Split, splits, words
from search.analysis.languages import guess
from search.analysis.normalise import clean
from search.analysis.stopwords import NO_STOP_WORDS, STOP_WORDS
from search.conf import conf

_PHRASE = re.compile(r"[\"„“”«»]([^\"„“”«»]{2,})[\"„“”«»]")
_EXCLUDED = re.compile(r"(?:^|(?<=\s))[-−–](?=[^\W_])([\w-]+)")
_SOMETHING = re.compile(r"[^\W_]")


@dataclass(frozen=True)
class AskedWord:
    place: int
    """in the question, the same in every language's analysis"""
    written: str
    language: str
    stem: str
    splits: tuple[Split, ...]
    """ways to read it as a compound"""


@dataclass(frozen=True)
class Question:
    text: str
    language: str
    words: tuple[AskedWord, ...]
    phrases: tuple[str, ...] = ()
    """must occur in a passage or title, as written except for case"""
    excluded: tuple[str, ...] = ()
    """terms that must not occur on the page, written "de:antrag" """
    too_long: bool = False

    @property
    def is_empty(self) -> bool:
        return not _SOMETHING.search(self.text)


def parse(typed: str, *, language: str, languages: Sequence[str]) -> Question:
    """`language` is the reader's, used where the question itself does not tell; `languages` are the site's."""
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
    asked_in = guess(wanted, language)
    return Question(
        text=text,
        language=asked_in,
        words=tuple(_asked(wanted, asked_in, languages)),
        phrases=tuple(phrase for phrase in phrases if _SOMETHING.search(phrase)),
        excluded=tuple(dict.fromkeys(excluded)),
        too_long=too_long,
    )


def _asked(text: str, asked_in: str, languages: Sequence[str]) -> list[AskedWord]:
    """The question's words in the analysis of each language: English pages are searched for their English stems.

    Function words of the question's own language are left out everywhere; "die" is no English word here.
    """
    found: list[AskedWord] = []
    own = STOP_WORDS.get(asked_in, NO_STOP_WORDS)
    for language in languages:
        seen: set[str] = set()
        for word in words(text, language):
            if word.term in seen or word.folded in own or len(seen) >= conf().question_max_words:
                continue
            seen.add(word.term)
            found.append(
                AskedWord(
                    place=word.start,
                    written=text[word.start : word.end],
                    language=language,
                    stem=word.term,
                    splits=splits(language, word.folded, parts=3),
                )
            )
    return found
