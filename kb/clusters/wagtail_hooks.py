"""What the admin tells editors of needs and offers, and whose team a group is."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.models import Page

from kb.clusters.models import NeedOfferPage
from kb.clusters.viewsets import ClusterTeamViewSet


@hooks.register("after_create_page")
@hooks.register("after_edit_page")
@hooks.register("after_publish_page")
def warn_of_an_ended_entry(request: HttpRequest, page: Page) -> None:
    """An entry may be kept after its last day, but nobody finds it in the lists: a warning, no error. Not for each draft
    that the browser saves by itself (it asks for JSON): nobody reads an answer, and the warnings would pile up."""
    seen = request.accepts("text/html") and not getattr(request, "_ended_told", False)
    if seen and isinstance(page, NeedOfferPage) and page.has_ended:
        request._ended_told = True  # type: ignore[attr-defined]
        messages.warning(request, _("“Valid until” is in the past, so the lists do not show this entry."))


@hooks.register("register_admin_viewset")
def cluster_teams() -> ClusterTeamViewSet:
    return ClusterTeamViewSet()
