"""Free text: sections, paragraphs and tables in reading order."""

from __future__ import annotations

from html import escape

from kb.toolbox.markdown.draft import BodyItem, BodyParagraph, BodySection, BodyTable
from kb.toolbox.markdown.outline import Node, outline
from kb.toolbox.markdown.summary import cut_at_word

HEADING_CHARACTERS = 120


def free_body(markdown: str) -> tuple[BodyItem, ...]:
    """A whole text as body items: what stands before the first heading, then each section."""
    root = outline(markdown)
    before = Node("", 0, root.blocks)
    return tuple(item for node in (before, *root.children) for item in body_items(node))


def body_items(node: Node) -> list[BodyItem]:
    """A section in reading order: heading with text, tables as tables."""
    items: list[BodyItem] = []
    heading, text = node.heading, ""

    def close() -> None:
        nonlocal heading, text
        if len(heading) > HEADING_CHARACTERS:
            text = f"<p><b>{escape(heading, quote=False)}</b></p>{text}"
            heading = cut_at_word(heading, HEADING_CHARACTERS)
        if heading and text:
            items.append(BodySection(heading, text))
        elif text:
            items.append(BodyParagraph(text))
        elif heading:
            items.append(BodyParagraph(f"<h3>{escape(heading, quote=False)}</h3>"))
        heading, text = "", ""

    def walk(inner: Node, tags: tuple[str, ...]) -> None:
        nonlocal heading, text
        for block in inner.blocks:
            if block.kind == "table":
                caption = heading if heading and not text and len(heading) <= HEADING_CHARACTERS else ""
                if caption:
                    heading = ""
                else:
                    close()
                items.append(BodyTable(block.rows, caption))
            else:
                text += block.html
        for child in inner.children:
            if child.heading:
                text += f"<{tags[0]}>{escape(child.heading, quote=False)}</{tags[0]}>"
            walk(child, tags[1:] or tags)

    walk(node, ("h3", "h4"))
    if text or heading:
        close()
    return items
