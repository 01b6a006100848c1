"""Telling the worker that there is something to do, without ever troubling the editor who did it."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque

from celery import Task
from django.db import transaction

logger = logging.getLogger(__name__)

QUIET_AFTER_FAILURE = 30.0
"""Seconds without nudges after the broker failed once: the sweep finds the work, and saving stays quick."""
SINGLES = 3
"""Pages that are named one by one ..."""
WINDOW = 10.0
"""... within so many seconds, by this process: no editor publishes faster, translations included. Beyond, an import is
at work, and a sweep finds them. Each named page is a second's work of the thread that
an editor's page waits for: with ten of them before it, that page was found 100 s later on a busy machine, with the import
quiet after 3 to 6."""
SWEEP_AFTER = 1.0
"""Seconds from the first page that is not named to the sweep that finds it, with all that came meanwhile."""

_lock = threading.Lock()
_recent: deque[float] = deque(maxlen=SINGLES)
_swept = float("-inf")
_silent_until = 0.0


def forget() -> None:
    """As if nothing had been sent yet."""
    global _swept
    with _lock:
        _recent.clear()
        _swept = float("-inf")


def index_later(page_id: int) -> None:
    """After the commit, asks a worker to index a page. A lost message costs one sweep interval, never content."""
    transaction.on_commit(lambda: _send(page_id), robust=True)


def sweep_soon() -> None:
    """After the commit, asks a worker to look for everything that is due."""
    from search.tasks import sweep

    soon(sweep)


def soon(task: Task) -> None:
    """After the commit, asks a worker to run `task`, which the schedule calls too: a lost message costs its interval."""
    transaction.on_commit(lambda: _ask_for(task), robust=True)


def _ask_for(task: Task) -> None:
    try:
        task.apply_async(retry=False, ignore_result=True)
    except Exception as error:  # every broker has its own
        logger.warning("No worker could be told of %s, the schedule will: %s", task.name, error)


def _send(page_id: int) -> None:
    global _silent_until
    if time.monotonic() < _silent_until:
        return
    from search.tasks import index_page, sweep

    try:
        if _is_single():
            index_page.apply_async((page_id,), retry=False, ignore_result=True)
        elif _is_time_to_sweep():
            sweep.apply_async(countdown=SWEEP_AFTER, retry=False, ignore_result=True)
    except Exception as error:  # every broker has its own: OperationalError, OSError, redis.ConnectionError …
        _silent_until = time.monotonic() + QUIET_AFTER_FAILURE
        logger.warning(
            "No worker could be told about page %s, the next sweep will find it: %s", page_id, error
        )


def _is_single() -> bool:
    with _lock:
        now = time.monotonic()
        many = len(_recent) == SINGLES and now - _recent[0] < WINDOW
        _recent.append(now)  # noted in any case: an import that goes on stays one
        return not many


def _is_time_to_sweep() -> bool:
    global _swept
    with _lock:
        if time.monotonic() - _swept < SWEEP_AFTER:
            return False  # the one that is on its way comes after this page
        _swept = time.monotonic()
        return True
