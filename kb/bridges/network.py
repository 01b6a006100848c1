"""Clusters, their topics and the bridges between them, for the map and the table beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from wagtail.models import Page, Site

from kb.bridges import public
from kb.bridges.models import Bridge
from kb.clusters.models import ClusterPage
from kb.core import listing, navigation
from kb.core.reader import reader_of
from search.topics import selectors as topics

MOST_TOPICS = 10
"""Of a cluster, strongest first: 30 clusters fill a screen with 300."""


@dataclass(frozen=True)
class Topic:
    """What a cluster works on. `url` leads to the passage that says most of it."""

    label: str
    language: str
    url: str


@dataclass(frozen=True)
class Node:
    """A cluster with its topics and bridges."""

    key: str
    title: str
    language: str
    url: str
    industry: str
    topics: list[Topic] = field(default_factory=list)
    bridges: list[Any] = field(default_factory=list)
    """pages of bridges, each with `status` and `shown_clusters`"""


@dataclass(frozen=True)
class Network:
    """What one reader may see of it, in the language of the home page."""

    clusters: list[Node]
    bridges: list[Any]
    industries: list[str]
    """of all clusters, whatever was chosen"""

    def as_data(self) -> dict[str, Any]:
        """For the script: nodes with id, kind, label, what a screen reader says, address; links between ids."""
        nodes: list[dict[str, Any]] = []
        links: list[tuple[str, str]] = []
        for cluster in self.clusters:
            nodes.append(
                _node(cluster.key, "cluster", cluster.title, cluster.url, cluster.language, cluster.industry)
            )
            for number, topic in enumerate(cluster.topics):
                name = f"{cluster.key}/{number}"
                said = _("topic of %(cluster)s") % {"cluster": cluster.title}
                nodes.append(_node(name, "topic", topic.label, topic.url, topic.language, said))
                links.append((cluster.key, name))
        there = {cluster.key for cluster in self.clusters}
        for page in self.bridges:
            name = f"bridge/{page.pk}"
            status = str(Bridge.Status(page.status).label)
            ends = [
                str(other.translation_key)
                for other in page.shown_clusters
                if str(other.translation_key) in there
            ]
            said = ", ".join([status, *(other.title for other in page.shown_clusters)])
            kind = f"bridge-{page.status}"
            nodes.append(_node(name, kind, page.title, page.get_url() or "", page.language, said))
            links += [(name, end) for end in ends]
        return {"nodes": nodes, "links": links}


def network(
    request: HttpRequest, language: str, *, status: str = "", industry: str = "", cluster: Page | None = None
) -> Network:
    """Clusters by name. `status` and `industry` narrow it down; `cluster` leaves it and those its bridges lead to."""
    site = Site.find_for_request(request)
    home = navigation.frame(site, None, reader_of(request)).homes.get(language) if site else None
    if home is None:
        return Network([], [], [])
    pages = list(listing.descendants_of(home, ClusterPage, request).order_by("title"))
    industries = sorted({page.field for page in pages if page.field})
    bridges = public.with_clusters(public.in_language(home, request), request)
    if status:
        bridges = [page for page in bridges if page.status == status]
    if cluster is not None:
        bridges = [page for page in bridges if cluster.translation_key in _ends(page)]
        near = {key for page in bridges for key in _ends(page)} | {cluster.translation_key}
        pages = [page for page in pages if page.translation_key in near]
    if industry:
        chosen = {page.translation_key for page in pages if page.field == industry}
        bridges = [page for page in bridges if chosen & _ends(page)]
        near = chosen | {key for page in bridges for key in _ends(page)}
        pages = [page for page in pages if page.translation_key in near]
    found = {
        page.translation_key: Node(
            str(page.translation_key), page.title, page.language, page.get_url(request) or "", page.field
        )
        for page in pages
    }
    for page in bridges:
        for key in _ends(page) & found.keys():
            found[key].bridges.append(page)
    reader = reader_of(request)
    # In the small view the other clusters are only named.
    shown = (
        topics.topics_of(cluster.translation_key, reader, language)
        if cluster is not None
        else topics.all_topics(reader, language)
    )
    for topic in shown:
        node = found.get(topic.owner.key)
        if node is None or len(node.topics) == MOST_TOPICS:
            continue
        best = topic.passages[0]
        url = f"{best.url}#{best.anchor}" if best.anchor else best.url
        node.topics.append(Topic(topic.label, topic.language, url))
    return Network(list(found.values()), bridges, industries)


def _ends(page: Any) -> set[Any]:
    return {other.translation_key for other in page.shown_clusters}


def _node(name: str, kind: str, label: str, url: str, language: str, said: str) -> dict[str, Any]:
    return {"id": name, "kind": kind, "label": label, "url": url, "lang": language, "said": said}
