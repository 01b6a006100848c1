"""Making, finding and changing the page of a file."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from wagtail.coreutils import find_available_slug
from wagtail.models import Page, ReferenceIndex
from wagtail.signal_handlers import disable_reference_index_auto_update

from kb.core.addresses import slug_of
from kb.toolbox.markdown import GuideDraft
from kb.toolbox.markdown.page_fields import guide_fields
from kb.toolbox.models import PracticeGuide

# What Wagtail keeps about a page, as opposed to what an editor writes.
BOOKKEEPING = frozenset(field.name for field in Page._meta.get_fields()) - {
    "title",
    "seo_title",
    "search_description",
}
# Draftail marks its blocks when an editor saves without changing a word.
DRAFTAIL_KEY = re.compile(r'\s*data-block-key=\\?"[^"]*"')


def create(parent: Page, draft: GuideDraft, *, key: str, task_area: Any) -> PracticeGuide:
    """A draft below `parent`, with its first revision."""
    page = PracticeGuide(
        locale_id=parent.locale_id,
        slug=find_available_slug(parent, slug_of(draft.title)),
        task_area=task_area,
        live=False,
        **guide_fields(draft, key),
    )
    # Saved twice on its way; what it refers to is noted once.
    with disable_reference_index_auto_update():
        parent.add_child(instance=page)
        page.save_revision(log_action=True)
    ReferenceIndex.create_or_update_for_object(page)
    return page


def update(page: PracticeGuide, draft: GuideDraft, *, key: str) -> None:
    """A new revision of `page` (its latest revision's object) with what the file says now."""
    for name, value in guide_fields(draft, key).items():
        setattr(page, name, value)
    page.save_revision(log_action=True)


def publish(page: PracticeGuide) -> str:
    """Publish the latest revision. Returns "" or, in words, why it stays a draft."""
    latest = page.get_latest_revision_as_object()
    if missing := latest.missing_for_publication():
        return " ".join(map(str, missing.values()))
    try:
        latest.full_clean()
        with transaction.atomic():
            page.get_latest_revision().publish()
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def fingerprint(page: Page) -> str:
    """SHA-256 of everything an editor can write on the latest revision of a page."""
    values = page.get_latest_revision_as_object().serializable_data()
    written = {name: value for name, value in values.items() if name not in BOOKKEEPING}
    text = json.dumps(written, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(DRAFTAIL_KEY.sub("", text).encode()).hexdigest()
