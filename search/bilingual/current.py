"""The table in force, kept in memory: a question looks up dozens of words and must not ask the database for them."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, connection

from search.bilingual import lookup
from search.bilingual.lookup import Translations, shipped
from search.bilingual.rows import TermFile
from search.bilingual.site import Direction, Rows, SiteFirst

logger = logging.getLogger(__name__)

REFRESH_SECONDS = 5.0
"""How long a process answers with its copy before it asks whether there is another table (0.3 ms)."""

NEVER = float("-inf")

# One message: the version, and the table only where it is not the one we have.
_SQL = """
    select m.version, t.source, t.target, t.content
    from bilingual_mining m
    left join bilingual_siteterms t on m.version is distinct from %s
    where m.id = 1
"""


@dataclass(frozen=True)
class _Copy:
    version: Any = None
    table: Translations | None = None


_copy = _Copy()
_asked_at = NEVER


def table() -> Translations:
    """Rows of the site before the shipped ones; the shipped ones alone while the site has none.

    Never older than REFRESH_SECONDS. Where the database cannot say, the last known table serves.
    """
    global _asked_at
    now = time.monotonic()
    if now - _asked_at < REFRESH_SECONDS:
        return _copy.table or shipped()
    _asked_at = now  # before asking: other threads go on with what is there
    try:
        _refresh()
    except DatabaseError as error:
        if connection.in_atomic_block:
            raise  # the transaction is lost, and whoever opened it must know
        logger.warning("The site's term table cannot be read, the last known one serves: %s", error)
    if connection.in_atomic_block:
        _asked_at = NEVER  # what was read may be rolled back
    return _copy.table or shipped()


def look_again() -> None:
    """The next question asks for the table, whenever the last one did."""
    global _asked_at
    _asked_at = NEVER


def _refresh() -> None:
    global _copy
    with connection.cursor() as cursor:
        cursor.execute(_SQL, (_copy.version,))
        found = cursor.fetchall()
    version = found[0][0] if found else None
    if version == _copy.version:
        return
    files: dict[Direction, Rows] = {
        (source, target): TermFile(bytes(content)) for _, source, target, content in found if content
    }
    _copy = _Copy(version, SiteFirst(files, shipped()) if files else None)
    lookup.forget()
