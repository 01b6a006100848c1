"""Whether a page can be found at all, and by what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wagtail.models import Page

from search.conf import conf
from search.health.wording import error_in_words
from search.index.models import IndexedPage, Passage
from search.index.selectors import pages_due


@dataclass(frozen=True)
class State:
    """What the index says of a page."""

    code: str
    """"draft": not published; "waiting": not taken in yet; "words": found by its words, its meaning is being computed;
    "old": an earlier version is found; "failed": given up, with `error`; "found": everything is there"""
    passages: int = 0
    indexed_at: datetime | None = None
    error: str = ""
    """in words an editor understands"""


def state_of(page: Page) -> State:
    """Of the published version, whatever the draft says."""
    if not page.live:
        return State("draft")
    row = IndexedPage.objects.filter(pk=page.pk).first()
    if row is None:
        return State("waiting")
    if not pages_due(pages=[page.pk]):
        return State("found", row.passage_count, row.indexed_at)
    if row.tries >= conf().max_tries:
        return State("failed", row.passage_count, row.indexed_at, error_in_words(row.last_error))
    if not row.pipeline:
        return State("waiting")
    as_published = row.revision == page.live_revision_id and row.published_at == page.last_published_at
    has_passages = Passage.objects.filter(page_id=page.pk).exists()
    return State("words" if as_published and has_passages else "old", row.passage_count, row.indexed_at)
