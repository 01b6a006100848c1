"""German compounds: every way in which a word could consist of two words, or three.

Whether a way is real is not decided here but by the corpus: at asking time a split counts when its parts occur
in what the reader may see (Koehn & Knight, Empirical Methods for Compound Splitting, EACL 2003, decide by corpus
frequency too). So the result never depends on the order in which pages were indexed.
"""

from __future__ import annotations

from functools import lru_cache

from search.analysis.stopwords import STOP_WORDS
from search.analysis.terms import stem

Split = tuple[str, ...]
"""Terms (stems) of the parts, first to last."""

MIN_WORD = 8
MIN_HEAD = 3
"""of the first part without its linking element: "Tag" in "Tagesordnung" """
MIN_LAST = 4
"""shorter last parts ("rat", "tag", "ung") match by accident far more often than by meaning"""
MAX_WORD = 80
MAX_WORD_OF_THREE = 45
"""Longer ones are no words but addresses, code or play: the longest in the demo texts has 32 letters. The number of
cuts grows with the square of the length for three parts, and a question must not cost seconds."""
LINKING_ELEMENTS = ("s", "es", "n", "en", "er", "e")
"""Langer, Zur Morphologie und Semantik von Nominalkomposita (1998): with none at all these cover nearly all
German compounds."""
DERIVED_BY = frozenset(
    {
        "artig",
        "bar",
        "fach",
        "fähig",
        "frei",
        "haft",
        "heit",
        "ion",
        "isch",
        "keit",
        "lich",
        "ling",
        "los",
        "losen",
    }
    | {
        "mäßig",
        "nis",
        "reich",
        "sam",
        "schaft",
        "stens",
        "tion",
        "tum",
        "ung",
        "ungen",
        "voll",
        "wärts",
        "weise",
    }
)
"""Endings that make words of words: "Öffnungszeiten" has no part "Ung", even where a text mentions one."""


@lru_cache(maxsize=32_768)
def splits(language: str, folded: str, *, parts: int = 2) -> tuple[Split, ...]:
    """Candidate splits of a folded word into two parts, or into two and three (`parts=3`).

    Empty for short and endless words, words with digits and languages that write compounds apart.
    """
    if language != "de" or not MIN_WORD <= len(folded) <= MAX_WORD or not folded.isalpha():
        return ()
    found: dict[Split, None] = {}
    for head, last in _pairs(folded):
        found[(head, stem(language, last))] = None
    if parts == 3 and len(folded) <= MAX_WORD_OF_THREE:
        for cut in range(MIN_HEAD, len(folded) - MIN_HEAD - MIN_LAST + 1):
            rest = folded[cut:]
            if len(rest) < MIN_WORD - 1:
                break
            for head in _heads(folded[:cut]):
                for middle, last in _pairs(rest):
                    found[(head, middle, stem(language, last))] = None
    whole = stem(language, folded)
    return tuple(split for split in found if whole not in split)


def _pairs(folded: str) -> list[tuple[str, str]]:
    """(stem of the head, last part as written) for every cut."""
    pairs: list[tuple[str, str]] = []
    for cut in range(MIN_HEAD, len(folded) - MIN_LAST + 1):
        last = folded[cut:]
        if last in STOP_WORDS["de"] or last in DERIVED_BY:
            continue
        pairs.extend((head, last) for head in _heads(folded[:cut]))
    return pairs


def _heads(head: str) -> list[str]:
    """Stems of a first part as it stands and without each linking element that it could end in."""
    if head in DERIVED_BY:
        return []
    forms = {head}
    forms.update(head.removesuffix(link) for link in LINKING_ELEMENTS if head.endswith(link))
    stems = {stem("de", form) for form in forms if len(form) >= MIN_HEAD and form not in STOP_WORDS["de"]}
    return sorted(stems)
