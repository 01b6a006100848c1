"""Things to do and things to have, an item at a time."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks


class PreparationBlock(blocks.StreamBlock):
    """What has to be done beforehand."""

    item = blocks.CharBlock(
        label=_("To do"),
        icon="tick-inverse",
        group=_("Preparation"),
        max_length=300,
        template="blocks/item.html",
        description=_("One thing to do beforehand. Begin with what is done: “Book a room”."),
        preview_value="Raum mit Tageslicht buchen",
    )


class MaterialsBlock(blocks.StreamBlock):
    """What has to be at hand."""

    item = blocks.CharBlock(
        label=_("Material"),
        icon="form",
        group=_("Preparation"),
        max_length=300,
        template="blocks/item.html",
        description=_("One thing that has to be at hand, with its quantity."),
        preview_value="Zwei Stellwände mit Papier",
    )
