"""Background work: a message only says when to look."""

from __future__ import annotations

from celery import shared_task

from search.topics import compute


@shared_task(name="topics.compute")
def compute_topics() -> None:
    """Computes topics and candidates anew when what they come from has changed."""
    compute.compute_if_due()
