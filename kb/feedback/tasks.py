"""What happens to feedback in the background."""

from celery import shared_task
from django.utils import timezone

from kb.feedback import services


@shared_task(name="feedback.forget")
def forget() -> None:
    """Deletes readers' words that are too old."""
    services.forget(timezone.localdate())
