"""Where a page is, from its row alone: moves and changed slugs need no new index, and no query either."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse
from django.utils import translation
from wagtail.models import Site

from search.sql_text import like_prefix


def root_patterns() -> list[str]:
    """LIKE patterns of everything below the roots of all sites. Pages elsewhere have no address."""
    return [like_prefix(root.root_path) for root in Site.get_site_root_paths()]


def page_url(url_path: str) -> str:
    """Address of a page as Page.get_url() gives it; "" for a page below no site's root.

    With one site it is a path, with several the site's own address comes first.
    """
    roots = Site.get_site_root_paths()
    for root in roots:
        if not url_path.startswith(root.root_path):
            continue
        with translation.override(root.language_code):
            try:
                path = reverse("wagtail_serve", args=(url_path[len(root.root_path) :],))
            except NoReverseMatch:
                return ""
        return path if len({other.site_id for other in roots}) == 1 else root.root_url + path
    return ""
