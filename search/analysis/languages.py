"""Which language a question is in. Enough for two languages; a tie goes to the reader's own."""

from __future__ import annotations

import re
from collections.abc import Callable

from search.analysis.normalise import fold
from search.analysis.stopwords import STOP_WORDS

_GERMAN_LETTERS = re.compile("[äöüß]", re.I)
_WORD = re.compile(r"[^\W\d_]+")


def guess(question: str, default: str, *, known: Callable[[str, str], bool] | None = None) -> str:
    """A language code of STOP_WORDS, by function words and German letters; `default` when they say nothing.

    `known(folded word, language)` may help where there are none: "grant application" has no function word.
    """
    found = [fold(word) for word in _WORD.findall(question)]
    score: dict[str, float] = {
        language: sum(word in stops and not _shared(word) for word in found)
        for language, stops in STOP_WORDS.items()
    }
    score["de"] += len(_GERMAN_LETTERS.findall(question))
    if known is not None and not any(score.values()):
        score = {language: sum(known(word, language) for word in found[:8]) for language in STOP_WORDS}
        # Many words are of both languages ("Workshop", "Format"): leave the reader's own only for a clear reason.
        score[default] = score.get(default, 0) + (len(found) > 1) * 0.5
    best = max(score, key=lambda language: (score[language], language == default))
    return best if score[best] and score[best] > score.get(default, 0) else default


def _shared(word: str) -> bool:
    return all(word in stops for stops in STOP_WORDS.values())
