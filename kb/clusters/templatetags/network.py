"""The network on the pages of others: clusters and their needs on the home page, examples beside a guide."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from wagtail.models import Page

from kb.clusters import selectors
from kb.clusters.models import CasePage, ClusterPage, NeedOfferPage
from kb.core import listing
from kb.core.reader import reader_of
from kb.core.translations import localized
from search.reader import reading_language

register = template.Library()

MOST_EXAMPLES = 5


@register.simple_tag(takes_context=True)
def visible_clusters(context: template.Context) -> list[ClusterPage]:
    """The clusters below the home page, by name."""
    return list(listing.descendants_of(context["page"], ClusterPage, context["request"]).order_by("title"))


@register.simple_tag(takes_context=True)
def current_needs_offers(context: template.Context, count: int) -> list[NeedOfferPage]:
    """The `count` newest needs and offers that have not ended, below the home page."""
    entries = selectors.current_below(context["page"], context["request"])
    return with_cluster_of_parent(entries.order_by("-first_published_at", "-pk")[:count])


@register.filter
def with_cluster_of_parent(entries: Iterable[NeedOfferPage]) -> list[NeedOfferPage]:
    """`entries`, each with its `cluster` filled in; one query instead of two for each."""
    found = list(entries)
    paths = {entry.path[: -Page.steplen] for entry in found}
    clusters = {
        cluster.path: cluster
        for cluster in ClusterPage.objects.live().filter(path__in=paths).defer_streamfields()
    }
    for entry in found:
        entry.cluster = clusters.get(entry.path[: -Page.steplen])
    return found


@register.simple_tag(takes_context=True)
def cases_with_clusters(context: template.Context, cases: Iterable[CasePage]) -> list[CasePage]:
    """`cases`, each with `shown_cluster`: its cluster in the reader's language, None where it may not be seen."""
    found = list(cases)
    wanted: dict[Any, Page] = {case.cluster.translation_key: case.cluster for case in found if case.cluster}
    shown = {
        page.translation_key: page
        for page in localized(wanted.values(), reading_language(), reader_of(context["request"]))
    }
    for case in found:
        case.shown_cluster = shown.get(case.cluster.translation_key) if case.cluster else None
    return found


@register.simple_tag(takes_context=True)
def examples_of(context: template.Context, guide: Page) -> list[CasePage]:
    """Visible case examples of `guide` in its language, newest first."""
    home = context["navigation"]["home"]
    if home is None:
        return []
    cases = listing.descendants_of(home, CasePage, context["request"])
    return list(
        cases.filter(guide__translation_key=guide.translation_key).order_by("-year", "title")[:MOST_EXAMPLES]
    )
