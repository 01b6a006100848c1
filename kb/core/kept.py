"""What many pages show alike, kept in memory until anything changes: docs/decisions/visitor-pages.md."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Generic, TypeVar

from django.conf import settings
from django.db import connection
from django.db.models import Min
from django.utils import timezone
from wagtail.models import Page

from kb.core import content_version

ENTRIES = 200

T = TypeVar("T")


@dataclass(frozen=True)
class _Entry(Generic[T]):
    version: int
    until: datetime
    value: T


class Kept(Generic[T]):
    """Values by key, each as long as nothing has changed. The key names everything beside the content that a value
    depends on, so the reader too where it speaks of pages."""

    def __init__(self) -> None:
        self._entries: dict[Hashable, _Entry[T]] = {}
        self._lock = Lock()

    def get(self, key: Hashable, read: Callable[[], T]) -> T:
        """The value kept for `key`, or what `read` returns, which is kept. One query where it is kept."""
        if settings.VISITOR_PAGES_SECONDS <= 0 or _sees_uncommitted():
            return read()
        # Before anything is read: the value is of this version or a later one.
        version, at = content_version.current(), timezone.now()
        entry = self._entries.get(key)
        if entry is None or entry.version != version or entry.until <= at:
            entry = _Entry(version, lasts_until(at), read())
            with self._lock:
                if len(self._entries) >= ENTRIES:
                    self._entries.clear()
                self._entries[key] = entry
        return entry.value


def _sees_uncommitted() -> bool:
    return connection.in_atomic_block


def lasts_until(at: datetime) -> datetime:
    """How long what is read at this moment may be kept: the clock changes pages too."""
    until = at + timedelta(seconds=settings.VISITOR_PAGES_SECONDS)
    expiry = Page.objects.filter(live=True, expire_at__gt=at).aggregate(at=Min("expire_at"))["at"]
    return until if expiry is None else min(until, expiry)
