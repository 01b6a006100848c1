"""Who may do what with a bridge."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from kb.bridges.models import Bridge, Responsible
from kb.clusters.members import clusters_of

Status = Bridge.Status

WAYS: dict[str, tuple[str, ...]] = {
    Status.CANDIDATE: (Status.REVIEWED, Status.REJECTED),
    Status.REVIEWED: (Status.CONTACTED, Status.CANDIDATE, Status.REJECTED),
    Status.CONTACTED: (Status.ACTIVE, Status.REVIEWED, Status.REJECTED),
    Status.ACTIVE: (Status.COMPLETED, Status.REJECTED),
    Status.COMPLETED: (Status.ACTIVE,),
    Status.REJECTED: (Status.CANDIDATE,),
}
"""From each status, where it can go; the way ahead first."""

FOR_RESPONSIBLE = {
    (Status.REVIEWED, Status.CONTACTED),
    (Status.CONTACTED, Status.ACTIVE),
    (Status.ACTIVE, Status.COMPLETED),
}
"""Steps that the clusters' own people may take too: only those ahead."""

BACK = {
    (Status.REVIEWED, Status.CANDIDATE),
    (Status.CONTACTED, Status.REVIEWED),
    (Status.COMPLETED, Status.ACTIVE),
    (Status.REJECTED, Status.CANDIDATE),
}


def needs_reason(before: str, after: str) -> bool:
    """To reject, to complete and to go back ask for a reason: the next one would ask for it."""
    return after in {Status.REJECTED, Status.COMPLETED} or (before, after) in BACK


def may_view(user: Any) -> bool:
    """The room in the admin."""
    return bool(user.is_active and user.has_perm("bridges.view_bridge"))


def may_add(user: Any) -> bool:
    return bool(user.is_active and user.has_perm("bridges.add_bridge"))


def may_change(user: Any) -> bool:
    return bool(user.is_active and user.has_perm("bridges.change_bridge"))


def answers_for(user: Any, bridge: Bridge) -> frozenset[UUID]:
    """The clusters on whose side `user` is responsible, as long as they belong to the cluster's team."""
    named = Responsible.objects.filter(cluster__bridge=bridge, user=user.pk) if user.pk else None
    if named is None:
        return frozenset()
    return frozenset(named.values_list("cluster__cluster_key", flat=True)) & clusters_of(user)


def next_steps(user: Any, bridge: Bridge) -> list[str]:
    """The statuses that `user` may give to `bridge` now, the way ahead first."""
    ways = WAYS[bridge.status]
    if may_change(user):
        return list(ways)
    if answers_for(user, bridge):
        return [after for after in ways if (bridge.status, after) in FOR_RESPONSIBLE]
    return []
