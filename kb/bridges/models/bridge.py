"""The working record of a bridge: which clusters, which problem, how far, and who answers for it."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kb.core.both_languages import said

LONGEST_TITLE = 160
LONGEST_PROBLEM = 2000


class Bridge(models.Model):
    """A problem that clusters share, on its way from a proposal to a cooperation.

    Written to only by kb.bridges.services: each write counts `version` up and leaves a Step.
    """

    class Status(models.TextChoices):
        CANDIDATE = "candidate", _("Candidate")
        REVIEWED = "reviewed", _("Reviewed")
        CONTACTED = "contacted", _("Contacted")
        ACTIVE = "active", _("Active")
        COMPLETED = "completed", _("Completed")
        REJECTED = "rejected", _("Rejected")

    class Kind(models.TextChoices):
        PROBLEM = "problem", _("Same problem")
        NEED_OFFER = "need_offer", _("Need and offer")

    title_de = models.CharField(_("title (German)"), max_length=LONGEST_TITLE, blank=True)
    title_en = models.CharField(_("title (English)"), max_length=LONGEST_TITLE, blank=True)
    problem_de = models.TextField(
        _("shared problem (German)"),
        max_length=LONGEST_PROBLEM,
        blank=True,
        validators=[MaxLengthValidator(LONGEST_PROBLEM)],
    )
    problem_en = models.TextField(
        _("shared problem (English)"),
        max_length=LONGEST_PROBLEM,
        blank=True,
        validators=[MaxLengthValidator(LONGEST_PROBLEM)],
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.PROBLEM)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.CANDIDATE)
    version = models.PositiveIntegerField(default=1, editable=False)
    candidate_key = models.CharField(max_length=200, blank=True, editable=False)
    """of the machine's proposal that it was made from; "" for one that people thought of themselves"""
    page_key = models.UUIDField(null=True, editable=False)
    """translation key of its public page"""
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    PUBLIC = (Status.ACTIVE, Status.COMPLETED)
    """In these a bridge may have a public page."""

    class Meta:
        verbose_name = _("cluster bridge")
        verbose_name_plural = _("cluster bridges")
        # No "delete": what people agreed on, or turned down, is kept.
        default_permissions = ("view", "add", "change")
        constraints = [
            models.UniqueConstraint(
                fields=["candidate_key"], condition=~Q(candidate_key=""), name="bridges_candidate_once"
            ),
            models.UniqueConstraint(fields=["page_key"], name="bridges_page_once"),
            models.CheckConstraint(
                condition=~Q(title_de="") | ~Q(title_en=""), name="bridges_bridge_has_a_title"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """In the language being read, the other one where it is missing."""
        return said(self, "title")[0]

    @property
    def problem(self) -> str:
        return said(self, "problem")[0]

    @property
    def title_language(self) -> str:
        """Code of the language that `title` is in."""
        return said(self, "title")[1]

    @property
    def problem_language(self) -> str:
        return said(self, "problem")[1]


class BridgeCluster(models.Model):
    """A cluster that a bridge concerns."""

    bridge = models.ForeignKey(Bridge, on_delete=models.CASCADE, related_name="clusters")
    cluster_key = models.UUIDField()
    """translation key of the cluster's page"""

    class Meta:
        default_permissions = ()
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["bridge", "cluster_key"], name="bridges_cluster_once")]

    def __str__(self) -> str:
        return str(self.cluster_key)


class Responsible(models.Model):
    """A person who answers for a bridge on the side of one cluster."""

    cluster = models.ForeignKey(BridgeCluster, on_delete=models.CASCADE, related_name="responsible")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        default_permissions = ()
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["cluster", "user"], name="bridges_responsible_once")]

    def __str__(self) -> str:
        return str(self.user)


class LinkedPage(models.Model):
    """A page that helps with a bridge, or that came of it."""

    class Role(models.TextChoices):
        GUIDE = "guide", _("Helps on the way")
        RESULT = "result", _("Result")

    bridge = models.ForeignKey(Bridge, on_delete=models.CASCADE, related_name="links")
    role = models.CharField(_("role"), max_length=6, choices=Role.choices)
    page_key = models.UUIDField()
    """translation key of the page"""

    class Meta:
        default_permissions = ()
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["bridge", "page_key"], name="bridges_link_once")]

    def __str__(self) -> str:
        return f"{self.role} {self.page_key}"
