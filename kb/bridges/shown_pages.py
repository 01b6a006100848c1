"""Pages named by translation keys, as one reader gets them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from wagtail.models import Page

from kb.core.visibility import visible_to
from search.reader import Reader


def shown_pages(keys: Iterable[UUID], reader: Reader, language: str) -> list[Any]:
    """The specific pages with these keys that `reader` may see, in the order of `keys`.

    In `language` where there is such a version, else in the one there is; without what may not be seen in any.
    """
    wanted = list(dict.fromkeys(keys))
    if not wanted:
        return []
    chosen: dict[Any, int] = {}
    visible = visible_to(Page.objects.filter(translation_key__in=wanted, alias_of__isnull=True), reader)
    for pk, key, code in visible.order_by("pk").values_list("pk", "translation_key", "locale__language_code"):
        if code == language or key not in chosen:
            chosen[key] = pk
    pages = {page.translation_key: page for page in Page.objects.filter(pk__in=chosen.values()).specific()}
    return [pages[key] for key in wanted if key in pages]
