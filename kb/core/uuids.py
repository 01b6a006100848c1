"""Keys that a form sends back."""

from __future__ import annotations

from uuid import UUID


def uuid_of(text: str) -> UUID | None:
    """The UUID that `text` writes; None for whatever else somebody sends."""
    try:
        return UUID(text)
    except ValueError:
        return None
