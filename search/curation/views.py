"""The list on a page of its own, for translations whose editor wagtail-localize replaces; and the decisions by POST."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages
from wagtail.models import Page

from search.curation import listing, services
from search.curation.models import Decision
from search.curation.panel import offered
from search.reader import Reader
from search.visibility import visible_to

SAID = {
    Decision.Verdict.PINNED: gettext_lazy("“%(title)s” is pinned."),
    Decision.Verdict.DISMISSED: gettext_lazy("“%(title)s” is not shown any more."),
    Decision.Verdict.RESTORED: gettext_lazy("“%(title)s” is left to the search again."),
}


@require_safe
def related_pages(request: HttpRequest, page_id: int) -> HttpResponse:
    """Raises PermissionDenied for who may not edit the page."""
    page = _editable(request, page_id)
    title = _("Related pages")
    header = {
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {
                "url": reverse("wagtailadmin_pages:edit", args=[page.pk]),
                "label": page.get_admin_display_title(),
            },
            {"url": "", "label": title},
        ],
        "header_title": title,
        "header_icon": "link",
    }
    return render(request, "curation/page.html", {**listing.context(page, request), **header})


@require_POST
def decide(request: HttpRequest, page_id: int) -> HttpResponse:
    """POST other=<translation key>&verdict=pinned|dismissed|restored[&next=<where to go back to>]

    Raises PermissionDenied for who may not edit the page. About a page that this person may not read nothing is
    decided, and nothing is said.
    """
    page = _editable(request, page_id)
    title = _title(request, page)
    verdict = request.POST.get("verdict", "")
    if title is None or verdict not in Decision.Verdict.values:
        messages.error(request, _("That page is not there any more. Nothing was changed."))
    else:
        services.decide(
            page.translation_key,
            UUID(request.POST["other"]),
            verdict,
            by=cast(AbstractBaseUser, request.user),
        )
        messages.success(request, SAID[Decision.Verdict(verdict)] % {"title": title})
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = reverse("lotse_related_pages", args=[page.pk])
    return redirect(back)


def _editable(request: HttpRequest, page_id: int) -> Page:
    page: Page = get_object_or_404(Page, pk=page_id).specific
    if not page.permissions_for_user(request.user).can_edit() or not offered(page):
        raise PermissionDenied
    return page


def _title(request: HttpRequest, page: Page) -> str | None:
    """Of the other page, as this person may read it; None for no page, one that is hidden, or the page itself."""
    try:
        key = UUID(request.POST.get("other", ""))
    except ValueError:
        return None
    if key == page.translation_key:
        return None
    others = visible_to(Page.objects.filter(translation_key=key), Reader.of(request.user))
    own = others.filter(locale_id=page.locale_id).first() or others.first()
    return own.title if own is not None else None
