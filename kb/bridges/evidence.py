"""The evidence of a bridge as one person may see it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from wagtail.models import Page
from wagtail.permission_policies.pages import PagePermissionPolicy

from kb.bridges.models import Bridge, Evidence
from kb.bridges.shown_pages import shown_pages
from kb.core.visibility import visible_to
from search.reader import Reader


@dataclass(frozen=True)
class Shown:
    """A passage on the screen."""

    id: int
    cluster_key: UUID
    cluster: str
    """title of the cluster; "" where the reader may not see its page"""
    title: str
    heading: str
    text: str
    language: str
    url: str
    taken_at: Any


@dataclass(frozen=True)
class Row:
    """Passages side by side."""

    number: int
    passages: list[Shown] = field(default_factory=list)


def visible_evidence(bridges: Collection[Bridge], reader: Reader) -> list[Evidence]:
    """Evidence of `bridges` whose page is there for `reader` now; two queries."""
    kept = list(
        Evidence.objects.filter(bridge__in=bridges)
        .select_related("page", "page__locale")
        .order_by("row", "pk")
    )
    pages = Page.objects.filter(pk__in={one.page_id for one in kept})
    visible = set(visible_to(pages, reader).values_list("pk", flat=True))
    return [one for one in kept if one.page_id in visible]


def rows(bridge: Bridge, reader: Reader, *, language: str, request: Any = None) -> list[Row]:
    """The evidence of `bridge` that `reader` may see, in its rows, clusters always in the same order."""
    order = list(bridge.clusters.values_list("cluster_key", flat=True))
    names = {page.translation_key: page.title for page in shown_pages(order, reader, language)}
    found: dict[int, Row] = {}
    for one in visible_evidence([bridge], reader):
        url = one.page.get_url(request) or ""
        shown = Shown(
            id=one.pk,
            cluster_key=one.cluster_key,
            cluster=names.get(one.cluster_key, ""),
            title=one.title,
            heading=one.heading,
            text=one.text,
            language=one.page.locale.language_code,
            url=f"{url}#{one.anchor}" if one.anchor else url,
            taken_at=one.taken_at,
        )
        found.setdefault(one.row, Row(one.row)).passages.append(shown)
    for row in found.values():
        row.passages.sort(key=lambda one: order.index(one.cluster_key) if one.cluster_key in order else 99)
    return list(found.values())


def offline(bridge: Bridge, user: Any) -> list[Page]:
    """Pages with evidence of `bridge` that are not published now, of those that `user` may edit."""
    pages = PagePermissionPolicy().instances_user_has_permission_for(user, "change")
    kept = Evidence.objects.filter(bridge=bridge).values("page")
    return list(pages.filter(pk__in=kept, live=False).order_by("title"))


def sides_visible(bridges: Sequence[Bridge], reader: Reader) -> set[int]:
    """Keys of the bridges of which `reader` may see a passage from every side that has evidence.

    Else its title might tell what a page says that they may not read.
    """
    there: dict[int, set[UUID]] = {bridge.pk: set() for bridge in bridges}
    seen: dict[int, set[UUID]] = {bridge.pk: set() for bridge in bridges}
    for bridge_id, cluster_key in Evidence.objects.filter(bridge__in=bridges).values_list(
        "bridge_id", "cluster_key"
    ):
        there[bridge_id].add(cluster_key)
    for one in visible_evidence(bridges, reader):
        seen[one.bridge_id].add(one.cluster_key)
    return {pk for pk, sides in there.items() if sides <= seen[pk]}
