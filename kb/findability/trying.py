"""Asking a question on behalf of a reader: where does this page come?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from wagtail.models import Page

from kb.core.visibility import visible_to
from search.reader import ANONYMOUS, Reader
from search.retrieval import Answer, Hit, ask

DEPTH = 50


@dataclass(frozen=True)
class Try:
    question: str
    place: int | None
    """1 for the first result; None where the page is not among the first `DEPTH`"""
    total: int
    hit: Hit | None
    before: list[Hit]
    """up to three results before it, or the first three where it was not found"""
    as_visitor: bool
    """False: the page is not open to visitors, so the question was asked with the editor's own rights"""
    answer: Answer


def attempt(page: Page, question: str, user: Any) -> Try:
    """Noted nowhere."""
    as_visitor = visible_to(Page.objects.filter(pk=page.pk), ANONYMOUS).exists()
    reader = ANONYMOUS if as_visitor else Reader.of(user)
    answer = ask(question, reader=reader, language=page.locale.language_code, limit=DEPTH)
    place, hit = next(
        (
            (number, one)
            for number, one in enumerate(answer.hits, start=1)
            if one.translation_key == page.translation_key
        ),
        (None, None),
    )
    before = list(answer.hits[: min(3, place - 1 if place else 3)])
    return Try(answer.question, place, answer.total, hit, before, as_visitor, answer)
