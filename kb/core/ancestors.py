"""What a page belongs to by where it stands."""

from __future__ import annotations

from wagtail.models import Page


def clusters_above(page: Page) -> list[str]:
    """Translation keys of the clusters that `page` stands below, as the facet "cluster" holds them."""
    return [
        str(above.translation_key)
        for above in page.get_ancestors().select_related("content_type")
        if getattr(above.specific_class, "search_kind", "") == "cluster"
    ]
