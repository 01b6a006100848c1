from __future__ import annotations

from typing import Any

from django import template
from wagtail.models import Page

from kb.experience import services

register = template.Library()


@register.inclusion_tag("experience/invitation.html")
def we_did_this(guide: Page) -> dict[str, Any]:
    """The invitation below a guide. Nothing in a preview of one that does not exist yet, or without a place for it."""
    return {"guide_id": guide.pk if guide.pk and services.room_for(guide) else None}
