"""Background work, as thin as it gets: a message only says when to look; what is due is asked of the content."""

from __future__ import annotations

import threading
import time

from celery import shared_task

from search import model_change, nudge
from search.conf import conf
from search.index import approximate, services, verification
from search.related import compute

_sweeping = threading.Lock()
_asked = threading.Event()
_swept = time.monotonic()
SWEEP_AT_LEAST = 15.0
"""Seconds. As often as beat asks for it: in a queue of thousands of messages its own expire before their turn."""


@shared_task(name="search.index_page")
def index_page(page_id: int) -> None:
    """Indexes one page now, if it is due. What it belongs with is computed by a sweep, in the other thread: of several
    pages at once, and no editor's next page waits for it."""
    if services.index_page(page_id).written:
        nudge.sweep_soon()
    if time.monotonic() - _swept > SWEEP_AT_LEAST:
        sweep()


@shared_task(name="search.sweep")
def sweep() -> None:
    """Finds what messages have missed: due pages, pages to forget, relations to compute, indexes to build.

    One thread of a process at a time, whatever asks for it: the other one is for what editors have just published. Who
    asks while it is at work is not heard too late: it looks once more.
    """
    global _swept
    _asked.set()
    while _asked.is_set() and _sweeping.acquire(blocking=False):
        _asked.clear()
        try:
            _sweep()
        finally:
            _swept = time.monotonic()
            _sweeping.release()


def _sweep() -> None:
    began = time.monotonic()
    services.index_due(seconds=conf().sweep_seconds)
    if time.monotonic() - began >= conf().sweep_seconds:
        # There is more. One message is enough for it: it expires where another sweep takes the turn.
        sweep.apply_async(expires=conf().sweep_seconds, retry=False, ignore_result=True)
        _asked.clear()
        return
    compute.relate_pending(share=conf().related_share)
    approximate.keep()
    verification.verify_some()
    change_model()


@shared_task(name="search.change_model")
def change_model() -> None:
    """Takes a change of the model further for a turn, and asks for the next one behind whatever else is to be done."""
    if model_change.go_on(seconds=conf().turn_seconds):
        change_model.delay()
