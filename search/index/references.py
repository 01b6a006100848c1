"""What Wagtail's reference index knows of a page: without it nobody learns that something the page shows has changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, transaction
from wagtail.models import Page, ReferenceIndex


def untold(pages: Sequence[Page]) -> list[Page]:
    """Those that refer to something else than Wagtail says. Asked once for all of them: what Wagtail offers for it asks
    for each page, and writes."""
    told: dict[str, set[Any]] = defaultdict(set)
    rows = ReferenceIndex.objects.filter(
        base_content_type=ContentType.objects.get_for_model(Page),
        object_id__in=[str(page.pk) for page in pages],
    )
    fields = ("to_content_type", "to_object_id", "model_path", "content_path")
    for page_id, *reference in rows.values_list("object_id", *fields):
        told[page_id].add(tuple(reference))
    return [
        page
        for page in pages
        if set(ReferenceIndex._extract_references_from_object(page)) != told[str(page.pk)]
    ]


def tell(page: Page) -> None:
    try:
        with transaction.atomic():
            ReferenceIndex.create_or_update_for_object(page)
    except IntegrityError:
        pass  # the editor's process does so at this very moment
