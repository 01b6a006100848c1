"""What a page must offer to be found. `search` knows these names and nothing of the pages behind them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol, runtime_checkable


@dataclass(frozen=True)
class Passage:
    """A stretch of a page that can answer a question by itself, as its author cut it."""

    anchor: str
    """id of the element on the page; "" is the top of the page"""
    heading_path: tuple[str, ...]
    """headings above the text, outermost first, without the page's title"""
    text: str
    """plain text, paragraphs separated by a newline"""


@dataclass(frozen=True)
class RelatedLink:
    """A link that an author made by hand, with its meaning."""

    kind: str
    """complements, alternative, builds_on, template, guide, case, field or cluster"""
    page_id: int


@runtime_checkable
class Searchable(Protocol):
    """A Page subclass that offers these is indexed."""

    search_kind: str

    def passages(self) -> Iterable[Passage]: ...

    def search_facets(self) -> Mapping[str, Sequence[str]]: ...

    def search_keywords(self) -> str: ...

    def related_links(self) -> Sequence[RelatedLink]: ...


@runtime_checkable
class Reading(Protocol):
    """A page whose words or facets stand in rows that it points to: they are read with it, not one by one."""

    search_reads: Sequence[str]
    """names of foreign keys"""


@runtime_checkable
class Limited(Protocol):
    """A page whose content counts for a limited time: afterwards nothing is concluded from it any more."""

    valid_until: date | None


@runtime_checkable
class Dated(Protocol):
    """A page that speaks of another time than that of its publication."""

    def dated_on(self) -> date | None: ...
