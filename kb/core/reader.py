"""The reader of a request, asked for once."""

from __future__ import annotations

from django.http import HttpRequest

from search.reader import ANONYMOUS, Reader


def reader_of(request: HttpRequest) -> Reader:
    """Who is reading. Kept on the request, since menu, lists and related pages all ask."""
    reader = getattr(request, "_lotse_reader", None)
    if reader is None:
        user = getattr(request, "user", None)
        reader = Reader.of(user) if user is not None else ANONYMOUS
        request._lotse_reader = reader  # type: ignore[attr-defined]
    return reader
