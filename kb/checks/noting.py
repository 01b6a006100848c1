"""Notes what there is to look at on live pages (models.PageFindings)."""

from __future__ import annotations

import logging
import time
from datetime import timedelta

from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError
from django.db.models import DateTimeField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.utils import timezone
from wagtail.models import Page

from kb.checks import checking
from kb.checks.models import PageFindings
from kb.core.models import BasePage
from search.embedding import query_embedder
from search.embedding.interface import EmbedderUnavailable

logger = logging.getLogger(__name__)

TURN_SECONDS = 5.0
"""of a worker's thread, each minute: 2,000 pages of 80 ms (docs/decisions/checks.md) are through in half an hour"""
ROUND = timedelta(days=1)
"""What changes elsewhere (a page that a link leads to, a picture's description) is seen within this time."""
MARGIN = timedelta(minutes=1)
"""A page published by a transaction that had not ended when its page was checked is checked once more."""


def note(page: BasePage) -> None:
    """Checks a live page. Of other pages it counts those that everybody may read: many editors read the number."""
    began = timezone.now()
    found = checking.by_kind(page, AnonymousUser())
    counts = {kind.value: len(findings) for kind, findings in found.items() if findings}
    PageFindings.objects.update_or_create(
        page_id=page.pk, defaults={"counts": counts, "number": sum(counts.values()), "checked_at": began}
    )


def note_due(seconds: float = TURN_SECONDS) -> int:
    """Checks live pages for about `seconds`, the longest unchecked first. Returns how many; one that fails does not
    stop the others, and is tried again."""
    until, noted = time.monotonic() + seconds, 0
    pages = list(due().values_list("pk", flat=True))
    if pages:
        _load_model()
    for pk in pages:
        try:
            page = Page.objects.get(pk=pk).specific
            if checking.offered(page):
                note(page)
                noted += 1
        except (Page.DoesNotExist, IntegrityError):
            continue  # deleted, perhaps while it was checked
        except Exception:
            logger.exception("Page %s could not be checked; it is tried again", pk)
        if time.monotonic() > until:
            break
    return noted


def due() -> QuerySet[Page]:
    """Live pages that were never checked, were published since (in whatever language), or were checked a round ago."""
    since = ExpressionWrapper(F("findings__checked_at") - MARGIN, output_field=DateTimeField())
    published = Page.objects.filter(
        translation_key=OuterRef("translation_key"), last_published_at__gt=OuterRef("since")
    )
    return (
        Page.objects.filter(live=True, alias_of=None, depth__gt=1)
        .annotate(since=since)
        .filter(Q(findings=None) | Q(findings__checked_at__lt=timezone.now() - ROUND) | Q(Exists(published)))
        .order_by(F("findings__checked_at").asc(nulls_first=True), "pk")
    )


def _load_model() -> None:
    """Before the first page, which would else be compared with no other for a round."""
    try:
        query_embedder().warm()
    except EmbedderUnavailable as error:
        logger.warning("Pages are checked without looking for doubles: %s", error)
