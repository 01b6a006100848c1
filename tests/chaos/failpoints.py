"""Named steps at which a process can be made to die, fail, hang or pause: armed by a file, taken once.

Production code knows nothing of this: the functions are wrapped from outside, by the settings of the harness. A
function that was renamed fails loudly here.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any

POINTS = (
    "after claim",
    "before embed",
    "after embed",
    "before write",
    "inside write",
    "after write",
    "inside relations",
    "before nudge",
    "before translations follow",
    "after translations followed",
    "before references",
)
WORKER_POINTS = POINTS[:7]
EDITOR_POINTS = POINTS[7:]
DEEDS = ("kill", "raise", "unavailable", "pause")
PAUSE_SECONDS = 4.0
"""Longer than the lease of the settings: another worker takes the page meanwhile."""


POISON = "poison"


class Poisoned(RuntimeError):
    """What a fail point raises."""


def folder() -> Path:
    return Path(os.environ["LOTSE_VAR"]) / "failpoints"


def arm(point: str, deed: str) -> None:
    """Makes the next process that comes by `point` do `deed`."""
    assert point in POINTS and deed in DEEDS, (point, deed)
    folder().mkdir(parents=True, exist_ok=True)
    (folder() / point).write_text(deed)


def poison(token: str) -> None:
    """Until `disarm` a text with this token cannot be embedded."""
    folder().mkdir(parents=True, exist_ok=True)
    (folder() / POISON).write_text(token)


def disarm() -> None:
    if folder().exists():
        for file in folder().iterdir():
            file.unlink(missing_ok=True)


def passing(point: str) -> None:
    """Called by every wrapped step: one look for a file, as long as nothing is armed."""
    if point in WORKER_POINTS and "worker" not in sys.argv:
        return  # the web embeds questions, too
    armed = folder() / point
    mine = folder() / f"{point}.{os.getpid()}.{time.monotonic_ns()}"
    try:
        armed.rename(mine)  # of two processes only one succeeds
    except OSError:
        return
    deed = mine.read_text()
    with (folder().parent / "failpoints.log").open("a") as log:
        log.write(f"{point}: {deed}\n")
    with contextlib.suppress(OSError):
        mine.unlink()
    if deed == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif deed == "pause":
        time.sleep(PAUSE_SECONDS)
    elif deed == "unavailable":
        from search.embedding import EmbedderUnavailable

        raise EmbedderUnavailable(f"chaos at {point}")
    else:
        raise Poisoned(f"chaos at {point}")


def install() -> None:
    """Wraps the steps. Raises AttributeError when one of them is not there any more."""
    from wagtail.models import ReferenceIndex

    from kb.core import cascade, privacy
    from search import nudge
    from search.embedding.hashing import HashingEmbedder
    from search.index import claims, writer
    from search.related import compute

    _around(claims, "claim", after="after claim", only_with_result=True)
    _refuse_poison(HashingEmbedder)
    _around(HashingEmbedder, "embed_passages", before="before embed", after="after embed")
    _around(writer, "write", before="before write", after="after write")
    _around(writer, "_write_postings", before="inside write")
    _around(compute, "_relations", before="inside relations")
    _around(nudge, "_send", before="before nudge")
    for name in ("unpublish_translations", "move_translations", "_delete"):
        _around(cascade, name, before="before translations follow", after="after translations followed")
    for name in ("close_translations", "mirror"):
        _around(privacy, name, before="before translations follow", after="after translations followed")
    original = ReferenceIndex.create_or_update_for_object.__func__

    def create_or_update_for_object(cls: Any, instance: Any) -> Any:
        passing("before references")
        return original(cls, instance)

    ReferenceIndex.create_or_update_for_object = classmethod(create_or_update_for_object)


def _refuse_poison(embedder: Any) -> None:
    original = embedder.embed_passages

    def embed_passages(self: Any, texts: Sequence[str]) -> Any:
        with contextlib.suppress(OSError):
            token = (folder() / POISON).read_text()
            if "worker" in sys.argv and any(token in text.lower() for text in texts):
                raise Poisoned(f"chaos: a text with {token}")
        return original(self, texts)

    embedder.embed_passages = embed_passages


def _around(
    owner: Any, name: str, *, before: str = "", after: str = "", only_with_result: bool = False
) -> None:
    original: Callable[..., Any] = getattr(owner, name)

    @wraps(original)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if before:
            passing(before)
        result = original(*args, **kwargs)
        if after and (not only_with_result or result):
            passing(after)
        return result

    setattr(owner, name, wrapped)
