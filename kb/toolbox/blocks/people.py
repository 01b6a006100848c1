"""Who does what."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks


class RoleBlock(blocks.StructBlock):
    """A role that somebody takes, and how many people it needs."""

    role = blocks.CharBlock(label=_("Role"), max_length=80)
    count = blocks.IntegerBlock(label=_("Number of people"), min_value=1, max_value=500, default=1)
    task = blocks.CharBlock(label=_("Task"), max_length=250, required=False)

    class Meta:
        icon = "user"
        label = _("Role")
        group = _("People")
        template = "blocks/role.html"
        description = _("A role, how many people take it, and what they do.")
        preview_value = {"role": "Moderation", "count": 1, "task": "Führt durch den Morgen"}

    def line(self, value: Any) -> str:
        """The role in one line of plain text, for the index."""
        return f"{value['role']}: {value['task']}" if value["task"] else str(value["role"])


class RolesBlock(blocks.StreamBlock):
    """All roles of a guide."""

    role = RoleBlock()
