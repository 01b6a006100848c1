from __future__ import annotations

from typing import Any

from django import template
from wagtail.models import Page

register = template.Library()


@register.inclusion_tag("feedback/question.html")
def was_this_helpful(page: Page) -> dict[str, Any]:
    """The question below a page. Nothing in a preview of a page that does not exist yet."""
    return {"page_id": page.pk}
