"""Blocks that are read: sections, paragraphs, lists, quotations."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from kb.core import passages, rich_text
from search.protocol import Passage

GROUP = _("Text")


class SectionBlock(blocks.StructBlock):
    """A heading with the text below it."""

    heading = blocks.CharBlock(label=_("Heading"), max_length=120)
    text = blocks.RichTextBlock(label=_("Text"), features=rich_text.SECTION)

    class Meta:
        icon = "title"
        label = _("Section")
        group = GROUP
        template = "blocks/section.html"
        description = _("A heading and the text that belongs to it. Readers who search land on it directly.")
        preview_value = {
            "heading": _("Sentences for the invitation"),
            "text": "<p>…</p>",
        }

    def passages(self, value: Any, anchor: str, heading_path: tuple[str, ...]) -> Iterator[Passage]:
        yield from passages.from_rich_text(value["text"], anchor, (*heading_path, value["heading"]))


class ParagraphBlock(blocks.RichTextBlock):
    """Text without a heading of its own."""

    class Meta:
        icon = "pilcrow"
        label = _("Paragraph")
        group = GROUP
        template = "blocks/paragraph.html"
        description = _("Text without a heading of its own.")
        preview_value = "<p>Ein Frühstück braucht <b>eine Frage</b>, keine Bühne.</p>"

    def passages(self, value: Any, anchor: str, heading_path: tuple[str, ...]) -> Iterator[Passage]:
        yield from passages.from_rich_text(value, anchor, heading_path)


class ListBlock(blocks.StructBlock):
    """A list, numbered where the order matters."""

    heading = blocks.CharBlock(label=_("Heading"), required=False, max_length=120)
    ordered = blocks.BooleanBlock(
        label=_("Numbered"), required=False, help_text=_("Tick this when the order matters.")
    )
    items = blocks.ListBlock(blocks.CharBlock(label=_("Item"), max_length=500), label=_("Items"), min_num=1)

    class Meta:
        icon = "list-ul"
        label = _("List")
        group = GROUP
        template = "blocks/list.html"
        description = _("Short items, numbered where the order matters.")
        preview_value = {"heading": "", "ordered": False, "items": ["Raum buchen", "Einladung schreiben"]}

    def passages(self, value: Any, anchor: str, heading_path: tuple[str, ...]) -> Iterator[Passage]:
        path = (*heading_path, value["heading"]) if value["heading"] else heading_path
        yield from passages.from_text("\n".join(value["items"]), anchor, path)


class QuoteBlock(blocks.StructBlock):
    """Somebody's words, with where they come from."""

    text = blocks.TextBlock(label=_("Quotation"), rows=3)
    source = blocks.CharBlock(
        label=_("Source"),
        required=False,
        max_length=160,
        help_text=_("A role or a publication. Name a person only with their consent."),
    )

    class Meta:
        icon = "openquote"
        label = _("Quotation")
        group = GROUP
        template = "blocks/quote.html"
        description = _("Somebody's own words.")
        preview_value = {
            "text": "Nach dem dritten Frühstück kannte ich alle Nachbarn.",
            "source": "Mitgliedsunternehmen",
        }

    def passages(self, value: Any, anchor: str, heading_path: tuple[str, ...]) -> Iterator[Passage]:
        yield from passages.from_text(value["text"], anchor, heading_path)
