"""What is shown of bridges on public pages, as far as the one who reads may see it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import OuterRef, Subquery
from django.http import HttpRequest
from wagtail.models import Page

from kb.bridges.models import Bridge, BridgeCluster, BridgePage, LinkedPage
from kb.bridges.shown_pages import shown_pages
from kb.core import listing
from kb.core.reader import reader_of
from search.protocol import RelatedLink


def below(index: Page, request: HttpRequest) -> Any:
    """Visible pages of bridges below `index`, active ones first, each with its `status`."""
    return _with_status(listing.children_of(index, BridgePage, request))


def in_language(home: Page, request: HttpRequest) -> Any:
    """Visible pages of bridges anywhere below `home`, as `below`."""
    return _with_status(listing.descendants_of(home, BridgePage, request))


def of_cluster(cluster: Page, home: Page, request: HttpRequest) -> list[BridgePage]:
    """The same below `home`, of the bridges that concern `cluster`; each with its `other_clusters`."""
    keys = Bridge.objects.filter(clusters__cluster_key=cluster.translation_key).values("page_key")
    pages = in_language(home, request).filter(translation_key__in=keys)
    found = with_clusters(pages, request)
    for page in found:
        page.other_clusters = [
            other for other in page.shown_clusters if other.translation_key != cluster.translation_key
        ]
    return found


def with_clusters(pages: Iterable[BridgePage], request: HttpRequest) -> list[BridgePage]:
    """`pages`, each with `shown_clusters`: those of its clusters that the reader may see, in the page's language."""
    found = list(pages)
    keys: dict[Any, list[Any]] = {}
    for page_key, cluster_key in (
        BridgeCluster.objects.filter(bridge__page_key__in=[page.translation_key for page in found])
        .order_by("pk")
        .values_list("bridge__page_key", "cluster_key")
    ):
        keys.setdefault(page_key, []).append(cluster_key)
    language = found[0].language if found else ""
    wanted = [key for concerned in keys.values() for key in concerned]
    shown = {page.translation_key: page for page in shown_pages(wanted, reader_of(request), language)}
    for page in found:
        page.shown_clusters = [shown[key] for key in keys.get(page.translation_key, []) if key in shown]
    return found


def of_page(page: BridgePage, request: HttpRequest) -> dict[str, Any]:
    """`bridge`, `bridge_clusters`, `guides` and `results` of a bridge's page."""
    bridge = page.bridge
    if bridge is None:
        return {"bridge": None, "bridge_clusters": [], "guides": [], "results": []}
    roles = dict(bridge.links.values_list("page_key", "role"))
    language, reader = page.language, reader_of(request)
    linked = shown_pages(roles, reader, language)
    return {
        "bridge": bridge,
        "bridge_clusters": shown_pages(_keys(bridge), reader, language),
        "guides": [other for other in linked if roles[other.translation_key] == LinkedPage.Role.GUIDE],
        "results": [other for other in linked if roles[other.translation_key] == LinkedPage.Role.RESULT],
    }


def links_of(page: BridgePage) -> list[RelatedLink]:
    """For the index: clusters and linked pages, each in the page's language where there is such a version."""
    bridge = page.bridge
    if bridge is None:
        return []
    found = [RelatedLink("cluster", other.pk) for other in _versions(_keys(bridge), page.locale_id)]
    linked = _versions(list(bridge.links.values_list("page_key", flat=True)), page.locale_id)
    return found + [
        RelatedLink(getattr(other.specific_class, "search_kind", "guide"), other.pk)
        for other in linked
        if getattr(other.specific_class, "search_kind", "") in {"guide", "case", "field", "template"}
    ]


def _keys(bridge: Bridge) -> list[Any]:
    return list(bridge.clusters.values_list("cluster_key", flat=True))


def _with_status(pages: Any) -> Any:
    record = Bridge.objects.filter(page_key=OuterRef("translation_key"), status__in=Bridge.PUBLIC)
    return (
        pages.alias(_changed=Subquery(record.values("changed_at")))
        .annotate(status=Subquery(record.values("status")))
        .filter(status__isnull=False)
        .order_by("status", "-_changed", "pk")
    )


def _versions(keys: Iterable[Any], locale_id: int) -> list[Page]:
    wanted = list(keys)
    found: dict[Any, Page] = {}
    for page in Page.objects.filter(translation_key__in=wanted, live=True, alias_of__isnull=True):
        if page.translation_key not in found or page.locale_id == locale_id:
            found[page.translation_key] = page
    return [found[key] for key in wanted if key in found]
