"""Questions grow old: after 30 days their words are deleted, and what was asked often enough is a number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from search.gaps import figures
from search.gaps.models import Asking, Gap, MonthCount

_SQL = (Path(__file__).parent / "ageing.sql").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Aged:
    """What one run did."""

    deleted: int
    """rows of wordings that are gone"""
    counted: int
    """counts of months that were begun or grew"""


def last_day_gone(today: date) -> date:
    """The latest day of which no wording is kept or shown any more."""
    return today - timedelta(days=figures.DAYS_KEPT)


def first_month_kept(today: date) -> date:
    """First day of the earliest month whose counts are kept."""
    months = today.year * 12 + today.month - 1 - figures.MONTHS_KEPT
    return date(months // 12, months % 12 + 1, 1)


@transaction.atomic
def age(today: date) -> Aged:
    """Deletes what is too old and counts what may be counted. Running it again changes nothing.

    A month's first day ages when the month's last one is in the log already, so that the decision whether a question
    was asked often enough in that month knows the whole month (figures.DAYS_KEPT must not be less than 30).
    """
    with connection.cursor() as cursor:
        cursor.execute(_SQL, {"gone": last_day_gone(today), "least": figures.LEAST_ASKINGS})
        deleted, counted = cursor.fetchone()
    MonthCount.objects.filter(month__lt=first_month_kept(today)).delete()
    _forget_words()
    return Aged(deleted=deleted, counted=counted)


def _forget_words() -> None:
    """Of gaps with neither wording nor count; what an editor decided stays with its key, without a word."""
    bare = Gap.objects.filter(
        ~Exists(Asking.objects.filter(gap=OuterRef("pk"))),
        ~Exists(MonthCount.objects.filter(gap=OuterRef("pk"))),
    )
    bare.filter(decided_at=None).delete()
    bare.exclude(words=[], nearest=[]).update(words=[], nearest=[])


def forget_everything() -> None:
    """Empties the log, the counts and the decisions at once: the files too, which a DELETE would leave to vacuum."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("truncate gaps_asking, gaps_monthcount, gaps_gap")
