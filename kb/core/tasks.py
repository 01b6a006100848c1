"""Work of kb.core in the background."""

from __future__ import annotations

import logging

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone
from wagtail.models import Page, Revision

from kb.core.publication import missing_texts

logger = logging.getLogger(__name__)


@shared_task(name="core.publish_scheduled")
def publish_scheduled() -> None:
    """Publishes what is due and takes down what has expired (Wagtail's own command)."""
    hold_back_incomplete_translations()
    call_command("publish_scheduled")


def hold_back_incomplete_translations() -> None:
    """Takes due translations with missing texts off the schedule: refused, they would stop all that come after."""
    for revision in Revision.page_revisions.filter(approved_go_live_at__lte=timezone.now()):
        page = Page.objects.filter(pk=revision.object_id).first()
        if page is None:
            continue
        missing, _total = missing_texts(page)
        if missing:
            revision.approved_go_live_at = None
            revision.save(update_fields=["approved_go_live_at"])
            logger.error("Page %s was not published on time: %s texts are not translated.", page.pk, missing)
