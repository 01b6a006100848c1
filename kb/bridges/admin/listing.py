"""The list of bridges."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import django_filters
from django import forms
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn
from wagtail.admin.widgets.button import Button, HeaderButton
from wagtail.models import Page

from kb.bridges import permissions
from kb.bridges.admin.forms import cluster_choices
from kb.bridges.admin.guards import BridgeRoom
from kb.bridges.models import Bridge, Responsible
from kb.bridges.people import name_of
from kb.core.reader import reader_of
from kb.core.visibility import visible_to
from search.reader import reading_language
from search.reports import WIDE, FirmOrder, WideTitleColumn


class BridgeFilters(WagtailFilterSet):
    """Status, cluster, responsible person."""

    status = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("Status"), choices=Bridge.Status.choices, widget=forms.CheckboxSelectMultiple
    )
    cluster = django_filters.ChoiceFilter(
        label=gettext_lazy("Cluster"), method="of_cluster", empty_label=gettext_lazy("All")
    )
    responsible = django_filters.ChoiceFilter(
        label=gettext_lazy("Responsible"), method="of_person", empty_label=gettext_lazy("All")
    )

    class Meta:
        model = Bridge
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        clusters = _clusters(self.request)
        self.filters["cluster"].extra["choices"] = [
            (str(page.translation_key), page.title) for page in clusters
        ]
        named = Responsible.objects.filter(
            cluster__cluster_key__in=[page.translation_key for page in clusters]
        )
        people = get_user_model()._default_manager.filter(pk__in=named.values("user"))
        self.filters["responsible"].extra["choices"] = [(str(user.pk), name_of(user)) for user in people]

    def of_cluster(self, bridges: Any, name: str, value: str) -> Any:
        return bridges.filter(clusters__cluster_key=UUID(value))

    def of_person(self, bridges: Any, name: str, value: str) -> Any:
        return bridges.filter(clusters__responsible__user=int(value)).distinct()


class BridgeListView(BridgeRoom, FirmOrder):
    """All bridges, those that changed last first."""

    model = Bridge
    page_title = gettext_lazy("Cluster bridges")
    header_icon = "group"
    index_url_name = "lotse_bridges:list"
    index_results_url_name = "lotse_bridges:list_results"
    is_searchable = True
    search_fields = ["title_de", "title_en", "problem_de", "problem_en"]
    filterset_class = BridgeFilters
    default_ordering = "-changed_at"
    paginate_by = 50
    template_name = "bridges/admin/list.html"
    results_template_name = "bridges/admin/list_results.html"
    verbose_name_plural = gettext_lazy("cluster bridges")

    @cached_property
    def columns(self) -> list[Column]:
        return [
            WideTitleColumn(
                "title",
                label=_("Problem"),
                get_url=lambda bridge: reverse("lotse_bridges:bridge", args=[bridge.pk]),
            ),
            StatusTagColumn(
                "status",
                label=_("Status"),
                accessor=lambda bridge: bridge.get_status_display(),
                sort_key="status",
                primary=lambda bridge: bridge.status in Bridge.PUBLIC,
            ),
            Column("clusters", label=_("Clusters"), accessor=self.clusters_of, classname=WIDE),
            Column("responsible", label=_("Responsible"), accessor=self.responsible_of, classname=WIDE),
            DateColumn("changed_at", label=_("Last step"), sort_key="changed_at", classname=WIDE),
        ]

    def get_base_queryset(self) -> QuerySet[Any]:
        return Bridge.objects.prefetch_related("clusters__responsible__user")

    @cached_property
    def titles(self) -> dict[UUID, str]:
        """Of the clusters that the editor may see, by key."""
        return {page.translation_key: page.title for page in _clusters(self.request)}

    def clusters_of(self, bridge: Bridge) -> str:
        keys = [one.cluster_key for one in bridge.clusters.all()]
        return ", ".join(self.titles[key] for key in keys if key in self.titles)

    def responsible_of(self, bridge: Bridge) -> str:
        sides = (side for side in bridge.clusters.all() if side.cluster_key in self.titles)
        names = (name_of(one.user) for side in sides for one in side.responsible.all())
        return ", ".join(dict.fromkeys(names))

    @cached_property
    def header_buttons(self) -> list[Button]:
        if not permissions.may_add(self.request.user):
            return []
        return [HeaderButton(_("New bridge"), url=reverse("lotse_bridges:new"), icon_name="plus")]


def _clusters(request: HttpRequest) -> list[Any]:
    """Those that the editor may see, by title."""
    return cluster_choices(reading_language(), visible_to(Page.objects.all(), reader_of(request)))
