"""What an answer consists of. Plain text throughout; whoever shows it escapes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID


class Fragment(NamedTuple):
    """A stretch of an excerpt. The excerpt is the fragments in order, without anything between them."""

    text: str
    marked: bool = False
    """a word that the question asked for, or a compound that contains it"""
    best: bool = False
    """inside the sentence that matters most"""


@dataclass(frozen=True)
class HitPassage:
    anchor: str
    heading_path: tuple[str, ...]
    fragments: tuple[Fragment, ...]


@dataclass(frozen=True)
class Hit:
    page_id: int
    translation_key: UUID
    kind: str
    title: str
    title_fragments: tuple[Fragment, ...]
    url: str
    """of the page, without the passage's anchor"""
    language: str
    passage: HitPassage
    more: tuple[HitPassage, ...]
    """further passages of the page in which words of the question occur"""
    found_language: str
    """of the translation in which it was found; `matched` and `matched_as` are words of that one"""
    matched: tuple[str, ...]
    """words of the question that stand there themselves, as asked, in their order"""
    matched_as: tuple[tuple[str, str], ...]
    """(word as asked, word that stood for it) for the others: a compound, a part, a translation, a correction"""
    by_meaning: bool
    """no word of the question says why this is here"""
    facets: Mapping[str, tuple[str, ...]]
    score: float
    """between 0 and 1, comparable within one answer only"""


@dataclass(frozen=True)
class Correction:
    """A word that the index does not know, and the one that was looked for instead."""

    typed: str
    """as in the question"""
    meant: str
    """as an author wrote it"""


@dataclass(frozen=True)
class Answer:
    question: str
    """as understood: cleaned and cut"""
    hits: tuple[Hit, ...] = ()
    total: int = 0
    """results that pass the filters, on all pages of results together"""
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Per filter ("kind", "language", and what the pages' facets name): value -> number of results, as if that
    filter were not set and all others were. Most frequent first."""
    lexical_only: bool = False
    """the model was not there in time; words alone decided"""
    model: str = ""
    """fingerprint of the model whose vectors were compared with the question's; "" where words alone decided"""
    without_quotes: bool = False
    """nothing has the quoted words just so; the answer is to the question without its quotation marks"""
    too_long: bool = False
    """only the beginning of the question was used"""
    timed_out: bool = False
    """the database gave up; nothing can be said about what there is"""
    corrections: tuple[Correction, ...] = ()
    """words that were looked for in another spelling; empty when every word is known, or none comes near"""
    suggestion: str | None = None
    """the question with the corrections in it, to be asked instead; None without any"""
    evidence: Mapping[str, float] = field(default_factory=dict)
    """What `confidence` is computed from (retrieval/confidence.py)."""
    confidence: float = 1.0
    """Probability, by this site's calibration, that the first results answer the question; in [0, 1]. Comparable
    between questions."""
    answered: bool = True
    """False: below the line under which the site should say that it knows nothing of this. `hits` are then the
    nearest there is and to be offered as such. True for an empty question and where no calibration exists."""


NOTHING = HitPassage(anchor="", heading_path=(), fragments=())
