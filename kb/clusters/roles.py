"""One group for each cluster: who is in it belongs to the cluster and reads the pages for its people."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group

from kb.clusters.models import ClusterTeam

PREFIX = "Cluster: "


def ensure_cluster_group(cluster: Any) -> Group:
    """The group of `cluster` (a ClusterPage in any language). Made with its name and no admin permissions."""
    team = ClusterTeam.objects.filter(cluster_key=cluster.translation_key).select_related("group").first()
    if team is not None:
        return team.group
    group, _made = Group.objects.get_or_create(name=f"{PREFIX}{cluster.title}"[:150])
    ClusterTeam.objects.create(cluster_key=cluster.translation_key, group=group)
    return group
