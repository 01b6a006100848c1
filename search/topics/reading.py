"""Topics and candidates as plain values, for whoever shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True)
class ReadPassage:
    """A passage on its page, with everything a link to it needs."""

    page_id: int
    page_key: UUID
    """the page's translation key"""
    kind: str
    """search_kind of the page: guide, case, need …"""
    title: str
    url: str
    """of the page; with "#" and `anchor` of the passage"""
    language: str
    """of the text, not of the reader"""
    anchor: str
    headings: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class Owner:
    """A cluster, for instance, in the reader's language where that version is visible."""

    key: UUID
    page_id: int
    title: str
    url: str
    language: str


@dataclass(frozen=True)
class ReadTopic:
    """A topic of an owner."""

    key: UUID
    owner: Owner
    label: str
    language: str
    """of the label"""
    terms: tuple[str, ...]
    weight: float
    """share of the owner's text, between 0 and 1"""
    pages: int
    """how many pages, translations counted once"""
    first_on: date
    last_on: date
    quarters: tuple[tuple[str, int], ...]
    """("2026-Q3", number of pages), oldest first, quarters without a page left out"""
    passages: tuple[ReadPassage, ...]
    """strongest first, one per page"""
    hidden: bool = False
    """only where `topics(..., hidden=True)` asked for them"""


@dataclass(frozen=True)
class Side:
    """One of the two owners of a candidate, with what it brings."""

    owner: Owner
    label: str
    """the topic's label, or the title of the need or offer"""
    topic: UUID | None
    """None for a need or offer"""
    page: ReadPassage | None
    """the need or offer itself; None for a topic"""


@dataclass(frozen=True)
class Pair:
    """A passage of each side, beside each other."""

    left: ReadPassage
    right: ReadPassage
    score: float


@dataclass(frozen=True)
class ReadCandidate:
    """A candidate for a bridge."""

    key: str
    """stable; what `reject` and `keep` take"""
    kind: str
    """"topic" or "need_offer"; in the latter `left` is the need"""
    left: Side
    right: Side
    score: float
    terms: tuple[str, ...]
    """what both speak of, in the reader's language, strongest first; may be empty"""
    explanation: str
    """one sentence in the active language, without HTML"""
    pairs: tuple[Pair, ...]
    """at least two, strongest first"""
    new_evidence: tuple[str, ...]
    """titles of pages that came after somebody rejected it; empty where nobody did"""
    found_at: datetime
