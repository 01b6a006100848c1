"""What belongs to a cluster, as far as a reader may see it."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import F, Q
from django.http import HttpRequest
from django.utils import timezone
from wagtail.models import Page, ReferenceIndex

from kb.clusters.models.case import CasePage
from kb.clusters.models.cluster import ClusterPage
from kb.clusters.models.need_offer import NeedOfferPage
from kb.core import listing
from kb.core.models import ContentPage, NewsIndexPage
from kb.core.reader import reader_of
from kb.core.translations import localized
from kb.core.visibility import visible_to

MOST_CASES = 12
MOST_GUIDES = 9


def current(index: Page, request: HttpRequest) -> Any:
    """Needs and offers of all clusters in the language of `index` that have not ended, soonest end first."""
    return current_below(index.get_parent(), request)


def current_below(home: Page, request: HttpRequest) -> Any:
    """The same for all clusters below `home`."""
    return _current(listing.descendants_of(home, NeedOfferPage, request))


def of_cluster(cluster: ClusterPage, request: HttpRequest) -> dict[str, Any]:
    """`needs`, `offers`, `cases`, `guides` and further `pages` (plain ones, news) of `cluster`, whatever language named the cluster."""
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
        "guides": _guides_used_by(cluster, request),
        "pages": list(_pages_of(cluster, request)),
    }


def _pages_of(cluster: ClusterPage, request: HttpRequest) -> Any:
    pages = Page.objects.child_of(cluster).type(ContentPage, NewsIndexPage).filter(alias_of=None)
    return visible_to(pages, reader_of(request)).order_by("title")


def _guides_used_by(cluster: ClusterPage, request: HttpRequest) -> list[Page]:
    """Guides whose field `used_by` names the cluster, in its language where the reader can see that version."""
    guide = ContentType.objects.get_by_natural_key("toolbox", "practiceguide")
    versions = Page.objects.filter(translation_key=cluster.translation_key).values_list("pk", flat=True)
    naming = ReferenceIndex.objects.filter(
        content_type=guide,
        to_content_type=ContentType.objects.get_for_model(Page),
        to_object_id__in=[str(key) for key in versions],
        model_path__startswith="used_by.",
    )
    named_by = Page.objects.filter(pk__in=[int(key) for key in naming.values_list("object_id", flat=True)])
    # The versions of one guide are one entry of the list.
    once = {page.translation_key: page for page in named_by.order_by("pk")}
    guides = localized(once.values(), cluster.locale.language_code, reader_of(request))
    return sorted(guides, key=lambda page: page.title)[:MOST_GUIDES]


def _current(pages: Any) -> Any:
    open_ended = Q(valid_until__isnull=True) | Q(valid_until__gte=timezone.localdate())
    return pages.filter(open_ended).order_by(F("valid_until").asc(nulls_last=True), "title")
