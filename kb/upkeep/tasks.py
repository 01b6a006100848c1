"""What reminds editors in the background."""

from celery import shared_task

from kb.upkeep import reminders


@shared_task(name="upkeep.remind")
def remind() -> None:
    """Mails about reviews that come near or are overdue, each once."""
    reminders.send_due()
