"""What belongs to a cluster, as far as a reader may see it."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Q
from django.http import HttpRequest
from django.utils import timezone
from wagtail.models import Page

from kb.clusters.models.case import CasePage
from kb.clusters.models.cluster import ClusterPage
from kb.clusters.models.need_offer import NeedOfferPage
from kb.core import listing

MOST_CASES = 12


def current(index: Page, request: HttpRequest) -> Any:
    """Needs and offers of all clusters in the language of `index` that have not ended, soonest end first."""
    return current_below(index.get_parent(), request)


def current_below(home: Page, request: HttpRequest) -> Any:
    """The same for all clusters below `home`."""
    return _current(listing.descendants_of(home, NeedOfferPage, request))


def of_cluster(cluster: ClusterPage, request: HttpRequest) -> dict[str, Any]:
    """`needs`, `offers` and `cases` of `cluster`. Cases name their cluster in the language they were written in."""
    found = list(_current(listing.children_of(cluster, NeedOfferPage, request)))
    cases = (
        listing.descendants_of(cluster.get_parent().get_parent(), CasePage, request)
        .filter(cluster__translation_key=cluster.translation_key)
        .order_by("-year", "title")[:MOST_CASES]
    )
    return {
        "needs": [page for page in found if page.kind == NeedOfferPage.Kind.NEED],
        "offers": [page for page in found if page.kind == NeedOfferPage.Kind.OFFER],
        "cases": list(cases),
    }


def _current(pages: Any) -> Any:
    open_ended = Q(valid_until__isnull=True) | Q(valid_until__gte=timezone.localdate())
    return pages.filter(open_ended).order_by(F("valid_until").asc(nulls_last=True), "title")
