"""Deciding, and reading what was decided."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser

from search.curation.models import Decision

PINNED, DISMISSED = Decision.Verdict.PINNED, Decision.Verdict.DISMISSED


def decide(page_key: UUID, other_key: UUID, verdict: str, *, by: AbstractBaseUser) -> Decision | None:
    """Adds a decision; None where it is in force already, so that a second click says nothing twice.

    Raises ValueError for an unknown verdict, and for a page with itself. Asks for no permission: the caller does.
    """
    if verdict not in Decision.Verdict.values:
        raise ValueError(f"no such verdict: {verdict}")
    if page_key == other_key:
        raise ValueError("a page does not belong with itself")
    newest = in_force(page_key).get(other_key)
    if (newest.verdict if newest else Decision.Verdict.RESTORED) == verdict:
        return None
    return Decision.objects.create(page_key=page_key, other_key=other_key, verdict=verdict, by_id=by.pk)


def in_force(page_key: UUID) -> dict[UUID, Decision]:
    """The newest decision about each page that somebody decided about, newest first."""
    newest = Decision.objects.filter(page_key=page_key).order_by("other_key", "-id").distinct("other_key")
    found = list(Decision.objects.filter(pk__in=newest.values("pk")).select_related("by").order_by("-pk"))
    return {decision.other_key: decision for decision in found}


@dataclass(frozen=True)
class Judgement:
    """A pair of pages as an editor left it: what an evaluation can be held against."""

    page_key: UUID
    other_key: UUID
    belongs: bool


def judgements() -> Iterator[Judgement]:
    """All pairs that are pinned or dismissed now, in a stable order."""
    newest = Decision.objects.order_by("page_key", "other_key", "-id").distinct("page_key", "other_key")
    for decision in newest:
        if decision.verdict != Decision.Verdict.RESTORED:
            yield Judgement(decision.page_key, decision.other_key, decision.verdict == PINNED)
