"""A page's own structure as passages: the author's sections, steps and lists, each with its anchor."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from kb.core.plain_text import cut_at_headings
from search.protocol import Passage


def anchor_of(block_id: str | None) -> str:
    """The id under which the templates render a stream block, "" for a block that was never saved."""
    return f"b-{block_id[:8]}" if block_id else ""


def from_text(text: str, anchor: str, heading_path: tuple[str, ...] = ()) -> Iterator[Passage]:
    """One passage of plain text; none when there is nothing to read."""
    if text := text.strip():
        yield Passage(anchor, heading_path, text)


def from_rich_text(html: Any, anchor: str, heading_path: tuple[str, ...] = ()) -> Iterator[Passage]:
    """Passages of rich text (stored HTML or a RichText value), cut at the headings inside it."""
    for cut in cut_at_headings(getattr(html, "source", html) or ""):
        yield Passage(anchor, (*heading_path, *cut.headings), cut.text)


def from_stream(
    stream: Iterable[Any], heading_path: tuple[str, ...] = (), anchor: str = ""
) -> Iterator[Passage]:
    """Passages of every block of a StreamValue that has some; `anchor` stands in where a block has no id."""
    for child in stream:
        passages = getattr(child.block, "passages", None)
        if passages is not None:
            yield from passages(child.value, anchor_of(child.id) or anchor, heading_path)


def from_items(stream: Iterable[Any], anchor: str, heading_path: tuple[str, ...]) -> Iterator[Passage]:
    """One passage for a whole list, a line for each item: a checklist is read together."""
    lines = (str(getattr(child.block, "line", str)(child.value)).strip() for child in stream)
    yield from from_text("\n".join(line for line in lines if line), anchor, heading_path)
