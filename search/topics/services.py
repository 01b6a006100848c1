"""What people decide about topics and candidates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from search.topics import sources
from search.topics.models import Candidate, Judgement, Topic

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

    User = AbstractBaseUser | AnonymousUser | None

LONGEST_LABEL = 80


class NotPossible(ValueError):
    """What was asked for makes no sense; the message is for developers, forms say it in the reader's words."""


def reject(key: str, *, by: User, reason: str = "") -> Judgement:
    """The candidate does not come back unless a page comes that neither owner had until now.

    Raises Candidate.DoesNotExist.
    """
    return _judge(key, Judgement.Verdict.REJECTED, by, reason)


def keep(key: str, *, by: User, reason: str = "") -> Judgement:
    """The candidate is a good one; takes an earlier rejection back. Raises Candidate.DoesNotExist."""
    return _judge(key, Judgement.Verdict.KEPT, by, reason)


@transaction.atomic
def _judge(key: str, verdict: Judgement.Verdict, by: User, reason: str) -> Judgement:
    candidate = (
        Candidate.objects.select_for_update(of=("self",))
        .select_related("left_topic", "right_topic")
        .get(key=key)
    )
    judgement = Judgement.objects.create(
        candidate=candidate.key,
        kind=candidate.kind,
        left_owner=candidate.left_owner,
        right_owner=candidate.right_owner,
        left_label=_labels(candidate.left_topic),
        right_label=_labels(candidate.right_topic),
        score=candidate.score,
        verdict=verdict,
        reason=reason.strip(),
        evidence=candidate.evidence,
        known=sources.keys_of((str(candidate.left_owner), str(candidate.right_owner))),
        judged_by_id=by.pk if by else None,
    )
    candidate.rejected = verdict == Judgement.Verdict.REJECTED
    candidate.new_evidence = []
    candidate.save(update_fields=["rejected", "new_evidence"])
    return judgement


def _labels(topic: Topic | None) -> dict[str, str]:
    return {**topic.labels, **topic.given_labels} if topic else {}


@transaction.atomic
def rename(key: UUID | str, labels: Mapping[str, str], *, by: User) -> Topic:
    """Gives the topic these labels (language -> phrase); "" goes back to what the machine found.

    Raises Topic.DoesNotExist, and NotPossible for a label that is too long.
    """
    topic = Topic.objects.select_for_update(of=("self",)).get(key=key)
    given = {language: " ".join(re.split(r"\s+", label.strip())) for language, label in labels.items()}
    if too_long := [label for label in given.values() if len(label) > LONGEST_LABEL]:
        raise NotPossible(f"Longer than {LONGEST_LABEL} characters: {too_long[0]}")
    merged = {**topic.given_labels, **given}
    topic.given_labels = {language: label for language, label in merged.items() if label}
    return _decided(topic, by, "given_labels")


@transaction.atomic
def hide(key: UUID | str, *, by: User, hidden: bool = True) -> Topic:
    """Nobody sees the topic or its candidates. Raises Topic.DoesNotExist."""
    topic = Topic.objects.select_for_update(of=("self",)).get(key=key)
    topic.hidden = hidden
    return _decided(topic, by, "hidden")


@transaction.atomic
def merge(key: UUID | str, into: UUID | str | None, *, by: User) -> Topic:
    """Shows the topic as part of another one of the same owner; None takes that back.

    Raises Topic.DoesNotExist, and NotPossible where the two are one or belong to two owners.
    """
    topic = Topic.objects.select_for_update(of=("self",)).get(key=key)
    if into is None:
        topic.merged_into = None
        return _decided(topic, by, "merged_into")
    target = Topic.objects.select_for_update(of=("self",)).get(key=into)
    # A chain would have to be followed in every query: what is merged already stands for where it went.
    if target.merged_into_id:
        target = Topic.objects.select_for_update(of=("self",)).get(key=target.merged_into_id)
    if target.pk == topic.pk:
        raise NotPossible("A topic cannot be merged with itself")
    if target.owner != topic.owner:
        raise NotPossible("Topics of two owners stay two: a candidate connects them")
    Topic.objects.filter(merged_into=topic).update(merged_into=target)
    topic.merged_into = target
    return _decided(topic, by, "merged_into")


def _decided(topic: Topic, by: User, *fields: str) -> Topic:
    topic.decided_by_id = by.pk if by else None
    topic.decided_at = Now()
    topic.save(update_fields=[*fields, "decided_by", "decided_at"])
    topic.refresh_from_db()
    return topic
