"""Takes what looks like a person out of a question. Rather too much than too little.

What it cannot do, so that nobody relies on it: a family name alone ("Was will Krüger?"), most names in small letters
("enno harms anrufen"), a rare given name before a family name that is a word ("Eike Stamm"), a person described instead
of named ("die neue Leiterin in Altona"). docs/decisions/search-gaps.md says how often. Therefore what is left is kept
short, for 30 days, and then only as counts of at least three (search.gaps.ageing).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from search.gaps.masking import addresses, names

MASK = "[…]"

Known = Callable[[Iterable[str]], frozenset[str]]
"""folded words -> those of them that are words of the language or of public pages"""

_SEVERAL = re.compile(rf"{re.escape(MASK)}(?:[\s,;:/&+.-]*{re.escape(MASK)})+")


def mask(text: str, known: Known) -> str:
    """`text` (cleaned, on one line) with MASK instead of names, mail and web addresses, numbers that lead to a person."""
    text = _blank(text, addresses.find(text))
    text = _blank(text, names.find(text, known))
    return " ".join(_SEVERAL.sub(MASK, text).split())


def _blank(text: str, spans: Iterable[tuple[int, int]]) -> str:
    pieces, at = [], 0
    for start, end in sorted(spans):
        if end <= at:
            continue
        pieces += [text[at : max(start, at)], MASK]
        at = end
    return "".join([*pieces, text[at:]])
