"""What is checked in the background."""

from celery import shared_task

from kb.checks import noting


@shared_task(name="checks.note")
def note() -> None:
    """Looks at live pages that are due, for a turn."""
    noting.note_due()
