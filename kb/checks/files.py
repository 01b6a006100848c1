"""Files without words: a scan is found by nobody, and read aloud to nobody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from django.utils.translation import gettext as _

from kb.checks.finding import Finding
from kb.checks.texts import Piece
from kb.toolbox.documents import READERS


def check(found: list[Piece]) -> Iterator[Finding]:
    for piece in found:
        if piece.kind != "document" or piece.value is None:
            continue
        readable = PurePath(piece.value.filename).suffix.lower() in READERS
        if readable and piece.value.text_of and not piece.value.text:
            yield Finding(
                _(
                    "No words could be read from “%(title)s”, perhaps since it is a scan. People who do not see cannot "
                    "read it, and the search finds it only by what you write about it."
                )
                % {"title": piece.value.title},
                piece.path,
                piece.place,
            )
