"""How far a long command is: one line on stderr that is written over, nothing where nobody watches."""

from __future__ import annotations

import sys
import time


class Progress:
    def __init__(self, *, silent: bool) -> None:
        self._silent = silent or not sys.stderr.isatty()
        self._last = 0.0

    def say(self, text: str) -> None:
        if not self._silent and time.monotonic() - self._last > 0.2:
            self._last = time.monotonic()
            self._write(text)

    def clear(self) -> None:
        if not self._silent:
            self._write("")

    def _write(self, text: str) -> None:
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)
