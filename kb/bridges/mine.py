"""The bridges of a person's own clusters."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from kb.bridges.evidence import sides_visible
from kb.bridges.models import Bridge, Responsible
from kb.clusters.members import clusters_of
from search.reader import Reader


def bridges_of(user: Any, reader: Reader) -> list[Bridge]:
    """Bridges that concern a cluster in whose team `user` is, rejected ones too, those that changed last first.

    Without those whose evidence on one side is wholly out of sight, unless the person is responsible for them.
    """
    found = list(_concerning(user).order_by("-changed_at", "pk"))
    shown = sides_visible(found, reader) | set(
        Responsible.objects.filter(user=user, cluster__bridge__in=found).values_list(
            "cluster__bridge_id", flat=True
        )
    )
    return [bridge for bridge in found if bridge.pk in shown]


def bridge_of(user: Any, reader: Reader, bridge_id: int) -> Bridge | None:
    """The same for one bridge; None where it is not theirs to see."""
    return next((bridge for bridge in bridges_of(user, reader) if bridge.pk == bridge_id), None)


def _concerning(user: Any) -> QuerySet[Bridge]:
    return Bridge.objects.filter(clusters__cluster_key__in=clusters_of(user)).distinct()
