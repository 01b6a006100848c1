"""What the door prints: one line a step, with the time it took, and a sign of life while it runs."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

BEGIN = time.monotonic()


def line(text: str = "") -> None:
    print(text, flush=True)


class Step:
    """A step under way. `note` says how far it is."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.detail = ""

    def note(self, detail: str) -> None:
        self.detail = detail.strip()[:70]


@contextmanager
def step(title: str) -> Iterator[Step]:
    """Announce a step, show how far it is, and say how long it took.

    On a terminal the line is rewritten twice a second; in a log a line appears every ten seconds.
    """
    under_way = Step(title)
    done = threading.Event()
    terminal = sys.stdout.isatty()
    begin = time.monotonic()

    def show() -> None:
        while not done.wait(0.5 if terminal else 10):
            text = f"  … {title} {time.monotonic() - begin:.0f} s  {under_way.detail}"
            if terminal:
                print(f"\r\033[K{text}", end="", flush=True)
            else:
                line(text)

    watcher = threading.Thread(target=show, daemon=True)
    watcher.start()
    try:
        yield under_way
    except BaseException:
        done.set()
        watcher.join()
        line(f"{chr(13) + chr(27) + '[K' if terminal else ''}  ✗ {title}")
        raise
    done.set()
    watcher.join()
    line(f"{chr(13) + chr(27) + '[K' if terminal else ''}  ✓ {title} ({time.monotonic() - begin:.1f} s)")
