"""The site's own term table, and what it was mined from."""

from __future__ import annotations

from django.db import models


class Mining(models.Model):
    """The one row that says which table is in force. Whoever writes a table locks it first."""

    ONLY = 1

    version = models.UUIDField()
    """another one with every table: processes that keep a copy compare it"""
    basis = models.CharField(max_length=64, default="", db_default="")
    """digest of the code and the shipped table it was mined with; empty while there is no table"""
    tried_at = models.DateTimeField(null=True)
    mined_at = models.DateTimeField(null=True)
    seconds = models.FloatField(default=0, db_default=0)
    pairs = models.PositiveIntegerField(default=0, db_default=0)
    """texts that were compared: sentences, headings, titles"""

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="bilingual_mining_only")]

    def __str__(self) -> str:
        return str(self.version)


class SiteTerms(models.Model):
    """One direction of the table, in the form of the shipped file: a question needs all of it or nothing at all."""

    source = models.CharField(max_length=10)
    target = models.CharField(max_length=10)
    rows = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "target"], name="bilingual_siteterms_once")]

    def __str__(self) -> str:
        return f"{self.source} → {self.target}: {self.rows}"


class MinedPage(models.Model):
    """A page that the table was mined from, and its state then. No foreign key: the row says that the page was there
    even when it is not any more."""

    page_id = models.BigIntegerField(primary_key=True)
    state = models.CharField(max_length=100)

    def __str__(self) -> str:
        return f"{self.page_id}: {self.state}"
