"""What is remembered of a visitor: one moment under a keyed hash, for minutes."""

from __future__ import annotations

from django.db import models


class Bucket(models.Model):
    """A leaky bucket as a meter (the virtual scheduling algorithm of ITU-T I.371, "GCRA").

    The table is UNLOGGED (migration 0001): PostgreSQL writes no journal of it and empties it after a crash.
    """

    key = models.BinaryField(primary_key=True, max_length=16)
    """keyed hash of the rate's name and the visitor's address or the member's number (kb.limits.asking)"""
    drained_at = models.DateTimeField()
    """when nothing of what was asked counts any more; the row is then deleted. No index: each update would write to it"""

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return bytes(self.key).hex()
