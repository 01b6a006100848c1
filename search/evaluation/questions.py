"""What a measurement asks, as plain values, wherever the questions come from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

TUNE, HELD = "tune", "held"
UNANSWERABLE = "unanswerable"


@dataclass(frozen=True)
class Question:
    """A question, and what answers it."""

    id: str
    text: str
    language: str
    wanted: Mapping[str, int] = field(default_factory=dict)
    """translation key of a page -> grade 1 to 3; empty: nothing answers it"""
    passages: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """translation key -> anchors of the passages that answer, where somebody has marked them"""
    text_language: str = ""
    """of the texts that answer it; "" where nothing does"""
    only_language: str | None = None
    """asked of texts in this language alone; None leaves it to the search, as readers do"""
    kind: str = ""
    split: str = ""
    member: bool = False
    judged: str = ""
    """digest of its judgements, where it comes from the site"""

    @property
    def pair(self) -> str:
        """ "de-en": a German question on English texts"""
        return f"{self.language}-{self.text_language or self.language}"

    @property
    def answerable(self) -> bool:
        return bool(self.wanted)


@dataclass(frozen=True)
class QuestionSet:
    name: str
    questions: tuple[Question, ...]
    warnings: tuple[str, ...] = ()
    """judgements that could not be used, in words"""

    def of_split(self, split: str) -> QuestionSet:
        """One half; `split` "all" or "" keeps everything."""
        if split in ("", "all"):
            return self
        return replace(self, questions=tuple(q for q in self.questions if q.split == split))

    def sample(self, size: int) -> QuestionSet:
        """At most `size` questions of each pair (and of those without an answer): always the same ones, and for a
        question asked of texts in two languages both or neither. 0 keeps all."""
        if size <= 0:
            return self
        groups: dict[tuple[str, bool], list[Question]] = {}
        for question in self.questions:
            groups.setdefault((question.pair, question.answerable), []).append(question)
        kept = {
            (question.id, question.pair)
            for group in groups.values()
            for question in sorted(group, key=lambda question: _lot(question.id))[:size]
        }
        return replace(self, questions=tuple(q for q in self.questions if (q.id, q.pair) in kept))

    @property
    def pairs(self) -> list[str]:
        """Pairs that have an answerable question, the questions' own language first."""
        found = {question.pair for question in self.questions if question.answerable}
        return sorted(found, key=lambda pair: (len(set(pair.split("-"))), pair))

    def answerable(self, pair: str = "") -> list[Question]:
        return [q for q in self.questions if q.answerable and pair in ("", q.pair)]

    def unanswerable(self) -> list[Question]:
        return [q for q in self.questions if not q.answerable]


def split_of(given: str, question_id: str) -> str:
    """A collection's own word for its halves as ours; a question without one is drawn by its id."""
    known = {"tune": TUNE, "train": TUNE, "dev": TUNE, "held": HELD, "test": HELD, "heldout": HELD}
    return known.get(given.strip().lower()) or (TUNE if _lot(question_id)[0] < "8" else HELD)


def digest(judgements: Iterable[tuple[str, str, int]]) -> str:
    """Of (translation key, anchor, grade): changes whenever a figure that rests on them could."""
    rows: Sequence[tuple[str, str, int]] = sorted(judgements)
    return hashlib.blake2b(repr(rows).encode(), digest_size=16).hexdigest()


def _lot(question_id: str) -> str:
    return hashlib.blake2b(question_id.encode(), digest_size=8).hexdigest()
