"""What happened to a bridge, and what people said about it. Added to, never written over."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from kb.bridges.models.bridge import Bridge

LONGEST_REASON = 1000


class Step(models.Model):
    """One change of a bridge: who, when, why. A trigger in the database refuses to change a row (0001)."""

    class Action(models.TextChoices):
        MADE = "made", _("made the bridge")
        TAKEN = "taken", _("took up the proposal")
        STATUS = "status", _("changed the status")
        TEXT = "text", _("changed title, problem or clusters")
        EVIDENCE = "evidence", _("changed the evidence")
        PEOPLE = "people", _("changed who is responsible")
        LINKS = "links", _("changed linked pages")
        PAGE = "page", _("made the public page")

    bridge = models.ForeignKey(Bridge, on_delete=models.PROTECT, related_name="steps")
    action = models.CharField(max_length=10, choices=Action.choices)
    before = models.CharField(max_length=10, choices=Bridge.Status.choices, blank=True)
    after = models.CharField(max_length=10, choices=Bridge.Status.choices)
    """the status before and after; the same for all actions but a change of status"""
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    reason = models.TextField(max_length=LONGEST_REASON, blank=True)
    version = models.PositiveIntegerField()
    """of the bridge after the step"""

    class Meta:
        default_permissions = ()
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(fields=["bridge", "version"], name="bridges_step_once")]

    def __str__(self) -> str:
        return f"{self.bridge_id} {self.version}: {self.action}"

    @property
    def what(self) -> str:
        """What was done, to be read after the person's name."""
        if self.action == self.Action.STATUS:
            return f"{self.get_before_display()} → {self.get_after_display()}"
        return self.get_action_display()


class Comment(models.Model):
    """What somebody wrote about a bridge, for everybody who works on it."""

    bridge = models.ForeignKey(Bridge, on_delete=models.CASCADE, related_name="comments")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    text = models.TextField(_("comment"), max_length=2000, validators=[MaxLengthValidator(2000)])

    class Meta:
        default_permissions = ()
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.bridge_id} {self.at:%Y-%m-%d}"
