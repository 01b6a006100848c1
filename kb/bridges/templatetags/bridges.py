"""Bridges on the pages of others."""

from __future__ import annotations

from typing import Any

from django import template

from kb.bridges import public
from kb.bridges.models import BridgePage
from kb.bridges.network import network
from kb.clusters.members import clusters_of

register = template.Library()


@register.simple_tag(takes_context=True)
def bridges_of_cluster(context: template.Context, cluster: Any) -> list[BridgePage]:
    """The bridges with a public page that concern `cluster`; each with `status` and `other_clusters`."""
    home = context["navigation"]["home"]
    return public.of_cluster(cluster, home, context["request"]) if home is not None else []


@register.simple_tag(takes_context=True)
def network_of(context: template.Context, cluster: Any) -> dict[str, Any]:
    """The small map of a cluster: its topics, its bridges and where they lead; empty where there is nothing to draw."""
    found = network(context["request"], cluster.language, cluster=cluster)
    data = found.as_data()
    return data if len(data["nodes"]) > 1 else {}


@register.simple_tag(takes_context=True)
def is_in_a_team(context: template.Context) -> bool:
    """True for the people of a cluster."""
    user = getattr(context.get("request"), "user", None)
    return user is not None and bool(clusters_of(user))
