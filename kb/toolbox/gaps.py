"""A question that nothing answers -> the form of a new practice guide with the question as its title."""

from __future__ import annotations

import re
from itertools import chain, count
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail.models import Page
from wagtail.permission_policies import ModelPermissionPolicy

from kb.core.addresses import slug_of
from kb.core.creating import filled_in, place_for
from kb.toolbox.models import PracticeGuide, ToolboxPage
from search.gaps import selectors
from search.gaps.links import Asked, GapLink
from search.gaps.masking import MASK
from search.gaps.models import Gap

LONGEST_TITLE = 255
"""Wagtail's own limit."""


def guide_link(request: HttpRequest, gap: Asked) -> GapLink | None:
    """For the report of unanswered questions; None for who may not add a guide."""
    if toolbox_for(request.user, gap.language) is None:
        return None
    return GapLink(_("Create a guide from this"), reverse("lotse_guide_from_gap", args=[gap.id]))


def toolbox_for(user: Any, language: str) -> Page | None:
    """The toolbox in `language`, or in another one, to which `user` may add a guide."""
    return place_for(user, PracticeGuide, ToolboxPage, language)


def title_from(question: str) -> str:
    """A question as a title: without what stood for a name, without the question mark."""
    title = re.sub(r"\s+([,.;:?!])", r"\1", " ".join(question.replace(MASK, " ").split()))
    title = title.strip(" ,;:–-…?!.")
    return (title[:1].upper() + title[1:])[:LONGEST_TITLE]


def free_slug(slug: str, parent: Page) -> str:
    """`slug`, with a number behind it where `parent` has such a child already."""
    taken = set(parent.get_children().filter(slug__startswith=slug).values_list("slug", flat=True))
    numbered = (f"{slug}-{number}" for number in count(2))
    return next(found for found in chain([slug], numbered) if found not in taken)


@require_safe
def guide_from_gap(request: HttpRequest, gap_id: UUID) -> HttpResponse:
    """Wagtail's form for a new guide, filled in with the question.

    The address names the gap and not the question, which would stand in logs and histories. Both permissions are
    asked: to read the report, and (by Wagtail) to add a guide.
    """
    if not ModelPermissionPolicy(Gap).user_has_permission(request.user, "view"):
        raise PermissionDenied
    gap = selectors.listed(timezone.localdate()).filter(pk=gap_id).first()
    if gap is None:
        raise Http404
    toolbox = toolbox_for(request.user, gap.language)
    if toolbox is None:
        raise PermissionDenied
    title = title_from(selectors.title_of(gap))
    # Wagtail's form makes the address while a title is typed; this one is there already.
    values = {"title": title, "slug": free_slug(slug_of(title), toolbox)} if title else {}
    return filled_in(request, toolbox, PracticeGuide, values)
