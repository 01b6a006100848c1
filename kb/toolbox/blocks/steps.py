"""The course of a guide, step by step."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

from kb.core import passages, rich_text
from kb.core.plain_text import plain_text
from search.protocol import Passage


class StepBlock(blocks.StructBlock):
    """One step: how long it takes, what happens, and a tip."""

    title = blocks.CharBlock(label=_("Title"), max_length=120)
    minutes = blocks.IntegerBlock(
        label=_("Minutes"),
        required=False,
        min_value=1,
        max_value=60 * 24 * 30,
        help_text=_("How long this step takes. For work over weeks: the working time."),
    )
    text = blocks.RichTextBlock(label=_("What happens"), features=rich_text.TEXT)
    media = ImageChooserBlock(label=_("Image"), required=False)
    tip = blocks.TextBlock(
        label=_("Tip"),
        required=False,
        rows=2,
        max_length=600,
        help_text=_("What you would tell a colleague who does this for the first time."),
    )

    class Meta:
        icon = "order-down"
        label = _("Step")
        group = _("Course")
        template = "blocks/step.html"
        description = _("A step with its title, duration, text and a tip. Readers land on single steps.")
        preview_value = {
            "title": "Ankommen",
            "minutes": 15,
            "text": "<p>Alle bekommen einen Kaffee und eine Frage.</p>",
            "media": None,
            "tip": "Stellen Sie sich an die Tür, nicht an das Buffet.",
        }

    def passages(self, value: Any, anchor: str, heading_path: tuple[str, ...]) -> Iterator[Passage]:
        text = "\n".join(part for part in (plain_text(value["text"].source), value["tip"] or "") if part)
        yield from passages.from_text(text, anchor, (*heading_path, value["title"]))


class StepsBlock(blocks.StreamBlock):
    """All steps in their order."""

    step = StepBlock()
