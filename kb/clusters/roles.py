"""One group for each cluster, for pages that only its people read."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group

PREFIX = "Cluster: "


def ensure_cluster_group(cluster: Any) -> Group:
    """The group of `cluster` (a ClusterPage of the source language), by its name. It has no admin permissions."""
    return Group.objects.get_or_create(name=f"{PREFIX}{cluster.title}"[:150])[0]
