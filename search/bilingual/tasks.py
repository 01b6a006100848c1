"""Background work: a message only says when to look."""

from __future__ import annotations

from celery import shared_task

from search.bilingual import services


@shared_task(name="search.mine_terms")
def mine_terms() -> None:
    """Mines the site's term table anew when enough has changed, and forgets what must not be known any more."""
    services.mine_if_due()
