"""How many questions a process works on at once. Who gets no place in time is told so, instead of waiting for minutes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

_places: threading.BoundedSemaphore | None = None
_lock = threading.Lock()
_here = threading.local()


@contextmanager
def place(patience: float) -> Iterator[bool]:
    """A place for as long as the block runs; False in it when none was free in time.

    `patience`: seconds, what the request has already stood in the web server's queue included.
    """
    places = _all()
    got = places.acquire(timeout=max(0.0, patience - waited()))
    try:
        yield got
    finally:
        if got:
            places.release()


def note_waited(seconds: float) -> None:
    """How long the request that this thread takes up now has stood in the queue (config.web_worker)."""
    _here.waited = seconds


def waited() -> float:
    """Seconds; 0 where nobody notes it (tests, Django's own server)."""
    return float(getattr(_here, "waited", 0.0))


def _all() -> threading.BoundedSemaphore:
    global _places
    with _lock:
        if _places is None:
            _places = threading.BoundedSemaphore(settings.LIMITS_PLACES)
        return _places
