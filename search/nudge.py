"""Telling the worker that there is something to do, without ever troubling the editor who did it."""

from __future__ import annotations

import logging
import time

from django.db import transaction

logger = logging.getLogger(__name__)

QUIET_AFTER_FAILURE = 30.0
"""Seconds without nudges after the broker failed once: the sweep finds the work, and saving stays quick."""

_silent_until = 0.0


def index_later(page_id: int) -> None:
    """After the commit, asks a worker to index a page. A lost message costs one sweep interval, never content."""
    transaction.on_commit(lambda: _send(page_id), robust=True)


def _send(page_id: int) -> None:
    global _silent_until
    if time.monotonic() < _silent_until:
        return
    from search.tasks import index_page

    try:
        index_page.apply_async((page_id,), retry=False, ignore_result=True)
    except Exception as error:  # every broker has its own: OperationalError, OSError, redis.ConnectionError …
        _silent_until = time.monotonic() + QUIET_AFTER_FAILURE
        logger.warning(
            "No worker could be told about page %s, the next sweep will find it: %s", page_id, error
        )
