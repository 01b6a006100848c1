"""The line that says how far a command is, and how long it will take."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.core.management.base import BaseCommand


class Progress:
    """Rewrites one line, at most four times a second."""

    def __init__(self, command: BaseCommand, *, shown: bool) -> None:
        self.command, self.shown = command, shown
        self.total = 0
        self._began = self._last = time.monotonic()

    def pages(self, done: int, total: int) -> None:
        self.total = max(total, done)
        now = time.monotonic()
        if not self.shown or (now - self._last < 0.25 and done < total):
            return
        self._last = now
        left = (now - self._began) / max(1, done) * max(0, total - done)
        self.command.stdout.write(f"\r{done} of {self.total} pages, about {left:.0f} s left   ", ending="")
        self.command.stdout.flush()

    def end(self) -> None:
        if self.shown and self.total:
            self.command.stdout.write("")
