from kb.bridges.models.bridge import Bridge, BridgeCluster, LinkedPage, Responsible
from kb.bridges.models.digest import DigestSubscription
from kb.bridges.models.evidence import Evidence
from kb.bridges.models.history import Comment, Step
from kb.bridges.models.page import BridgeIndexPage, BridgePage

__all__ = [
    "Bridge",
    "BridgeCluster",
    "BridgeIndexPage",
    "BridgePage",
    "Comment",
    "DigestSubscription",
    "Evidence",
    "LinkedPage",
    "Responsible",
    "Step",
]
