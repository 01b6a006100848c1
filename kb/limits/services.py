"""Counting in PostgreSQL: one statement, shared by all processes, in both ways of running the site."""

from __future__ import annotations

from pathlib import Path

from django.db import connection

from kb.limits.rates import Rate

_TAKE = Path(__file__).with_name("bucket.sql").read_text(encoding="utf-8")


def take(key: bytes, rate: Rate) -> float:
    """Counts one request. Returns 0 when it may go on, else the seconds until the next one may."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"key": key, "seconds": rate.seconds, "burst": rate.burst})
        return float(cursor.fetchone()[0])


def forget_drained() -> int:
    """Deletes what says nothing any more. Returns how many rows."""
    with connection.cursor() as cursor:
        cursor.execute("delete from limits_bucket where drained_at < statement_timestamp()")
        return int(cursor.rowcount)
