"""Wanting mail about bridges, and no longer wanting it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.utils import timezone

from kb.bridges.models import DigestSubscription

SALT = "kb.bridges.unsubscribe"


def subscription_of(user: Any) -> DigestSubscription | None:
    return DigestSubscription.objects.filter(user=user.pk).first()


def subscribe(user: Any, language: str) -> DigestSubscription:
    """From next Monday on: what there is already can be read on the page where the person has just been."""
    if language not in dict(settings.LANGUAGES):
        language = settings.LANGUAGE_CODE
    subscription, made = DigestSubscription.objects.get_or_create(
        user=user,
        defaults={
            "language": language,
            "week": week_of(timezone.localtime()),
            "told_until": timezone.now(),
        },
    )
    if not made and subscription.language != language:
        subscription.language = language
        subscription.save(update_fields=["language"])
    return subscription


def unsubscribe(user: Any) -> None:
    DigestSubscription.objects.filter(user=user.pk).delete()


def token_of(subscription: DigestSubscription) -> str:
    """For the link in the mail. Names the subscription, not the person, and is of no use for anything else."""
    return signing.Signer(salt=SALT).sign(subscription.key.hex)


def is_genuine(token: str) -> bool:
    return _key(token) is not None


def unsubscribe_by(token: str) -> None:
    """Ends the subscription, if it is still there."""
    if key := _key(token):
        DigestSubscription.objects.filter(key=key).delete()


def _key(token: str) -> UUID | None:
    try:
        return UUID(hex=signing.Signer(salt=SALT).unsign(token))
    except (signing.BadSignature, ValueError):
        return None


def week_of(moment: datetime) -> str:
    """ISO week: "2026-W47"."""
    year, week, _day = moment.isocalendar()
    return f"{year}-W{week:02}"
