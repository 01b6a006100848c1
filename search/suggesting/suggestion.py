"""What a suggestion consists of. Plain text throughout; whoever shows it escapes it."""

from __future__ import annotations

from dataclasses import dataclass

from search.retrieval.answer import Fragment


@dataclass(frozen=True)
class Suggestion:
    """A question to ask, when `url` is "", or a place to go to."""

    text: str
    """the question with its last word completed, the page's title, or a heading on the page"""
    fragments: tuple[Fragment, ...]
    """`text` in pieces, without anything between them; `marked` is what was typed"""
    language: str
    """of the word, title or heading"""
    url: str = ""
    """of the page, with the anchor of the heading"""
    kind: str = ""
    """`search_kind` of the page"""
    page_title: str = ""
    """title of the page that the heading stands on; "" for the other two"""
