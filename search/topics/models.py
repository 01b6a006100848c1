"""Topics of owners, candidates between owners, and what people said about both.

An owner is a page to which other pages belong (on this site: a cluster), known by its translation key. Rows that a
computation makes name every page they depend on (`pages`): they are shown to who may see all of those, and to nobody
else (topics.sql, candidates.sql). The passages are foreign keys with ON DELETE CASCADE in the database: a text that
changes takes its row with it.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from pgvector.django import HalfVectorField

from search.index.models import Passage


class Topic(models.Model):
    """What an owner is occupied with. The key stays from one computation to the next (search.topics.identity)."""

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.UUIDField(db_index=True, editable=False)
    """translation key of the owner's page"""
    labels = models.JSONField(default=dict, editable=False)
    """language -> phrase, as the machine found it on the owner's pages"""
    given_labels = models.JSONField(default=dict, editable=False)
    """language -> phrase, as an editor wants it; goes before `labels`"""
    terms = models.JSONField(default=dict, editable=False)
    """language -> further phrases, strongest first"""
    members = ArrayField(models.TextField(), default=list, editable=False)
    """"translation key#anchor" of every passage, both versions as one: the next computation knows the topic by them"""
    pages = ArrayField(models.BigIntegerField(), default=list, editable=False)
    """ids of all pages the row depends on, all versions"""
    weight = models.FloatField(default=0, editable=False)
    """share of the owner's text, between 0 and 1"""
    found = models.BooleanField(default=True, editable=False)
    """False: an editor decided something about it, but the pages do not have it any more"""
    hidden = models.BooleanField(_("hidden"), default=False)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="merged", editable=False
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    decided_at = models.DateTimeField(null=True, editable=False)
    first_found_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        default_permissions = ("view", "change")

    def __str__(self) -> str:
        labels = {**self.labels, **self.given_labels}
        return str(next(iter(labels.values()), self.key))


class TopicPassage(models.Model):
    """A passage that shows a topic."""

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="passages")
    passage = models.ForeignKey(Passage, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    start = models.PositiveIntegerField(null=True)
    stop = models.PositiveIntegerField(null=True)
    """characters of the passage's text that are meant; null: all of it"""
    weight = models.FloatField()
    """how near it is to the middle of its topic, between 0 and 1"""
    dated = models.DateField()
    """of its page: what the page says of itself, or its first publication"""

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["topic", "passage", "start"], nulls_distinct=False, name="topics_passage_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.topic_id}: {self.passage_id}"


class Candidate(models.Model):
    """Two owners that seem to work on the same, or of which one offers what the other looks for."""

    class Kind(models.TextChoices):
        TOPIC = "topic", _("Same topic")
        NEED_OFFER = "need_offer", _("Need and offer")

    key = models.CharField(max_length=32, primary_key=True, editable=False)
    """stable: of the kind, the owners and the two topics, or the need's and the offer's page"""
    kind = models.CharField(max_length=10, choices=Kind.choices)
    left_owner = models.UUIDField()
    """of two needs and offers the one that looks for something; of two topics the smaller translation key"""
    right_owner = models.UUIDField()
    left_topic = models.ForeignKey(Topic, null=True, on_delete=models.CASCADE, related_name="+")
    right_topic = models.ForeignKey(Topic, null=True, on_delete=models.CASCADE, related_name="+")
    """both null for a need and an offer"""
    left_page_key = models.UUIDField(null=True)
    right_page_key = models.UUIDField(null=True)
    """translation keys of need and offer; null for two topics"""
    score = models.FloatField()
    """calibrated: the share of pairs with such a score that people found good"""
    terms = models.JSONField(default=dict)
    """language -> what both sides speak of, strongest first"""
    pages = ArrayField(models.BigIntegerField(), default=list)
    """ids of all pages the row depends on, all versions"""
    evidence = ArrayField(models.TextField(), default=list)
    """translation keys of the pages in its evidence, sorted"""
    new_evidence = ArrayField(models.TextField(), default=list)
    """of those the ones that came after a rejection; empty where it was never rejected"""
    rejected = models.BooleanField(default=False)
    """rejected, and nothing new has come since"""
    found_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("candidate for a bridge")
        verbose_name_plural = _("candidates for bridges")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.key


class CandidatePassages(models.Model):
    """A passage of one side beside one of the other, for readers of one language."""

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="pairs")
    language = models.CharField(max_length=10)
    place = models.PositiveSmallIntegerField()
    """0 is the strongest pair"""
    left = models.ForeignKey(Passage, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    right = models.ForeignKey(Passage, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    left_start = models.PositiveIntegerField(null=True)
    left_stop = models.PositiveIntegerField(null=True)
    right_start = models.PositiveIntegerField(null=True)
    right_stop = models.PositiveIntegerField(null=True)
    """characters of each passage's text that are meant; null: all of it"""
    score = models.FloatField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["candidate", "language", "place"], name="topics_pair_once")
        ]

    def __str__(self) -> str:
        return f"{self.candidate_id} {self.language} {self.place}"


class Judgement(models.Model):
    """What somebody said about a candidate. Rows are never changed: the last one counts, all of them evaluate."""

    class Verdict(models.TextChoices):
        KEPT = "kept", _("Kept")
        REJECTED = "rejected", _("Rejected")

    candidate = models.CharField(max_length=32, db_index=True)
    """its key: the row itself may be gone"""
    kind = models.CharField(max_length=10, choices=Candidate.Kind.choices)
    left_owner = models.UUIDField()
    right_owner = models.UUIDField()
    left_label = models.JSONField(default=dict)
    right_label = models.JSONField(default=dict)
    """language -> label, as they were when it was judged"""
    score = models.FloatField()
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    reason = models.TextField(blank=True)
    evidence = ArrayField(models.TextField(), default=list)
    """translation keys of the pages in its evidence then"""
    known = ArrayField(models.TextField(), default=list)
    """translation keys of all pages of both owners then: what comes later is new"""
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    judged_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        ordering = ["judged_at", "pk"]

    def __str__(self) -> str:
        return f"{self.candidate}: {self.verdict}"


class Computation(models.Model):
    """The one row about the last computation. Whoever computes locks it."""

    ONLY = 1

    state = models.CharField(max_length=64, default="", db_default="")
    """digest of everything that was read; another one means that topics are due"""
    tried_at = models.DateTimeField(null=True)
    computed_at = models.DateTimeField(null=True)
    seconds = models.FloatField(default=0, db_default=0)

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="topics_computation_only")]

    def __str__(self) -> str:
        return self.state


class TextVector(models.Model):
    """The vector of a line or phrase (search.topics.vectors). The text itself is not kept."""

    fingerprint = models.CharField(max_length=250)
    """of the model"""
    digest = models.CharField(max_length=32)
    embedding = HalfVectorField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["fingerprint", "digest"], name="topics_textvector_once")
        ]

    def __str__(self) -> str:
        return self.digest
