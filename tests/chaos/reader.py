"""Anonymous readers who ask all the time, and notice what they should not have seen and what failed."""

from __future__ import annotations

import random
import re
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import quote

from tests.chaos.editor import TOKEN

QUESTIONS = (
    "Netzwerkfrühstück",
    "Wie gewinne ich neue Mitglieder?",
    "Fördermittel Zeitplan",
    "Bedarfsanalyse",
)
QUESTIONS_EN = ("networking breakfast", "How do I win new members?", "funding schedule")
TYPED = ("netz", "fö", "mitgl", "matching", "zz")
_PARENT = re.compile(rf"/[a-z0-9-]*{TOKEN.pattern}/(?=[a-z0-9-]+)")
_TAGS = re.compile(r"<(script|style).*?</\1>|<[^>]*>", re.S)
LONGEST = 30.0
"""Seconds after which an answer counts as failed, on a machine that starts processes beside it."""


@dataclass
class Seen:
    """What the readers noticed. `traces` and `failures` are empty when all is well."""

    asked: Counter[str] = field(default_factory=Counter)
    traces: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    slowest: float = 0.0


class Readers:
    """Threads that ask over HTTP. The harness says what is hidden, and which outages it has made itself."""

    def __init__(self, address: str, count: int = 2) -> None:
        self.address, self.seen = address, Seen()
        self._lock = threading.Lock()
        self._hidden: frozenset[str] = frozenset()
        self._changes = 0
        self._outages: list[float] = []
        self._running = True
        self._pages: list[str] = ["/de/", "/en/", "/sitemap.xml"]
        self._tokens: list[str] = []
        self._random = random.Random()
        self._idle = threading.Event()
        self._idle.set()
        self.threads = [threading.Thread(target=self._ask, daemon=True) for _ in range(count)]
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        self._running = False
        for thread in self.threads:
            thread.join(LONGEST)

    def forbid(self, tokens: set[str], *, known: list[str]) -> None:
        """From now on none of `tokens` may be seen."""
        with self._lock:
            self._hidden = frozenset(tokens)
            self._tokens = known
            self._changes += 1

    def outage(self) -> None:
        """The harness has taken something away that readers need; until `healed` no answer is owed."""
        with self._lock:
            self._outages.append(time.monotonic())

    def healed(self) -> None:
        with self._lock:
            self._outages.clear()

    def _ask(self) -> None:
        while self._running:
            address = self._next()
            with self._lock:
                hidden, out = self._hidden, bool(self._outages)
            began = time.monotonic()
            status, text = _get(self.address + address)
            passed = time.monotonic() - began
            with self._lock:
                out = out or bool(self._outages)
                self.seen.asked[str(status)] += 1
                self.seen.slowest = max(self.seen.slowest, passed if not out else 0.0)
                if status == 200:
                    # Hidden before the question and after its answer: nothing of it may be in between.
                    found = _addressed(text)
                    shown = found & hidden & self._hidden
                    for token in sorted(shown):
                        place = text.lower().index(token)
                        around = _short(text[max(0, place - 120) : place + 40])
                        self.seen.traces.append(f"{token} at {address}: …{around}…")
                elif status == 500 or (status != 200 and not out):
                    self.seen.failures.append(f"{status} at {address} after {passed:.1f} s: {_plain(text)}")
                elif passed > LONGEST - 1 and not out:
                    self.seen.failures.append(f"{passed:.0f} s at {address}")
            time.sleep(0.02 if status else 0.2)

    def _next(self) -> str:
        choice = self._random.random()
        if choice < 0.35:
            return f"/de/suche/?q={quote(self._random.choice(QUESTIONS))}"
        if choice < 0.5:
            return f"/en/search/?q={quote(self._random.choice(QUESTIONS_EN))}"
        if choice < 0.65 and self._tokens:
            return f"/de/suche/?q={self._random.choice(self._tokens)}"
        if choice < 0.75:
            return f"/de/suche/vorschlaege/?q={quote(self._random.choice(TYPED))}"
        if choice < 0.8:
            return f"/en/search/suggestions/?q={quote(self._random.choice(TYPED))}"
        return self._random.choice(self._pages)


def _plain(html: str) -> str:
    return _short(_TAGS.sub(" ", html))[:150]


def _short(text: str) -> str:
    return " ".join(text.split())


def _addressed(text: str) -> set[str]:
    """Tokens of the pages that links, or the sitemap, lead to. The text itself also repeats the question, and an alias
    shows the title of its original."""
    text = _PARENT.sub("/…/", text.lower())
    links = (part.split('"', 1)[0].split("?", 1)[0].split("#", 1)[0] for part in text.split('href="')[1:])
    places = (part.split("</loc>", 1)[0] for part in text.split("<loc>")[1:])
    return {token for address in (*links, *places) for token in TOKEN.findall(address)}


def _get(url: str) -> tuple[int, str]:
    """(status, text); 0 when nobody answered."""
    try:
        with urllib.request.urlopen(url, timeout=LONGEST) as answer:
            return answer.status, answer.read().decode(errors="replace")
    except urllib.error.HTTPError as error:
        try:
            return error.code, error.read().decode(errors="replace")
        except OSError:
            return 0, "cut off"
    except OSError as error:
        return 0, str(error)
    except Exception as error:  # http.client raises its own for an answer that ends in the middle
        return 0, f"{type(error).__name__}: {error}"
