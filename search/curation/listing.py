"""What an editor is shown of a page's related pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from wagtail.models import Page

from search.curation import services
from search.curation.models import Decision
from search.reader import Reader
from search.related.read import Related, related_to, suggestions
from search.visibility import visible_to


@dataclass(frozen=True)
class Suggestion:
    related: Related
    key: UUID
    shown: bool
    """on the page, to this editor"""
    decision: Decision | None


@dataclass(frozen=True)
class Dismissed:
    title: str
    key: UUID
    decision: Decision


def context(page: Page, request: HttpRequest) -> dict[str, Any]:
    """For the panel and the view of their own: suggestions, what is dismissed, and whether this user may decide."""
    page = page.specific
    language = page.locale.language_code
    reader = Reader.of(request.user)
    decisions = services.in_force(page.translation_key)
    found = suggestions(page, reader=reader, language=language)
    shown = {one.page_id for one in related_to(page, reader=reader, language=language)}
    keys = dict(
        Page.objects.filter(pk__in=[one.page_id for one in found]).values_list("pk", "translation_key")
    )
    listed = [
        Suggestion(one, keys[one.page_id], one.page_id in shown, decisions.get(keys[one.page_id]))
        for one in found
        if one.page_id in keys
    ]
    dismissed = {
        key: decision for key, decision in decisions.items() if decision.verdict == Decision.Verdict.DISMISSED
    }
    # Only what this editor may read is named.
    titles = dict(
        visible_to(Page.objects.filter(translation_key__in=dismissed), reader)
        .order_by("locale_id")
        .values_list("translation_key", "title")
    )
    return {
        "related_page": page,
        "suggestions": listed,
        "dismissed": [
            Dismissed(titles[key], key, decision) for key, decision in dismissed.items() if key in titles
        ],
        "may_decide": page.permissions_for_user(request.user).can_edit(),
    }
