"""Who belongs to a cluster: the people in its group."""

from django.contrib.auth.models import Group
from django.db import models
from django.utils.translation import gettext_lazy as _


class ClusterTeam(models.Model):
    """Which group is the team of which cluster.

    Membership itself stays with Django's groups, which also decide what somebody may read: one truth for both.
    """

    cluster_key = models.UUIDField(_("cluster"), unique=True)
    """translation key of the cluster's page, so that all its languages have one team"""
    group = models.OneToOneField(
        Group, verbose_name=_("group"), on_delete=models.CASCADE, related_name="cluster_team"
    )

    class Meta:
        verbose_name = _("cluster team")
        verbose_name_plural = _("cluster teams")

    def __str__(self) -> str:
        return self.group.name
