"""The marks of a question: read, compared, saved. Nobody's marks are overwritten without that person being told."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from search.evaluation.models import JudgedQuestion
from search.index.models import Passage


@dataclass(frozen=True)
class Mark:
    """What somebody says about a page as an answer to a question."""

    grade: int | None = None
    """0 to 3 (Judgement.Grade); None: nobody has said anything"""
    anchor: str = ""
    """of the passage that is meant; "" for the page as a whole"""


class ChangedMeanwhile(Exception):
    """Somebody else has saved the question since it was shown. `by` is None where the account is gone."""

    def __init__(self, by: Any, at: datetime | None) -> None:
        super().__init__("The question was changed by somebody else")
        self.by = by
        self.at = at


def marks_of(question: JudgedQuestion) -> dict[UUID, Mark]:
    """Per page its best mark: a file may mark several passages of a page, and the best one speaks for the page."""
    found: dict[UUID, Mark] = {}
    for judgement in question.judgements.order_by("-grade", "pk"):
        found.setdefault(judgement.translation_key, Mark(judgement.grade, judgement.anchor))
    return found


def fingerprint(question: JudgedQuestion) -> str:
    """Digest of a stored question with its marks. Goes into the form and comes back when it is saved."""
    rows = question.judgements.order_by("translation_key", "anchor").values_list(
        "translation_key", "anchor", "grade"
    )
    parts = (question.text, question.language, question.reader, question.kind, question.split, *rows)
    return hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()


def save(
    question: JudgedQuestion,
    marks: Mapping[UUID, Mark],
    *,
    seen: str,
    user: Any,
    headings: Mapping[tuple[UUID, str], str],
) -> None:
    """Saves a question, new or changed, and the marks of the pages in `marks`; all other pages keep theirs.

    `seen` is the fingerprint of what was on the screen. `headings` names passages: (key, anchor) -> heading.
    Raises ChangedMeanwhile, with nothing saved, and IntegrityError when the question exists twice.
    """
    with transaction.atomic():
        is_new = question.pk is None
        if not is_new:
            stored = JudgedQuestion.objects.select_for_update(of=("self",)).get(pk=question.pk)
            if fingerprint(stored) != seen:
                raise ChangedMeanwhile(stored.judged_by, stored.judged_at or stored.updated_at)
        question.judged_by, question.judged_at = user, timezone.now()
        if is_new:
            question.created_by = user
        question.save()
        before = marks_of(question)
        for key, mark in marks.items():
            if before.get(key, Mark()) != mark:
                _set(question, key, mark, headings.get((key, mark.anchor), ""))
        log(instance=question, action="wagtail.create" if is_new else "wagtail.edit", user=user)


def _set(question: JudgedQuestion, key: UUID, mark: Mark, heading: str) -> None:
    """Makes `mark` the only one of the page: the screen shows one, so one is what was decided about."""
    question.judgements.filter(translation_key=key).delete()
    if mark.grade is not None:
        question.judgements.create(
            translation_key=key, anchor=mark.anchor, grade=mark.grade, heading=heading[:300]
        )


def headings_of(page_ids: Iterable[int]) -> dict[int, list[tuple[str, str]]]:
    """Page -> (anchor, heading) of its passages in their order, each anchor once, the top of the page left out."""
    found: dict[int, dict[str, str]] = {}
    passages = Passage.objects.filter(page_id__in=list(page_ids)).exclude(anchor="")
    for page_id, anchor, path in passages.order_by("page_id", "ordinal").values_list(
        "page_id", "anchor", "heading_path"
    ):
        found.setdefault(page_id, {}).setdefault(anchor, " › ".join(path))
    return {
        page_id: [(anchor, heading) for anchor, heading in places.items() if heading]
        for page_id, places in found.items()
    }


def next_open(after: JudgedQuestion | None = None) -> JudgedQuestion | None:
    """A question that nobody has marked yet, other than `after`; the oldest first."""
    questions = JudgedQuestion.objects.filter(judgements__isnull=True).exclude(
        kind=JudgedQuestion.Kind.UNANSWERABLE
    )
    if after is not None:
        questions = questions.exclude(pk=after.pk)
    return questions.order_by("created_at", "pk").first()
