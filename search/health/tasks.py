"""Only beat sends this task, so that its arrival says: beat, broker and worker are there."""

from __future__ import annotations

from celery import shared_task

from search.health import signs
from search.health.models import Sign


@shared_task(name="health.sign")
def sign() -> None:
    signs.note(Sign.Part.SCHEDULE)
