"""Noting what readers say, and forgetting it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.core import signing
from django.utils import timezone
from wagtail.models import Page

from kb.feedback.models import Feedback
from search.gaps.masking import mask
from search.gaps.vocabulary import known

DAYS_KEPT = 365
"""a reader's words; the answer itself is kept as long as the page"""
SECONDS_TO_ADD = 3600
"""after that a reason cannot be added to an answer any more"""

_SALT = "kb.feedback"


def note(page: Page, *, helpful: bool) -> str:
    """Notes an answer. Returns the token with which its giver, and nobody else, can add a reason."""
    noted = Feedback.objects.create(page=page, helpful=helpful, day=timezone.localdate())
    return signing.dumps(str(noted.pk), salt=_SALT)


def noted(page: Page, token: str) -> Feedback | None:
    """The answer that the token belongs to; None for a wrong or old token, another page's, or one with a reason."""
    try:
        key = UUID(signing.loads(token, salt=_SALT, max_age=SECONDS_TO_ADD))
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Feedback.objects.filter(pk=key, page=page, reason="", text="").first()


def add_reason(feedback: Feedback, *, reason: str, text: str) -> None:
    """Adds why. What looks like a name, an address or a number is taken out before it is stored."""
    lines = [mask(" ".join(line.split()), known) for line in text.splitlines()]
    feedback.reason, feedback.text = reason, "\n".join(line for line in lines if line)
    feedback.save(update_fields=["reason", "text"])


def mark_handled(page: Page, ids: list[UUID], user: Any) -> int:
    """Marks remarks on `page` as dealt with. Returns how many were open until now."""
    open_ = Feedback.objects.filter(page=page, pk__in=ids, handled_on=None)
    return open_.update(handled_by=user, handled_on=timezone.localdate())


def forget(today: date) -> int:
    """Deletes the words of what is older than DAYS_KEPT. Returns of how many answers."""
    old = Feedback.objects.filter(day__lt=today - timedelta(days=DAYS_KEPT)).exclude(text="")
    return old.update(text="")
