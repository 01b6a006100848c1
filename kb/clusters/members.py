"""Who belongs to which cluster."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import QuerySet

from kb.clusters.models import ClusterTeam


def clusters_of(user: Any) -> frozenset[UUID]:
    """Translation keys of the clusters in whose team `user` is; none for visitors and closed accounts."""
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    return frozenset(ClusterTeam.objects.filter(group__user=user).values_list("cluster_key", flat=True))


def members_of(*clusters: UUID) -> QuerySet[Any]:
    """People with an open account in the team of one of `clusters`, by name."""
    return (
        get_user_model()
        ._default_manager.filter(is_active=True, groups__cluster_team__cluster_key__in=clusters)
        .order_by("last_name", "first_name", "username")
        .distinct()
    )
