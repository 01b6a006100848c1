"""Sentences that are too long to be understood at first reading.

A plain count of words, no formula: an editor can shorten a sentence, but not an index. Amstad's German Flesch index and
the Wiener Sachtextformel rate whole texts, count syllables, and say of a list of short steps whatever they like.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kb.checks.finding import Finding
from kb.checks.texts import Piece
from kb.core.plain_text import plain_text
from search.analysis.sentences import sentences

LONGEST = {"de": 25, "en": 25}
"""Words. English: GOV.UK, "Sentence length: why 25 words is our limit" (2014). German: between the 20 words that the
Hohenheimer Verständlichkeitsindex counts as long and the 30 that the news agency dpa allows at most (W. Schneider,
"Deutsch für Profis")."""
MOST = 5
"""Named one by one; the rest are counted."""
SHOWN = 60


def check(found: list[Piece], language: str) -> Iterator[Finding]:
    """`language` is the page's."""
    limit = LONGEST.get(language, min(LONGEST.values()))
    long = [
        (len(sentence.split()), sentence, piece)
        for piece in found
        if piece.kind in ("text", "rich")
        for sentence in _sentences(piece)
        if len(sentence.split()) > limit
    ]
    long.sort(key=lambda one: -one[0])
    for words, sentence, piece in long[:MOST]:
        text = _("A sentence of %(n)s words: “%(sentence)s”. Make two of it.")
        yield Finding(text % {"n": words, "sentence": _beginning(sentence)}, piece.path, piece.place)
    more = len(long) - MOST
    if more > 0:
        text = ngettext(
            "%(n)s more sentence has over %(limit)s words.",
            "%(n)s more sentences have over %(limit)s words.",
            more,
        )
        yield Finding(text % {"n": more, "limit": limit})


def _sentences(piece: Piece) -> list[str]:
    text = plain_text(piece.value) if piece.kind == "rich" else str(piece.value)
    return [text[one.start : one.end] for one in sentences(text)]


def _beginning(sentence: str) -> str:
    return sentence if len(sentence) <= SHOWN else f"{sentence[:SHOWN].rsplit(' ', 1)[0]} …"
