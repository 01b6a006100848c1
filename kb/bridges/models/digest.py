"""Who wants mail about the bridges of their clusters."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class DigestSubscription(models.Model):
    """Made by the person, on their page "My cluster bridges". Unsubscribing deletes the row."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    """in the signed link that ends it; a new subscription has a new one"""
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    since = models.DateTimeField(auto_now_add=True)
    week = models.CharField(max_length=8)
    """ISO week ("2026-W47") that is dealt with: claimed before a mail is sent, so that none is sent twice"""
    told_until = models.DateTimeField()
    """steps and comments up to here were told, or came before the subscription"""
    told = ArrayField(models.CharField(max_length=32), default=list)
    """digests of the proposals that were there when a mail was written, the latest first"""

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.user_id} ({self.language})"
