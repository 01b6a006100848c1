"""What happens to bridges in the background."""

from __future__ import annotations

from celery import shared_task

from kb.bridges import digest


@shared_task(name="bridges.send_digests")
def send_digests() -> None:
    """The week's mails that have not been sent yet."""
    digest.send_due()
