"""Rich text as plain text, cut where its author set a heading."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag

HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})
BLOCKS = frozenset({"p", "li", "blockquote", "tr", "div", "hr", *HEADINGS})


@dataclass(frozen=True)
class Cut:
    """Text below one heading; headings are outermost first, without those above the rich text."""

    headings: tuple[str, ...]
    text: str


def plain_text(html: str) -> str:
    """The words of `html` (Wagtail's stored rich text), one line for each paragraph or list item."""
    return "\n".join(line for _, line in _lines(html))


def cut_at_headings(html: str) -> list[Cut]:
    """The text of `html` in the order of its headings. Headings without any text below them are left out."""
    cuts: list[Cut] = []
    headings: list[tuple[int, str]] = []
    lines: list[str] = []

    def close() -> None:
        if lines:
            cuts.append(Cut(tuple(words for _, words in headings), "\n".join(lines)))
            lines.clear()

    for tag, line in _lines(html):
        if tag in HEADINGS:
            close()
            level = int(tag[1])
            while headings and headings[-1][0] >= level:
                headings.pop()
            headings.append((level, line))
        else:
            lines.append(line)
    close()
    return cuts


def _lines(html: str) -> Iterator[tuple[str, str]]:
    """(name of the enclosing block element, its words) in reading order."""
    block, words = "p", ""
    for name, text, breaks in _walk(BeautifulSoup(html or "", "html.parser"), "p"):
        if breaks:
            if line := " ".join(words.split()):
                yield block, line
            block, words = name, ""
        words += text
    if line := " ".join(words.split()):
        yield block, line


def _walk(node: Tag, block: str) -> Iterator[tuple[str, str, bool]]:
    for child in node.children:
        if isinstance(child, Tag):
            if child.name in BLOCKS:
                yield child.name, "", True
                yield from _walk(child, child.name)
                yield block, "", True
            elif child.name == "br":
                yield block, " ", False
            else:
                yield from _walk(child, block)
        elif isinstance(child, NavigableString):
            yield block, str(child), False
