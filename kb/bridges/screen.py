"""Everything one person sees of one bridge, the same in the admin and on the public site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse

from kb.bridges import evidence, permissions
from kb.bridges.acting import Typed
from kb.bridges.models import Bridge, BridgePage, LinkedPage
from kb.bridges.people import name_of
from kb.bridges.shown_pages import shown_pages
from search.reader import Reader

ORDER = [
    Bridge.Status.CANDIDATE,
    Bridge.Status.REVIEWED,
    Bridge.Status.CONTACTED,
    Bridge.Status.ACTIVE,
    Bridge.Status.COMPLETED,
]


@dataclass(frozen=True)
class Side:
    """A cluster of the bridge, with who answers for it."""

    key: UUID
    page: Any
    people: list[str]


@dataclass(frozen=True)
class Way:
    """A status that may come next."""

    status: str
    label: str
    needs_reason: bool
    ahead: bool


@dataclass(frozen=True)
class Linked:
    id: int
    role: str
    page: Any


def sides(bridge: Bridge, reader: Reader, language: str) -> list[Side]:
    """The clusters whose page `reader` may see."""
    named = {
        cluster.cluster_key: [name_of(one.user) for one in cluster.responsible.all()]
        for cluster in bridge.clusters.prefetch_related("responsible__user")
    }
    return [
        Side(page.translation_key, page, named[page.translation_key])
        for page in shown_pages(named, reader, language)
    ]


def ways(user: Any, bridge: Bridge) -> list[Way]:
    """The next steps that `user` may take."""
    return [
        Way(
            status,
            str(Bridge.Status(status).label),
            permissions.needs_reason(bridge.status, status),
            status != Bridge.Status.REJECTED and (bridge.status, status) not in permissions.BACK,
        )
        for status in permissions.next_steps(user, bridge)
    ]


def context(
    bridge: Bridge, user: Any, reader: Reader, language: str, *, request: Any, typed: Typed | None = None
) -> dict[str, Any]:
    """`bridge`, `sides`, `rows`, `ways`, `reasons_for`, `history`, `comments`, `guides`, `results`, `public_page`,
    `path`, `typed`."""
    steps = list(bridge.steps.select_related("by"))
    for step in steps:
        step.who = name_of(step.by)  # type: ignore[attr-defined]
    comments = list(bridge.comments.select_related("by"))
    for comment in comments:
        comment.who = name_of(comment.by)  # type: ignore[attr-defined]
    links = {one.page_key: one for one in bridge.links.all()}
    linked = [
        Linked(links[page.translation_key].pk, links[page.translation_key].role, page)
        for page in shown_pages(links, reader, language)
    ]
    found = shown_pages([bridge.page_key], reader, language) if bridge.page_key else []
    possible = ways(user, bridge)
    typed = typed or Typed()
    if typed.meanwhile is not None:
        typed.meanwhile.who = name_of(typed.meanwhile.by)  # type: ignore[attr-defined]
    return {
        "bridge": bridge,
        "sides": sides(bridge, reader, language),
        "rows": evidence.rows(bridge, reader, language=language, request=request),
        "ways": possible,
        "reasons_for": [way.label for way in possible if way.needs_reason],
        "history": steps,
        "comments": comments,
        "guides": [one for one in linked if one.role == LinkedPage.Role.GUIDE],
        "results": [one for one in linked if one.role == LinkedPage.Role.RESULT],
        "public_page": found[0] if found else None,
        "path": _path(bridge),
        "typed": typed,
    }


def draft_url(bridge: Bridge) -> str:
    """The editor's address of the public page, published or not; "" where there is none."""
    page = (
        BridgePage.objects.filter(translation_key=bridge.page_key).order_by("pk").first()
        if bridge.page_key
        else None
    )
    return reverse("wagtailadmin_pages:edit", args=[page.pk]) if page else ""


def _path(bridge: Bridge) -> list[dict[str, Any]]:
    """The stations, with those behind and the present one marked; none for a bridge that was turned down."""
    if bridge.status == Bridge.Status.REJECTED:
        return []
    here = ORDER.index(Bridge.Status(bridge.status))
    return [
        {"label": status.label, "done": number < here, "current": number == here}
        for number, status in enumerate(ORDER)
    ]
