"""The panel on a page of its own, and the answer to a question that an editor tries."""

from __future__ import annotations

from math import ceil

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from wagtail.models import Page

from kb import limits
from kb.core.page_screen import head_of
from kb.findability.panel import about
from kb.findability.trying import attempt


def offered(page: Page) -> bool:
    """Whether the search knows this kind of page."""
    return bool(page.pk and getattr(page, "search_kind", "") and getattr(page, "is_indexable", False))


@never_cache
@require_safe
def found(request: HttpRequest, page_id: int) -> HttpResponse:
    """GET ?q= ; a fragment for the panel, else a page. Raises PermissionDenied for who may not edit the page."""
    page: Page = get_object_or_404(Page, pk=page_id).specific
    if not page.permissions_for_user(request.user).can_edit() or not offered(page):
        raise PermissionDenied
    question = request.GET.get("q", "").strip()
    context: dict[str, object] = {"found_page": page, "question": question}
    status = 200
    if question:
        if seconds := limits.seconds_to_wait(request, "answers"):
            context["wait"], status = ceil(seconds), 429
        else:
            context["tried"] = attempt(page, question, request.user)
    if request.headers.get("x-requested-with") == "XMLHttpRequest":
        # Wagtail's controller shows what comes with 200 only; what there is to say is in the text.
        return render(request, "findability/answer.html", context)
    context |= about(page, request.user)
    context |= head_of(page, title=_("How is this page found?"), icon="search")
    return render(request, "findability/page.html", context, status=status)
