"""A practice guide as plain values, between the file it came from and the page it becomes."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Facts:
    """Key facts; None or "" where the source is silent. Durations in minutes, effort in person-days."""

    kind: str = ""
    task_area: str = ""
    phase: str = ""
    duration_min: int | None = None
    duration_max: int | None = None
    lead_time_days: int | None = None
    group_min: int | None = None
    group_max: int | None = None
    effort_days: Decimal | None = None
    cost_class: str = ""
    cost_note: str = ""
    mode: str = ""
    difficulty: str = ""
    reviewed_on: datetime.date | None = None
    next_review: datetime.date | None = None
    reviewed_by: str = ""
    status: str = ""
    authors: str = ""
    source: str = ""
    source_url: str = ""
    licence: str = ""
    contact: str = ""


@dataclass(frozen=True)
class Role:
    role: str
    count: int | None = None
    task: str = ""


@dataclass(frozen=True)
class Step:
    title: str
    text: str  # rich text
    minutes: int | None = None
    tip: str = ""  # plain text


@dataclass(frozen=True)
class Pitfall:
    problem: str
    remedy: str  # rich text


@dataclass(frozen=True)
class Variant:
    title: str
    text: str  # rich text


@dataclass(frozen=True)
class Measure:
    indicator: str
    question: str = ""
    scale: str = ""


@dataclass(frozen=True)
class BodySection:
    """A heading with rich text below it."""

    heading: str
    text: str


@dataclass(frozen=True)
class BodyParagraph:
    """Rich text without a heading of its own."""

    text: str


@dataclass(frozen=True)
class BodyTable:
    rows: tuple[tuple[str, ...], ...]  # the header first
    caption: str = ""


BodyItem = BodySection | BodyParagraph | BodyTable


@dataclass(frozen=True)
class Reading:
    """Words of the source that became structure: a heading that is now a field, “(15 min)”, “Tip:”."""

    words: str
    became: str


@dataclass(frozen=True)
class GuideDraft:
    """Everything a source says, at its place. Rich text where the field of the page is rich text."""

    title: str
    summary: str = ""
    summary_from: str = "front matter"  # or "heading", "text" (its first sentences), "title"
    keywords: str = ""
    language: str = ""  # as the source says it, in lower case
    source_id: str = ""
    facts: Facts = field(default_factory=Facts)
    purpose: str = ""
    when_to_use: str = ""
    when_not_to_use: str = ""
    inclusive_delivery: str = ""
    roles: tuple[Role, ...] = ()
    preparation: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    pitfalls: tuple[Pitfall, ...] = ()
    variants: tuple[Variant, ...] = ()
    success: tuple[Measure, ...] = ()
    body: tuple[BodyItem, ...] = ()
    readings: tuple[Reading, ...] = ()
    unused: Mapping[str, Any] = field(default_factory=dict)  # front matter that has no place on a guide
