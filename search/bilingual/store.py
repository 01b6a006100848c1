"""Where the site's own table is kept: replaced as a whole, or given up as a whole."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from uuid import uuid4

from django.db import connection, transaction
from django.db.models.functions import Now

from search.analysis import ANALYSIS_VERSION
from search.bilingual import current, selectors
from search.bilingual.lookup import FOLDER, SHIPPED
from search.bilingual.models import MinedPage, Mining, SiteTerms
from search.bilingual.rows import Row, encoded
from search.bilingual.site import Direction

MINING_VERSION = "1"
"""raised when the same pages would give another table"""


class Superseded(Exception):
    """A page that was read has been withdrawn since; nothing was written."""


@cache
def basis() -> str:
    """Digest of what a site's table depends on beside its pages."""
    digest = hashlib.blake2b(f"{ANALYSIS_VERSION}|{MINING_VERSION}".encode(), digest_size=16)
    for source, target in SHIPPED:
        with suppress(OSError):  # said elsewhere; the site's rows are mined without it
            digest.update((FOLDER / f"{source}-{target}.tsv").read_bytes())
    return digest.hexdigest()


def begin() -> None:
    """Notes that a mining is tried now."""
    Mining.objects.get_or_create(pk=Mining.ONLY, defaults={"version": uuid4()})
    Mining.objects.filter(pk=Mining.ONLY).update(tried_at=Now())


class SiteStore:
    """Takes the rows of one mining (`site.RowStore`)."""

    def __init__(self, pages: Mapping[int, str]) -> None:
        """`pages`: page id -> its state when it was read (`selectors.PagePair`)."""
        self._pages = pages
        self.size = 0
        """bytes that were written"""

    def replace(self, rows: Mapping[Direction, Iterable[Row]]) -> None:
        """Raises Superseded. The version stays when the rows are the same as before."""
        contents = {direction: encoded(found, evidence=True) for direction, found in rows.items()}
        with transaction.atomic():
            mining = Mining.objects.select_for_update().get(pk=Mining.ONLY)
            # After the lock: a page that was withdrawn meanwhile found nothing of itself to forget.
            if selectors.withdrawn(list(self._pages)):
                raise Superseded
            if contents != _kept():
                SiteTerms.objects.all().delete()
                SiteTerms.objects.bulk_create(
                    SiteTerms(source=source, target=target, content=content, rows=content.count(b"\n"))
                    for (source, target), content in contents.items()
                )
                mining.version = uuid4()
            MinedPage.objects.all().delete()
            MinedPage.objects.bulk_create(
                [MinedPage(page_id=page, state=state) for page, state in self._pages.items()], batch_size=1000
            )
            mining.basis = basis()
            mining.save(update_fields=["version", "basis"])
            transaction.on_commit(current.look_again)
        self.size = sum(map(len, contents.values()))


def finish(seconds: float, pairs: int) -> None:
    """Notes what the mining took."""
    Mining.objects.filter(pk=Mining.ONLY).update(mined_at=Now(), seconds=seconds, pairs=pairs)


def forget(*, wait: bool = True) -> bool:
    """Gives the table up: the shipped one alone is in force until pages are mined again.

    `wait=False` gives up itself where somebody else is at the table, so that no editor waits: what must be forgotten
    is found again by `services.mine_if_due`. Returns whether it was done.
    """
    with transaction.atomic():
        mining = Mining.objects.select_for_update(skip_locked=not wait).filter(pk=Mining.ONLY).first()
        if mining is None:
            return False
        SiteTerms.objects.all().delete()
        MinedPage.objects.all().delete()
        mining.version = uuid4()
        mining.basis = ""
        mining.tried_at = mining.mined_at = None
        mining.save()
        transaction.on_commit(current.look_again)
    return True


def _kept() -> dict[Direction, bytes]:
    return {(kept.source, kept.target): bytes(kept.content) for kept in SiteTerms.objects.all()}


def lock(*, wait: bool) -> bool:
    """One mining at a time, across processes, until the transaction ends. False: another one is at it."""
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("select pg_advisory_xact_lock(%s)", (_LOCK,))
            return True
        cursor.execute("select pg_try_advisory_xact_lock(%s)", (_LOCK,))
        return bool(cursor.fetchone()[0])


_LOCK = 0x7E525  # any number of our own, another than that of the relations
