"""A box beside the flow of the text."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from kb.core import passages, rich_text
from search.protocol import Passage


class CalloutBlock(blocks.StructBlock):
    """A hint, a warning or an example, set apart from the text."""

    kind = blocks.ChoiceBlock(
        label=_("Kind"),
        choices=[
            ("info", _("Information")),
            ("tip", _("Tip")),
            ("warning", _("Warning")),
            ("example", _("Example")),
        ],
        default="info",
    )
    title = blocks.CharBlock(label=_("Title"), required=False, max_length=120)
    text = blocks.RichTextBlock(label=_("Text"), features=rich_text.TEXT)

    class Meta:
        icon = "info-circle"
        label = _("Callout")
        group = _("Notes")
        template = "blocks/callout.html"
        description = _("A hint, a warning or an example, set apart from the text.")
        preview_value = {
            "kind": "tip",
            "title": "Namensschilder",
            "text": "<p>Vornamen groß, Firma klein.</p>",
        }

    def passages(self, value: Any, anchor: str, heading_path: tuple[str, ...]) -> Iterator[Passage]:
        path = (*heading_path, value["title"]) if value["title"] else heading_path
        yield from passages.from_rich_text(value["text"], anchor, path)
