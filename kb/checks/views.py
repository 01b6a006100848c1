"""The list on a page of its own: for translations, whose editor wagtail-localize replaces, and for reviewers."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail.models import Page

from kb.checks import checking
from kb.core.page_screen import head_of


@require_safe
def before_publishing(request: HttpRequest, page_id: int) -> HttpResponse:
    """Checks the newest draft. Raises PermissionDenied for who may not edit the page."""
    page: Page = get_object_or_404(Page, pk=page_id).specific
    if not page.permissions_for_user(request.user).can_edit() or not checking.offered(page):
        raise PermissionDenied
    draft = page.get_latest_revision_as_object()
    return render(
        request,
        "checks/page.html",
        {"checked_page": draft, "findings": checking.check(draft, request.user)}
        | head_of(draft, title=_("Before publishing"), icon="clipboard-list"),
    )
