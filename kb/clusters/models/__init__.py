from kb.clusters.models.case import CaseIndexPage, CasePage
from kb.clusters.models.cluster import ClusterIndexPage, ClusterPage
from kb.clusters.models.field import FieldIndexPage, FieldPage
from kb.clusters.models.need_offer import NeedOfferPage, NeedsOffersIndexPage
from kb.clusters.models.team import ClusterTeam

__all__ = [
    "CaseIndexPage",
    "CasePage",
    "ClusterIndexPage",
    "ClusterPage",
    "ClusterTeam",
    "FieldIndexPage",
    "FieldPage",
    "NeedOfferPage",
    "NeedsOffersIndexPage",
]
