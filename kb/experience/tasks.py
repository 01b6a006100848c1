"""What happens to short reports in the background."""

from celery import shared_task

from kb.experience import services


@shared_task(name="experience.hand_on")
def hand_on() -> None:
    """Called after a report was sent, and by the schedule, which makes up for a lost message."""
    services.hand_on_all()
