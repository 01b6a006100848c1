"""Which group is the team of which cluster, for the administration."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.model import ModelViewSet

from kb.clusters.members import members_of
from kb.clusters.models import ClusterPage, ClusterTeam


def _clusters() -> list[tuple[str, str]]:
    pages = ClusterPage.objects.filter(
        locale__language_code=settings.LANGUAGE_CODE, alias_of__isnull=True
    ).order_by("title")
    return [(str(page.translation_key), page.title) for page in pages.only("title", "translation_key")]


class ClusterTeamForm(forms.ModelForm):
    """The cluster is chosen by its name in the site's first language."""

    cluster_key = forms.TypedChoiceField(label=_("Cluster"), coerce=UUID, choices=_clusters)

    class Meta:
        model = ClusterTeam
        fields = ["cluster_key", "group"]


class ClusterTeamViewSet(ModelViewSet):
    """Under "Settings". Who is in the group is said in the form of each user, as everywhere in Wagtail."""

    model = ClusterTeam
    name = "cluster_teams"
    url_prefix = "cluster-teams"
    icon = "group"
    menu_label = _("Cluster teams")
    menu_order = 601
    add_to_settings_menu = True
    form_fields: list[str] = []
    copy_view_enabled = False
    inspect_view_enabled = False
    list_display = [
        Column("cluster", label=_("Cluster"), accessor=lambda team: _name(team)),
        "group",
        Column(
            "people",
            label=_("People"),
            accessor=lambda team: ", ".join(str(user) for user in members_of(team.cluster_key)),
        ),
    ]
    list_filter: list[str] = []
    search_fields = ["group__name"]

    def get_form_class(self, for_update: bool = False) -> Any:
        return ClusterTeamForm


def _name(team: ClusterTeam) -> str:
    return dict(_clusters()).get(str(team.cluster_key), "–")
