"""Which language a question is in. Enough for two languages; a tie goes to the reader's own."""

from __future__ import annotations

import re

from search.analysis.normalise import fold
from search.analysis.stopwords import STOP_WORDS

_GERMAN_LETTERS = re.compile("[äöüß]", re.I)
_WORD = re.compile(r"[^\W\d_]+")


def guess(question: str, default: str) -> str:
    """A language code of STOP_WORDS, by function words and German letters; `default` when they say nothing."""
    found = [fold(word) for word in _WORD.findall(question)]
    score = {
        language: sum(word in stops and not _shared(word) for word in found)
        for language, stops in STOP_WORDS.items()
    }
    score["de"] += len(_GERMAN_LETTERS.findall(question))
    best = max(score, key=lambda language: (score[language], language == default))
    return best if score[best] and score[best] > score.get(default, 0) else default


def _shared(word: str) -> bool:
    return all(word in stops for stops in STOP_WORDS.values())
