"""A question that nothing answers -> the form of a new practice guide with the question as its title."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin.views.pages.create import CreateView
from wagtail.permission_policies import ModelPermissionPolicy

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


def toolbox_for(user: Any, language: str) -> ToolboxPage | None:
    """The toolbox in `language`, or in another one, to which `user` may add a guide."""
    found = ToolboxPage.objects.filter(alias_of__isnull=True).select_related("locale")
    # The question's own language first, then the order in which the site's languages were made.
    for toolbox in sorted(
        found, key=lambda page: (page.locale.language_code != language, page.locale_id, page.path)
    ):
        if toolbox.permissions_for_user(user).can_add_subpage() and PracticeGuide.can_create_at(toolbox):
            return toolbox
    return None


def title_from(question: str) -> str:
    """A question as a title: without what stood for a name, without the question mark."""
    title = re.sub(r"\s+([,.;:?!])", r"\1", " ".join(question.replace(MASK, " ").split()))
    title = title.strip(" ,;:–-…?!.")
    return (title[:1].upper() + title[1:])[:LONGEST_TITLE]


class GuideFromGapView(CreateView):
    """Wagtail's form for a new guide, filled in with the question. Sent off, it goes to Wagtail's own view.

    The address names the gap and not the question, which would stand in logs and histories. Both permissions are
    asked: to read the report, and (by Wagtail) to add a guide.
    """

    http_method_names = ["get", "head", "options"]

    def dispatch(self, request: HttpRequest, gap_id: UUID) -> HttpResponse:  # type: ignore[override]
        if not ModelPermissionPolicy(Gap).user_has_permission(request.user, "view"):
            raise PermissionDenied
        gap = selectors.listed(timezone.localdate()).filter(pk=gap_id).first()
        if gap is None:
            raise Http404
        toolbox = toolbox_for(request.user, gap.language)
        if toolbox is None:
            raise PermissionDenied
        self.question = selectors.title_of(gap)
        meta = PracticeGuide._meta
        return super().dispatch(request, meta.app_label, meta.model_name, toolbox.pk)

    def get(self, request: HttpRequest) -> HttpResponse:
        self.page.title = title_from(self.question)
        return super().get(request)
