"""Blocks that show or offer a file."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

from kb.core import passages
from search.protocol import Passage

GROUP = _("Media")


class FigureBlock(blocks.StructBlock):
    """A picture. Its alternative text comes from the image library, in the reader's language."""

    image = ImageChooserBlock(label=_("Image"))
    caption = blocks.CharBlock(label=_("Caption"), required=False, max_length=250)

    class Meta:
        icon = "image"
        label = _("Image")
        group = GROUP
        template = "blocks/figure.html"
        preview_template = "blocks/preview/figure.html"
        description = _("A picture with an optional caption. Its alternative text is kept with the image.")

    def passages(self, value: Any, anchor: str, heading_path: tuple[str, ...]) -> Iterator[Passage]:
        yield from passages.from_text(value["caption"] or "", anchor, heading_path)


class DocumentBlock(blocks.StructBlock):
    """A file to download."""

    document = DocumentChooserBlock(label=_("Document"))
    label = blocks.CharBlock(
        label=_("Link text"),
        required=False,
        max_length=120,
        help_text=_("Empty: the document's title."),
    )

    class Meta:
        icon = "doc-full"
        label = _("Document")
        group = GROUP
        template = "blocks/document.html"
        preview_template = "blocks/preview/document.html"
        description = _("A file to download. Only those who may see this page can download it.")
