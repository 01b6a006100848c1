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
from search.reader import Reader

MOST_CASES = 12
MOST_GUIDES = 9
MOST_NEEDS_OFFERS = 8


def current(index: Page, request: HttpRequest) -> Any:
    """Needs and offers of all clusters in the language of `index` that have not ended, soonest end first."""
    return current_below(index.get_parent(), request)


def current_below(home: Page, request: HttpRequest) -> Any:
    """The same for all clusters below `home`."""
    return _current(listing.descendants_of(home, NeedOfferPage, request))


def of_cluster(cluster: ClusterPage, request: HttpRequest) -> dict[str, Any]:
    """`needs`, `offers`, `cases`, `guides`, co-learning `fields` and further `pages` (plain ones, news) of `cluster`,
    whatever language named the cluster."""
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
        **_naming(cluster, request),
        "pages": list(_pages_of(cluster, request)),
    }


def _pages_of(cluster: ClusterPage, request: HttpRequest) -> Any:
    pages = Page.objects.child_of(cluster).type(ContentPage, NewsIndexPage).filter(alias_of=None)
    return visible_to(pages, reader_of(request)).order_by("title")


def of_field(field: Page, request: HttpRequest) -> dict[str, Any]:
    """`field_clusters` and `field_guides` that `field` names, `field_cases` of these guides, and `field_needs_offers`
    of these clusters, each as far as the reader may see it."""
    pages = localized(
        [child.value for stream in (field.clusters, field.guides) for child in stream],
        field.language,
        reader_of(request),
    )
    clusters = [page for page in pages if page.search_kind == "cluster"]
    guides = [page for page in pages if page.search_kind == "guide"]
    home = field.get_parent().get_parent()
    found: dict[str, Any] = {
        "field_clusters": clusters,
        "field_guides": guides,
        "field_cases": [],
        "field_needs_offers": [],
    }
    if guides:
        cases = listing.descendants_of(home, CasePage, request).filter(
            guide__translation_key__in=[guide.translation_key for guide in guides]
        )
        found["field_cases"] = cases.select_related("cluster").order_by("-year", "title")[:MOST_CASES]
    if clusters:
        # Needs and offers stand below their cluster; a cluster's other languages have their own.
        below = Q(*(Q(path__startswith=page.path) for page in clusters), _connector=Q.OR)
        found["field_needs_offers"] = current_below(home, request).filter(below)[:MOST_NEEDS_OFFERS]
    return found


def with_example_of(guide: Page, reader: Reader) -> list[ClusterPage]:
    """Clusters of the case examples of `guide` that `reader` may see, in whatever language, by name. Whether the
    reader may see the clusters is not asked here (`localized` does)."""
    cases = visible_to(CasePage.objects.filter(guide__translation_key=guide.translation_key), reader)
    clusters = ClusterPage.objects.filter(pk__in=cases.filter(alias_of=None).order_by().values("cluster_id"))
    return list(clusters.defer_streamfields().order_by("title"))


def _naming(cluster: ClusterPage, request: HttpRequest) -> dict[str, list[Page]]:
    """`guides` in use by the cluster and `fields` it takes part in, in its language where the reader can see that
    version."""
    versions = Page.objects.filter(translation_key=cluster.translation_key).values_list("pk", flat=True)
    naming = ReferenceIndex.objects.filter(
        Q(content_type=_type("toolbox", "practiceguide"), model_path__startswith="used_by.")
        | Q(content_type=_type("clusters", "fieldpage"), model_path__startswith="clusters."),
        to_content_type=ContentType.objects.get_for_model(Page),
        to_object_id__in=[str(key) for key in versions],
    )
    named_by = Page.objects.filter(pk__in=[int(key) for key in naming.values_list("object_id", flat=True)])
    # The versions of one page are one entry of the list.
    once = {page.translation_key: page for page in named_by.order_by("pk")}
    found = localized(once.values(), cluster.language, reader_of(request))
    found.sort(key=lambda page: page.title)
    return {
        "guides": [page for page in found if page.search_kind == "guide"][:MOST_GUIDES],
        "fields": [page for page in found if page.search_kind == "field"],
    }


def _type(app: str, model: str) -> ContentType:
    return ContentType.objects.get_by_natural_key(app, model)


def _current(pages: Any) -> Any:
    open_ended = Q(valid_until__isnull=True) | Q(valid_until__gte=timezone.localdate())
    return pages.filter(open_ended).order_by(F("valid_until").asc(nulls_last=True), "title")
