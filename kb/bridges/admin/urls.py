"""Addresses below /admin/bridges/."""

from django.urls import path

from kb.bridges.admin import editing
from kb.bridges.admin.listing import BridgeListView
from kb.bridges.admin.proposing import ProposalsView
from kb.bridges.admin.record import BridgeView

app_name = "lotse_bridges"

urlpatterns = [
    path("", BridgeListView.as_view(), name="list"),
    path("results/", BridgeListView.as_view(results_only=True), name="list_results"),
    path("proposals/", ProposalsView.as_view(), name="proposals"),
    path("new/", editing.NewBridgeView.as_view(), name="new"),
    path("<int:bridge_id>/", BridgeView.as_view(), name="bridge"),
    path("<int:bridge_id>/edit/", editing.EditBridgeView.as_view(), name="edit"),
    path("<int:bridge_id>/people/", editing.PeopleView.as_view(), name="people"),
    path("<int:bridge_id>/evidence/", editing.AddEvidenceView.as_view(), name="add_evidence"),
    path("<int:bridge_id>/links/", editing.AddLinkView.as_view(), name="add_link"),
]
