"""What is typed -> at most eight suggestions: one statement, nothing else."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from search.analysis import stem
from search.analysis.normalise import fold
from search.conf import conf
from search.reader import Reader
from search.retrieval.answer import Fragment
from search.retrieval.asking import site_languages
from search.retrieval.audience import Audience, with_audience
from search.retrieval.statement import TimedOut, run, sql
from search.retrieval.urls import page_url
from search.suggesting.suggestion import Suggestion
from search.suggesting.typed import HYPHEN, LETTER, WORD_START, Typed, read

logger = logging.getLogger(__name__)

STATEMENT = "../suggesting/suggest.sql"

LIMIT = 8
"""As many as fit under the box of a phone; the pattern's guide (WAI-ARIA APG, combobox) has no figure."""
MOST_WORDS = 4
"""of them completed questions, while there are pages to go to"""
CANDIDATES = 24
"""Words whose spelling is looked up: three times what is shown, since some turn out to be the same word."""
SAMPLES = 5
"""Passages read to see how a word is written."""
TOGETHER = 6
"""A page that has one of the words before counts this much more, so that what completes the question outweighs what
stands in a title elsewhere (`weight_title` is 4)."""
LOWER_CASE = 0.4
"""Worth of a German word written small: "getan" is on more pages than "Gesuch", and nobody asks about it."""
VERB_AFTER_WORDS = 1.0
"""... except an infinitive that ends a question: "Mitglieder gewinnen"."""
TIMEOUT_MS = 250
"""A suggestion that comes later is one for what was typed before."""


def suggest(typed: str, *, reader: Reader, language: str, limit: int = LIMIT) -> tuple[Suggestion, ...]:
    """Suggestions for what has been typed, from what `reader` may see, in `language` first.

    Never raises for what was typed; empty when nothing fits.
    """
    asked = read(typed, language=language, languages=site_languages())
    if asked is None:
        return ()
    try:
        found = with_audience(
            reader,
            lambda audience: run(
                sql(STATEMENT), statement_params(asked, audience, language), timeout_ms=TIMEOUT_MS
            ),
            timeout_ms=conf().statement_timeout_ms,
        )
    except TimedOut:
        logger.warning("Suggestions took longer than %s ms in PostgreSQL", TIMEOUT_MS)
        return ()
    return _chosen(
        [_question(asked, word, code) for word, code in found["words"] if fold(word) != fold(asked.last)],
        [_page(asked, title) for title in found["titles"]],
        [_place(asked, heading) for heading in found["headings"]],
        limit,
    )


def statement_params(asked: Typed, audience: Audience, language: str) -> dict[str, Any]:
    """The names that suggest.sql reads."""
    last = asked.last_pattern
    patterns = [WORD_START + pattern for pattern in asked.patterns]
    if last:
        patterns.append(last if asked.inside else WORD_START + last)
    # A compound is read from where it begins, so that all of it is seen; otherwise what was typed begins it.
    head = f"[{LETTER}]*(?:{HYPHEN}[{LETTER}]+)*{HYPHEN}?" if asked.inside else ""
    rest = f"[{LETTER}]*(?:{HYPHEN}[{LETTER}]+)*"
    return {
        **audience.bits_params(),
        "language": language,
        "unfinished": bool(last),
        # For an index, which knows nothing of patterns.
        "initials": list(asked.initials),
        "begins": f"^{last}",
        "last_stem": stem("de", fold(asked.last)),  # the only language of the analysis that has compounds
        "inside": asked.inside,
        "word": f"{WORD_START}({head}{last}{rest})",
        "patterns": patterns,
        "first": f"^(?:{patterns[0]})",
        "earlier_words": [number for number, _ in asked.earlier],
        "earlier_terms": [term for _, term in asked.earlier],
        "factor_verb": VERB_AFTER_WORDS if asked.earlier else LOWER_CASE,
        "factor_lower": LOWER_CASE,
        "weight_title": conf().weight_title,
        "weight_heading": conf().weight_heading,
        "together": TOGETHER,
        "candidates": CANDIDATES,
        "samples": SAMPLES,
        "limit": LIMIT,
    }


def _chosen(
    words: Sequence[Suggestion], pages: Sequence[Suggestion], places: Sequence[Suggestion], limit: int
) -> tuple[Suggestion, ...]:
    """Words first, then pages, then places on pages; what one sort does not fill, another does."""
    kept = min(len(words), max(MOST_WORDS, limit - len(pages) - len(places)))
    chosen = [*words[:kept], *pages, *places] if len(pages) <= limit - kept else [*words[:kept], *pages]
    return tuple(chosen[:limit])


def _question(asked: Typed, word: str, language: str) -> Suggestion:
    text = asked.before + word
    start = len(asked.before)
    return Suggestion(
        text=text,
        fragments=_marked(text, (), asked, start),
        language=language,
    )


def _page(asked: Typed, found: dict[str, Any]) -> Suggestion:
    return Suggestion(
        text=found["title"],
        fragments=_marked(found["title"], asked.patterns, asked),
        language=found["language"],
        url=page_url(found["url_path"]),
        kind=found["kind"],
    )


def _place(asked: Typed, found: dict[str, Any]) -> Suggestion:
    anchor = f"#{found['anchor']}" if found["anchor"] else ""
    return Suggestion(
        text=found["heading"],
        fragments=_marked(found["heading"], asked.patterns, asked),
        language=found["language"],
        url=page_url(found["url_path"]) + anchor,
        kind=found["kind"],
        page_title=found["title"],
    )


def _marked(text: str, finished: Sequence[str], asked: Typed, begin: int = 0) -> tuple[Fragment, ...]:
    """`text` with the typed words marked from `begin` on: at the beginning of words, else inside one."""
    found = [match.span() for one in finished for match in re.finditer(WORD_START + one, text)]
    if asked.last_pattern:
        last = [match.span() for match in re.finditer(WORD_START + asked.last_pattern, text[begin:])]
        if not last and (match := re.search(asked.last_pattern, text[begin:])):
            last = [match.span()]
        found += [(begin + left, begin + right) for left, right in last]
    edges = sorted({0, len(text), *(edge for span in found for edge in span)})
    return tuple(
        Fragment(text[left:right], any(first <= left and right <= end for first, end in found))
        for left, right in pairwise(edges)
    )
