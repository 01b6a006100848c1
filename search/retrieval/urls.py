"""Where a page is, from its row alone: moves and changed slugs need no new index, and no query either."""

from __future__ import annotations

from functools import lru_cache

from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
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
        path = _path(url_path[len(root.root_path) :], root.language_code, get_script_prefix(), get_urlconf())
        return root.root_url + path if path and len({other.site_id for other in roots}) > 1 else path
    return ""


@lru_cache(maxsize=4096)
def _path(below: str, language: str, prefix: str, urlconf: str | None) -> str:
    """Path of what lies below a root of that language; "" where nothing serves it. Depends on these four alone."""
    with translation.override(language):
        try:
            return reverse("wagtail_serve", urlconf, args=(below,))
        except NoReverseMatch:
            return ""
