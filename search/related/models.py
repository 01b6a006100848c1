"""What the machine found to belong together. Links of editors are read from the page itself, not from here."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from search.index.models import IndexedPage, Passage


class Relation(models.Model):
    """`page` and `other` belong together; each relation is stored in both directions with the same score."""

    page = models.ForeignKey(
        IndexedPage,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="relations",
        db_index=False,
    )
    other = models.ForeignKey(IndexedPage, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    score = models.FloatField()
    shared = ArrayField(models.TextField(), default=list)
    """words that both use, as written on `page`, strongest first"""
    passage = models.ForeignKey(
        Passage, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    other_passage = models.ForeignKey(
        Passage, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    """the two passages that show it"""

    class Meta:
        app_label = "search"  # with the other tables of the index
        constraints = [models.UniqueConstraint(fields=["page", "other"], name="search_relation_once")]

    def __str__(self) -> str:
        return f"{self.page_id} ~ {self.other_id}: {self.score:.2f}"


class Computation(models.Model):
    """The one row about the last computation for the whole index."""

    ONLY = 1

    state = models.CharField(max_length=32, default="", db_default="")
    """digest of all that relations are a function of; another one means that they are due"""
    computed_at = models.DateTimeField(null=True)
    seconds = models.FloatField(default=0, db_default=0)

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="related_computation_only")]

    def __str__(self) -> str:
        return self.state
