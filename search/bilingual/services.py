"""Mining the site's own pages. Command, task and tests call these."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db import transaction

from search.bilingual import selectors, store
from search.bilingual.alignment import Pair, align
from search.bilingual.lookup import shipped
from search.bilingual.selectors import PagePair, State
from search.bilingual.site import mine_site

logger = logging.getLogger(__name__)

QUIET_SECONDS = 60.0
"""An import or a morning's editing is mined once it is over: nothing was written for so long."""
PAUSE_SECONDS = 600.0
"""at least so long between two minings, and
PAUSE_SHARE times what the last one took: never more than a hundredth of a worker's time"""
PAUSE_SHARE = 100
PATIENCE_SECONDS = 86_400.0
"""where it is never quiet"""
BUDGET = 400_000_000
"""German times English characters, summed over the pairs: what a mining costs in time and memory."""
TRIES = 3


@dataclass(frozen=True)
class Report:
    """What a mining found."""

    pages: int = 0
    """pages with both versions"""
    pages_left: int = 0
    """older ones that were not read: there are more than can be mined in time"""
    passages: int = 0
    passages_left: int = 0
    """passages without a counterpart, of both languages"""
    pairs: int = 0
    """sentences, headings and titles that were compared"""
    de_rows: int = 0
    en_rows: int = 0
    de_new: int = 0
    """of those: words of which the shipped table knows nothing"""
    en_new: int = 0
    size: int = 0
    """bytes"""
    seconds: float = 0.0


def mine(*, wait: bool = True) -> Report | None:
    """Replaces the site's table by what its pages teach now. None, without `wait`, while another process does it.

    Raises store.Superseded when pages are withdrawn again and again while they are read; nothing is written then.
    """
    store.begin()
    for _ in range(TRIES - 1):
        try:
            return _mine(wait=wait)
        except store.Superseded:
            logger.info("A page was withdrawn while its terms were mined: once more")
    return _mine(wait=wait)


def mine_if_due() -> Report | None:
    """As `mine`, if something changed and it is time. What was mined from pages that a visitor cannot see any more is
    forgotten first, whatever happens then."""
    state = selectors.state()
    if state.withdrawn:
        store.forget()
        state = selectors.state()
    return mine(wait=False) if due(state) else None


def due(state: State) -> bool:
    """Whether it is time to mine."""
    if not state.pairs and not state.mined:
        return False
    if not state.changed and state.basis == store.basis():
        return False
    if state.tried is not None and state.tried < max(PAUSE_SECONDS, PAUSE_SHARE * state.took):
        return False
    waited = state.tried is not None and state.tried >= PATIENCE_SECONDS
    return waited or state.quiet is None or state.quiet >= QUIET_SECONDS


def forget_withdrawn(page_id: int) -> bool:
    """After this page was made private, moved, unpublished or deleted: gives the table up if it was mined from it, or
    from a page below it, and a visitor cannot see that one now. In the transaction of the change."""
    mined = selectors.mined_below(page_id)
    return bool(mined) and selectors.withdrawn(mined) and store.forget(wait=False)


def _mine(*, wait: bool) -> Report | None:
    began = time.monotonic()
    with transaction.atomic():
        if not store.lock(wait=wait):
            return None
        found = selectors.page_pairs()
        pairs, report = _aligned(found)
        keeper = store.SiteStore({page: state for pair in found for page, state in _states(pair)})
        mined = mine_site(pairs, keeper)
        seconds = time.monotonic() - began
        store.finish(seconds, len(pairs))
    general = shipped()
    report = replace(
        report,
        pairs=len(pairs),
        de_rows=len(mined.de),
        en_rows=len(mined.en),
        de_new=sum(not general.row(row.term, "de", "en") for row in mined.de),
        en_new=sum(not general.row(row.term, "en", "de") for row in mined.en),
        size=keeper.size,
        seconds=round(seconds, 2),
    )
    logger.info("Mined %s terms of %s translated pages in %.1f s", report.de_rows, report.pages, seconds)
    return report


def _states(pair: PagePair) -> Iterable[tuple[int, str]]:
    return ((pair.de_page, pair.de_state), (pair.en_page, pair.en_state))


def _aligned(found: list[PagePair]) -> tuple[list[Pair], Report]:
    """Pairs of all pages, each once: what a template or an editor repeats is one observation. Newest pages first,
    until the budget is spent."""
    pairs: dict[Pair, None] = {}
    spent = pages = passages = left_out = 0
    for german, english in selectors.versions(found):
        aligned = align(german, english)
        new = [pair for pair in aligned.pairs if pair not in pairs]
        spent += sum(len(de) * len(en) for de, en in new)
        if spent > BUDGET:
            break
        pairs.update(dict.fromkeys(new))
        pages += 1
        passages += aligned.passages
        left_out += aligned.left_out
    return list(pairs), Report(
        pages=pages, pages_left=len(found) - pages, passages=passages, passages_left=left_out
    )
