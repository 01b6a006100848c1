"""Bringing the index to what the content says. Tasks, commands and tests call these."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError, IntegrityError, connection, transaction
from wagtail.models import Page, ReferenceIndex

from search.conf import conf
from search.embedding import Embedder, EmbedderUnavailable, Vectors, index_embedder
from search.index import claims, content, selectors, writer
from search.index.claims import Claim
from search.index.selectors import EXPECTED

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Report:
    """What a run did. `superseded` pages changed while they were read and are due again."""

    written: int = 0
    superseded: int = 0
    failed: int = 0

    def __add__(self, other: Report) -> Report:
        return Report(
            self.written + other.written, self.superseded + other.superseded, self.failed + other.failed
        )

    @property
    def total(self) -> int:
        return self.written + self.superseded + self.failed


def index_page(page_id: int) -> Report:
    """Indexes one page if it is due and nobody else works on it; drops what the index should not hold."""
    drop_surplus([page_id])
    if not selectors.pages_due(pages=[page_id]):
        return Report()  # most messages of a full queue are about pages that were done long ago
    write_words(pages=[page_id])
    return _index(claims.claim(limit=1, pages=[page_id]))


def index_due(*, seconds: float | None = None, progress: Callable[[Report], None] | None = None) -> Report:
    """Works off what is due, in batches, until nothing is left that may be tried now or `seconds` are over.

    Words of all new pages come before the vectors of any: an import goes on while this runs.
    """
    began = time.monotonic()
    drop_surplus()
    done = Report()
    while seconds is None or time.monotonic() - began < seconds:
        write_words(seconds=None if seconds is None else seconds - (time.monotonic() - began))
        batch = claims.claim(limit=conf().batch_pages)
        if not batch:
            break
        for claimed in batch:
            done += _index([claimed])
            if progress is not None:
                progress(done)
    return done


def write_words(pages: Iterable[int] | None = None, *, seconds: float | None = None) -> int:
    """Makes pages findable by their words before the slow step gives them their vectors. Returns how many.

    New pages, and those whose words are another version's of the analysis: questions are asked with this one's.
    Whatever lacks a vector afterwards stays due. Words take some 20 ms per page and vectors a second, so that a site
    that starts with hundreds of pages, or an import, answers at once.
    """
    began = time.monotonic()
    only = None if pages is None else list(pages)
    written = 0
    seen: set[int] = set()
    while seconds is None or time.monotonic() - began < seconds:
        batch = claims.claim(limit=conf().batch_pages, pages=only, new=True)
        # Every page at most once, even if it changes all the time: the way round it is the normal one.
        if seen.issuperset(claimed.page_id for claimed in batch):
            for claimed in batch:
                claims.release(claimed, tried=False)
            break
        for claimed in batch:
            seen.add(claimed.page_id)
            try:
                if not claims.begin(claimed):
                    continue
                page = content.load(claimed.page_id)
                if page is not None:
                    written += writer.write(page, claimed, embedder=index_embedder(), vectors=None)
                claims.release(claimed)
            except Exception as error:
                _failed(claimed, error)
    return written


def drop_surplus(pages: Iterable[int] | None = None) -> int:
    """Deletes the rows of pages that cannot be asked for any more. Returns how many."""
    surplus = selectors.pages_surplus(pages)
    if not surplus:
        return 0
    with connection.cursor() as cursor:
        cursor.execute("delete from search_indexedpage where page_id = any(%s)", (surplus,))
    return len(surplus)


def mark_changed(pages: Iterable[int]) -> None:
    """Says that something these pages show has changed. In the transaction of the change, so it cannot be lost.

    A live page without a row gets one: whoever reads it before this transaction commits reads what was before.
    """
    ids = sorted(set(pages))
    if not ids:
        return
    with connection.cursor() as cursor:
        # Sorted, so that two writers cannot wait for each other.
        cursor.execute(
            f"""
            insert into search_indexedpage (page_id, wanted)
            select p.id, 2 from wagtailcore_page p where p.id = any(%(pages)s) and {EXPECTED} order by p.id
            on conflict (page_id) do update
            set wanted = search_indexedpage.wanted + 1, tries = 0, retry_at = null
            """,
            {"pages": ids, "content_types": content.searchable_content_types()},
        )


def rebuild() -> int:
    """Makes every page due. What is there stays findable until its successor is written. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute("update search_indexedpage set wanted = wanted + 1, tries = 0, retry_at = null")
        return int(cursor.rowcount)


def _index(claimed: Iterable[Claim]) -> Report:
    report = Report()
    for one in claimed:
        try:
            report += _index_one(one)
        except Exception as error:
            _failed(one, error)
            report += Report(failed=1)
    return report


def _failed(claimed: Claim, error: Exception) -> None:
    """Whatever a page's own code raises must not stop the others: noted, and tried again later."""
    if isinstance(error, DatabaseError) and connection.needs_rollback:
        raise error
    logger.error("Page %s could not be indexed", claimed.page_id, exc_info=error)
    claims.fail(claimed, f"{type(error).__name__}: {error}")


def _index_one(claimed: Claim) -> Report:
    if not claims.begin(claimed):
        return Report(superseded=1)
    embedder = index_embedder()
    # Words that were written before all references were known may show what has changed unnoticed since.
    texts = writer.unread(claimed, embedder) if _references_known(claimed.page_id) else None
    if texts is not None:
        write = partial(writer.write_vectors, claimed, embedder=embedder)
    else:
        page = content.load(claimed.page_id)
        if page is None:
            claims.release(claimed)
            drop_surplus([claimed.page_id])
            return Report(superseded=1)
        texts = writer.unwritten(page, embedder)
        write = partial(writer.write, page, claimed, embedder=embedder)
    try:
        vectors = _embed(texts, claimed, embedder)
    except EmbedderUnavailable as error:
        # Findable by its words at once, by its meaning as soon as the model is back.
        write(vectors=None)
        claims.fail(claimed, str(error))
        return Report(failed=1)
    if vectors is not None and write(vectors=vectors):
        return Report(written=1)
    claims.release(claimed)
    return Report(superseded=1)


def _references_known(page_id: int) -> bool:
    """Lets Wagtail know what the page shows, before it is read. An editor's process that was killed right after its
    commit has not, and what was renamed later would never reach the page (signal_handlers._mark_referrers).

    True where it knew already."""
    page = Page.objects.filter(pk=page_id).first()
    if page is None:
        return True
    noted = ReferenceIndex.objects.filter(
        base_content_type=ContentType.objects.get_for_model(Page), object_id=str(page_id)
    )
    before = set(noted.values_list("pk", flat=True))
    try:
        with transaction.atomic():
            ReferenceIndex.create_or_update_for_object(page.specific)
    except IntegrityError:
        return False  # the editor's process notes them at this very moment
    return set(noted.values_list("pk", flat=True)) == before


def _embed(texts: dict[str, str], claimed: Claim, embedder: Embedder) -> dict[str, Vectors] | None:
    """Vectors of texts, by their hashes. Outside of any transaction: this is the slow step.

    None when somebody else has the claim by now, whose result will count.
    """
    vectors: dict[str, Vectors] = {}
    size = conf().embedding_batch
    for begin in range(0, len(texts), size):
        if begin and not claims.renew(claimed):
            return None
        hashes = list(texts)[begin : begin + size]
        made = embedder.embed_passages([texts[text_hash] for text_hash in hashes])
        if len(made) != len(hashes):
            raise EmbedderUnavailable(f"{embedder.name} gave {len(made)} vectors for {len(hashes)} texts")
        vectors |= dict(zip(hashes, made, strict=True))
    return vectors
