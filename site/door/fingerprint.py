"""Has anything changed since this step was last done? Answered from names, sizes and times, without reading."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

SKIPPED = {"__pycache__", "node_modules", "build", "var"}


def of(places: Iterable[Path], *also: str) -> str:
    """A short hash over the files below `places` (path, size, time) and the words in `also`."""
    digest = hashlib.sha256(repr(also).encode())
    for place in places:
        for path in sorted(_files(place)):
            state = path.stat()
            digest.update(f"{path}|{state.st_size}|{state.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:24]


def _files(place: Path) -> Iterable[Path]:
    if place.is_file():
        yield place
        return
    for child in place.iterdir():
        if child.name in SKIPPED or child.suffix in {".pyc", ".mo"}:
            continue
        yield from _files(child)
