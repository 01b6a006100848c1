"""Markdown as a tree: headings, and below each the blocks that belong to it, with their text as rich text.

Rich text here is what Wagtail stores: p, h3, h4, ul, ol, li, b, i, a, br. What it has no mark for stays as text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape, unescape
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

# A file with a longer line is not wrapped by hand, so each of its line breaks was meant.
WRAPPED_AT = 120
LINKABLE = ("http://", "https://", "mailto:", "tel:")
ATTRIBUTES = re.compile(r"\s*\{[#.:][^{}]*\}\s*$")
TAG = re.compile(r"<!--.*?-->|<[^>]*>", re.DOTALL)

_markdown = MarkdownIt("commonmark").enable("table").enable("strikethrough")


@dataclass(frozen=True)
class Item:
    """An item of a list: its own line, and everything in it (with lists below it) as the inside of a li."""

    line: str
    html: str
    plain: bool  # nothing but one line


@dataclass(frozen=True)
class Block:
    """A paragraph, list or table. `html` renders the whole; items and rows are what it is made of."""

    kind: Literal["paragraph", "list", "table"]
    html: str
    items: tuple[Item, ...] = ()
    ordered: bool = False
    rows: tuple[tuple[str, ...], ...] = ()  # plain text, the header first


@dataclass
class Node:
    """A heading (plain text, "" at the root) with its blocks and the headings below it."""

    heading: str
    level: int
    blocks: list[Block] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        return not self.blocks and not self.children


def outline(markdown: str) -> Node:
    """The tree of a Markdown text. The root has no heading; its blocks are what stands before the first one."""
    breaks_are_meant = any(len(line) > WRAPPED_AT for line in markdown.splitlines())
    tokens = _markdown.parse(markdown)
    root = Node("", 0)
    path = [root]
    position = 0
    while position < len(tokens):
        token = tokens[position]
        if token.type == "heading_open":
            heading = ATTRIBUTES.sub("", text_of(_inline(tokens[position + 1], meant=False)))
            level = int(token.tag[1])
            while path[-1].level >= level:
                path.pop()
            node = Node(heading, level)
            path[-1].children.append(node)
            path.append(node)
            position += 3
            continue
        end = _end(tokens, position)
        path[-1].blocks.extend(_blocks(tokens[position:end], meant=breaks_are_meant))
        position = end
    return root


def text_of(html: str) -> str:
    """Rich text as one line of plain text; addresses behind links are kept in brackets."""
    html = re.sub(
        r'<a href="([^"]*)">(.*?)</a>',
        lambda link: link[2] if unescape(link[1]) == unescape(link[2]) else f"{link[2]} ({link[1]})",
        html,
        flags=re.DOTALL,
    )
    return " ".join(unescape(re.sub(r"</?(?:b|i)>", "", re.sub(r"<(?!/?(?:b|i)>)[^>]*>", " ", html))).split())


def render(node: Node, heading_tags: Sequence[str] = ("h3", "h4")) -> str:
    """Everything below a heading as rich text, its subheadings as `heading_tags`; with none of these, in bold."""
    parts = [block.html for block in node.blocks]
    for child in node.children:
        if child.heading:
            tag = heading_tags[0] if heading_tags else ""
            words = escape(child.heading, quote=False)
            parts.append(f"<{tag}>{words}</{tag}>" if tag else f"<p><b>{words}</b></p>")
        parts.append(render(child, heading_tags[1:] or heading_tags))
    return "".join(parts)


def has_tables(node: Node) -> bool:
    """Whether there is a table anywhere below a heading."""
    return any(block.kind == "table" for block in node.blocks) or any(map(has_tables, node.children))


# --- Tokens to blocks ---


def _end(tokens: Sequence[Token], start: int) -> int:
    """The position after the block that opens at `start`."""
    depth = 0
    for position in range(start, len(tokens)):
        depth += tokens[position].nesting
        if depth == 0:
            return position + 1
    return len(tokens)


def _blocks(tokens: Sequence[Token], *, meant: bool) -> Iterator[Block]:
    position = 0
    while position < len(tokens):
        token, end = tokens[position], _end(tokens, position)
        inside = tokens[position + 1 : end - 1]
        if token.type in {"paragraph_open", "heading_open"}:
            yield from _paragraphs(_inline(inside[0], meant=meant))
        elif token.type in {"bullet_list_open", "ordered_list_open"}:
            yield from _list(token, inside, meant=meant)
        elif token.type == "table_open":
            yield _table(inside)
        elif token.type == "blockquote_open":
            yield from _blocks(inside, meant=meant)
        elif token.type in {"fence", "code_block"}:
            words = f"{token.info}\n{token.content}" if token.info.strip() else token.content
            lines = [escape(line, quote=False) for line in words.rstrip().split("\n")]
            yield from _paragraphs("<br/>".join(lines))
        elif token.type == "html_block":
            for part in re.split(r"\n\s*\n", TAG.sub("", token.content)):
                yield from _paragraphs(escape(unescape(" ".join(part.split())), quote=False))
        position = end


def _paragraphs(inline: str) -> Iterator[Block]:
    for part in inline.split(PARAGRAPH):
        if part.strip():
            yield Block("paragraph", f"<p>{part.strip()}</p>")


def _list(token: Token, inside: Sequence[Token], *, meant: bool) -> Iterator[Block]:
    ordered = token.type.startswith("ordered")
    items = tuple(_items(inside, meant=meant))
    start = int(token.attrGet("start") or 1) if ordered else 1
    if start != 1:
        # Wagtail's numbered lists begin at 1: here the numbers are words of the text.
        for number, item in enumerate(items, start):
            yield Block("paragraph", f"<p>{number}. {item.line}</p>")
            if rest := item.html.removeprefix(item.line):
                yield Block("paragraph", rest if rest.startswith("<") else f"<p>{rest}</p>")
        return
    tag = "ol" if ordered else "ul"
    html = f"<{tag}>{''.join(f'<li>{item.html}</li>' for item in items)}</{tag}>"
    yield Block("list", html, items=items, ordered=ordered)


def _items(tokens: Sequence[Token], *, meant: bool) -> Iterator[Item]:
    position = 0
    while position < len(tokens):
        end = _end(tokens, position)
        blocks = list(_blocks(tokens[position + 1 : end - 1], meant=meant))
        position = end
        lines = [
            block.html[3:-4] for block in blocks if block.kind == "paragraph" and block.html.startswith("<p>")
        ]
        first = lines[0] if blocks and blocks[0].kind == "paragraph" and lines else ""
        html = ""
        for block in blocks:
            if block.kind == "paragraph":
                html += ("<br/>" if html and not html.endswith(">") else "") + re.sub(
                    r"^<p>|</p>$", "", block.html
                )
            elif block.kind == "table":
                html += "<br/>" + "<br/>".join(escape(" | ".join(row), quote=False) for row in block.rows)
            else:
                html += block.html
        if html:
            yield Item(first, html, plain=len(blocks) == 1 and bool(first))


def _table(tokens: Sequence[Token]) -> Block:
    rows: list[tuple[str, ...]] = []
    row: list[str] = []
    for token in tokens:
        if token.type == "inline":
            row.append(text_of(_inline(token, meant=False)))
        elif token.type == "tr_close":
            rows.append(tuple(row))
            row = []
    html = "".join(f"<p>{escape(' | '.join(cells), quote=False)}</p>" for cells in rows)
    return Block("table", html, rows=tuple(rows))


# --- Inline marks ---

PARAGRAPH = "\x1e"  # a line break that was meant, between marks: a new paragraph
MARKS = {"strong_open": "<b>", "strong_close": "</b>", "em_open": "<i>", "em_close": "</i>"}


def _inline(token: Token, *, meant: bool) -> str:
    """The rich text of an inline token. With `meant`, its line breaks part paragraphs."""
    html = ""
    open_marks = 0
    links: list[str | None] = []
    for child in token.children or []:
        open_marks += child.nesting
        if child.type in {"text", "code_inline", "text_special"}:
            html += escape(child.content, quote=False)
        elif child.type in MARKS:
            html += MARKS[child.type]
        elif child.type == "softbreak":
            html += (PARAGRAPH if open_marks == 0 else "<br/>") if meant else " "
        elif child.type == "hardbreak":
            html += "<br/>"
        elif child.type == "link_open":
            address = str(child.attrGet("href") or "")
            linkable = address.lower().startswith(LINKABLE)
            links.append(None if linkable else address)
            html += f'<a href="{escape(address)}">' if linkable else ""
        elif child.type == "link_close":
            address_left = links.pop()
            html += "</a>" if address_left is None else _bracketed(address_left)
        elif child.type == "image":
            # The picture itself cannot come along; what it is called and where it is can.
            html += escape(child.content, quote=False) + _bracketed(str(child.attrGet("src") or ""))
            html += _bracketed(str(child.attrGet("title") or ""))
        elif child.type == "html_inline" and re.match(r"<br\s*/?>", child.content):
            html += "<br/>"
    return re.sub(r"<(b|i)>(\s*)</\1>", r"\2", html).strip(" ")


def _bracketed(address: str) -> str:
    return f" ({escape(address, quote=False)})" if address else ""
