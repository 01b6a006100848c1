"""What happens to counts in the background."""

from __future__ import annotations

from celery import shared_task

from kb.limits import services


@shared_task(name="limits.forget")
def forget() -> None:
    services.forget_drained()
