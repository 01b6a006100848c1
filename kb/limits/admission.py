"""How many questions a process works on at once. Who gets no place in time is told so, instead of waiting for minutes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

_places: threading.BoundedSemaphore | None = None
_lock = threading.Lock()


@contextmanager
def place(seconds: float) -> Iterator[bool]:
    """A place for as long as the block runs; False in it when none was free within `seconds`."""
    places = _all()
    got = places.acquire(timeout=seconds)
    try:
        yield got
    finally:
        if got:
            places.release()


def _all() -> threading.BoundedSemaphore:
    global _places
    with _lock:
        if _places is None:
            _places = threading.BoundedSemaphore(settings.LIMITS_PLACES)
        return _places
