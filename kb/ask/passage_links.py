"""The address of a passage: its anchor, and where the browser can, its best sentence marked on the page.

The sentence travels as a text directive (https://wicg.github.io/scroll-to-text-fragment/): the browser looks for it
across elements, scrolls to it and marks it, without a script and without a trace in what the server is asked. What is
not found on the page (a file's text, a list read together) leaves the anchor in force.
"""

from __future__ import annotations

from urllib.parse import quote

from search.retrieval import HitPassage

WHOLE_WORDS = 8
"""A sentence up to this long is named whole, a longer one by its first and last words."""
ENDS_WORDS = 4
SHORTEST_WORDS = 3
"""Fewer stand in too many places: the first one on the page would be marked."""
_PUNCTUATION = ".,;:!?…–—-()[]\"'„“”‚‘’«»›‹*•· "


def passage_url(url: str, passage: HitPassage) -> str:
    """`url` of a page with the passage's anchor and the directive of its best sentence, each where there is one."""
    directive = text_directive("".join(part.text for part in passage.fragments if part.best))
    if not (passage.anchor or directive):
        return url
    return f"{url}#{passage.anchor}{directive}"


def text_directive(sentence: str) -> str:
    """ ":~:text=…" for a sentence of the page; "" for one that is too short to be found for certain."""
    words = sentence.strip(_PUNCTUATION).split()
    if len(words) < SHORTEST_WORDS:
        return ""
    if len(words) <= WHOLE_WORDS:
        return f":~:text={_encoded(words)}"
    return f":~:text={_encoded(words[:ENDS_WORDS])},{_encoded(words[-ENDS_WORDS:])}"


def _encoded(words: list[str]) -> str:
    # A hyphen beside a comma would start a context term, and quote() leaves it alone.
    return quote(" ".join(words).strip(_PUNCTUATION), safe="").replace("-", "%2D")
