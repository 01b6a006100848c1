"""Noting signs of life: one small statement, seldom, that never stops the work it stands beside."""

from __future__ import annotations

import logging
import threading
import time
from typing import Any

from celery.signals import task_prerun
from django.db import DatabaseError, connection

from search.health.models import Sign

logger = logging.getLogger(__name__)

EVERY_SECONDS = 10.0
"""A worker that takes many tasks notes one of them in so many seconds."""

_lock = threading.Lock()
_noted = float("-inf")


def connect() -> None:
    """Called once, when the app is ready. The signal is sent in workers only."""
    task_prerun.connect(_task_begins, dispatch_uid="search.health.signs")


def note(part: Sign.Part) -> None:
    """`part` was seen at work just now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into health_sign (part, seen_at) values (%s, now()) "
            "on conflict (part) do update set seen_at = excluded.seen_at",
            (part.value,),
        )


def _task_begins(**_: Any) -> None:
    global _noted
    with _lock:
        if time.monotonic() - _noted < EVERY_SECONDS:
            return
        _noted = time.monotonic()
    try:
        note(Sign.Part.WORKER)
    except DatabaseError as error:
        logger.warning("No sign of life could be noted: %s", error)
