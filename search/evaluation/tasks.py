"""Background work: a message only says when to look; which run waits is asked of the database."""

from __future__ import annotations

from celery import shared_task

from search.evaluation import runs


@shared_task(name="evaluation.measure")
def measure(run_id: int) -> None:
    """Measures a run for a turn, if it still waits, and asks for the next one behind whatever else is to be done."""
    if runs.measure(run_id, seconds=runs.TURN_SECONDS) and run_id in runs.waiting():
        measure.delay(run_id)


@shared_task(name="evaluation.sweep")
def sweep() -> None:
    """Finds runs whose message or worker was lost."""
    for run_id in runs.waiting():
        measure.delay(run_id)
