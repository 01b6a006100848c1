"""Pages that belong with a page, for its template."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from wagtail.models import Page

from kb.core.reader import reader_of


def for_page(page: Page, request: HttpRequest) -> list[Any]:
    """Related pages that this reader may see; none in a preview, where the page has no place in the index yet."""
    if not page.shows_related or getattr(request, "is_preview", False):
        return []
    from search.related.read import related_to

    return list(related_to(page, reader=reader_of(request), language=page.language))
