"""Background work, as thin as it gets: a message only says when to look; what is due is asked of the content."""

from __future__ import annotations

from celery import shared_task

from search.conf import conf
from search.index import approximate, services
from search.related import compute


@shared_task(name="search.index_page")
def index_page(page_id: int) -> None:
    """Indexes one page now, if it is due."""
    services.index_page(page_id)
    compute.relate_pending()


@shared_task(name="search.sweep")
def sweep() -> None:
    """Finds what messages have missed: due pages, pages to forget, relations to compute, indexes to build."""
    services.index_due(seconds=conf().sweep_seconds)
    compute.relate_pending()
    approximate.keep()
