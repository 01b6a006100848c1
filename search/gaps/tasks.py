"""What happens to noted questions in the background."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from search.gaps import ageing, checking


@shared_task(name="gaps.check")
def check() -> None:
    """Asks again on behalf of a visitor."""
    checking.check_noted()


@shared_task(name="gaps.age")
def age() -> None:
    """Deletes what is too old."""
    ageing.age(timezone.localdate())
