"""What practice taught: pitfalls, variants, and how to see whether it worked."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from kb.core import passages, rich_text
from search.protocol import Passage

GROUP = _("Experience")


class PitfallBlock(blocks.StructBlock):
    """Something that goes wrong, and what helps."""

    problem = blocks.CharBlock(
        label=_("Problem"), max_length=200, help_text=_("One sentence, as somebody would say it.")
    )
    remedy = blocks.RichTextBlock(label=_("What helps"), features=rich_text.TEXT)

    class Meta:
        icon = "warning"
        label = _("Pitfall")
        group = GROUP
        template = "blocks/pitfall.html"
        description = _("Something that goes wrong, and what helps.")
        preview_value = {
            "problem": "Nach zehn Minuten reden nur noch drei.",
            "remedy": "<p>Kleine Gruppen bilden, eine Frage je Tisch.</p>",
        }

    def passages(self, value: Any, anchor: str, heading_path: tuple[str, ...]) -> Iterator[Passage]:
        yield from passages.from_rich_text(value["remedy"], anchor, (*heading_path, value["problem"]))


class PitfallsBlock(blocks.StreamBlock):
    """All pitfalls of a guide."""

    pitfall = PitfallBlock()


class VariantBlock(blocks.StructBlock):
    """Another way to do it."""

    title = blocks.CharBlock(label=_("Title"), max_length=120)
    text = blocks.RichTextBlock(label=_("Text"), features=rich_text.TEXT)

    class Meta:
        icon = "copy"
        label = _("Variant")
        group = GROUP
        template = "blocks/variant.html"
        description = _("Another way to do it, for other groups or less time.")
        preview_value = {"title": "Online", "text": "<p>45 Minuten, drei Räume, eine Frage.</p>"}

    def passages(self, value: Any, anchor: str, heading_path: tuple[str, ...]) -> Iterator[Passage]:
        yield from passages.from_rich_text(value["text"], anchor, (*heading_path, value["title"]))


class VariantsBlock(blocks.StreamBlock):
    """All variants of a guide."""

    variant = VariantBlock()


class MeasureBlock(blocks.StructBlock):
    """How to see whether it worked."""

    indicator = blocks.CharBlock(label=_("Indicator"), max_length=160)
    question = blocks.CharBlock(label=_("Question"), max_length=300, required=False)
    scale = blocks.CharBlock(
        label=_("Scale"), max_length=160, required=False, help_text=_("For example: 1 to 5, or a number.")
    )

    class Meta:
        icon = "success"
        label = _("Measure")
        group = GROUP
        template = "blocks/measure.html"
        description = _("An indicator, the question behind it and its scale.")
        preview_value = {
            "indicator": "Neue Kontakte",
            "question": "Mit wie vielen Unbekannten haben Sie gesprochen?",
            "scale": "Anzahl",
        }

    def line(self, value: Any) -> str:
        """The measure in one line of plain text, for the index."""
        return " – ".join(part for part in (value["indicator"], value["question"], value["scale"]) if part)


class SuccessBlock(blocks.StreamBlock):
    """All measures of a guide."""

    measure = MeasureBlock()
