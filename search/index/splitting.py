"""The author's passages, fitted to what a model reads: long ones cut, fragments joined, characters cleaned."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from search.analysis import sentences
from search.analysis.normalise import clean
from search.conf import conf
from search.protocol import Passage

SPLITTER_VERSION = "1"
"""Part of what a page's index rows were computed from."""

_SPACES = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"\s*\n\s*")


def fitted(passages: Iterable[Passage]) -> list[Passage]:
    """Passages in the order given, each at most `passage_max_chars` long and none empty.

    The pieces of a long passage keep its anchor and headings. A short one joins the one before it under the
    same heading, as long as both fit together.
    """
    limits = conf()
    found: list[Passage] = []
    for passage in passages:
        for piece in _pieces(_tidy(passage), limits.passage_max_chars):
            before = found[-1] if found else None
            if (
                before is not None
                and before.heading_path == piece.heading_path
                and min(len(before.text), len(piece.text)) < limits.passage_min_chars
                and len(before.text) + len(piece.text) < limits.passage_max_chars
            ):
                found[-1] = replace(before, text=f"{before.text}\n{piece.text}")
            else:
                found.append(piece)
    return found


def _tidy(passage: Passage) -> Passage:
    return Passage(
        anchor=clean(passage.anchor)[:200],
        heading_path=tuple(text for heading in passage.heading_path if (text := _one_line(heading))),
        text=_LINES.sub("\n", _SPACES.sub(" ", clean(passage.text))).strip(),
    )


def _one_line(text: str) -> str:
    return " ".join(clean(text).split())


def _pieces(passage: Passage, limit: int) -> Iterator[Passage]:
    if not passage.text:
        return
    if len(passage.text) <= limit:
        yield passage
        return
    piece = ""
    for unit in _units(passage.text, limit):
        if piece and len(piece) + len(unit) + 1 > limit:
            yield replace(passage, text=piece.strip())
            piece = ""
        piece += unit
    if piece.strip():
        yield replace(passage, text=piece.strip())


def _units(text: str, limit: int) -> Iterator[str]:
    """Paragraphs; sentences of a paragraph that is too long; words of a sentence that is."""
    for paragraph in text.split("\n"):
        if len(paragraph) <= limit:
            yield paragraph + "\n"
            continue
        for sentence in sentences(paragraph):
            part = paragraph[sentence.start : sentence.end]
            if len(part) <= limit:
                yield part + " "
                continue
            while part:
                cut = len(part) if len(part) <= limit else part.rfind(" ", 1, limit)
                cut = cut if cut > 0 else limit
                yield part[:cut] + " "
                part = part[cut:].lstrip()
