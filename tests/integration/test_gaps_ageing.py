"""Questions grow old: what is left of them on which day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.gaps import ageing, figures, tasks
from search.gaps.models import Asking, Gap, MonthCount
from search.gaps.wording import key_of

pytestmark = pytest.mark.django_db

MARCH = date(2026, 3, 1)


def a_gap(word="patent"):
    return Gap.objects.create(language="de", key=key_of([word], "de"), words=[word])


def asked(gap, day, count=1, question="Patent?"):
    return Asking.objects.create(day=day, language="de", question=question, count=count, gap=gap)


def counts():
    return {count.month: count.count for count in MonthCount.objects.all()}


def test_a_wording_is_gone_on_the_thirtieth_day():
    asked(a_gap(), MARCH)
    ageing.age(MARCH + timedelta(days=29))
    assert Asking.objects.exists()
    ageing.age(MARCH + timedelta(days=30))
    assert not Asking.objects.exists()


def test_fewer_than_three_leave_nothing():
    gap = a_gap()
    asked(gap, MARCH, 2)
    ageing.age(date(2026, 5, 1))
    assert counts() == {}
    assert not Gap.objects.exists()


def test_three_of_a_month_leave_a_count_and_no_wording():
    gap = a_gap()
    asked(gap, MARCH, 2)
    asked(gap, date(2026, 3, 20), 1, "Patente?")
    asked(gap, date(2026, 4, 1), 2)
    assert ageing.age(date(2026, 5, 1)) == ageing.Aged(deleted=3, counted=1)
    assert counts() == {MARCH: 3}
    assert not Asking.objects.exists()
    gap.refresh_from_db()
    assert gap.words == ["patent"]


def test_the_days_that_stay_decide_with_the_day_that_goes():
    """One asking ages, two of the same month are still in the log: it was asked three times in that month."""
    gap = a_gap()
    asked(gap, MARCH, 1)
    asked(gap, date(2026, 3, 20), 2)
    ageing.age(date(2026, 3, 31))
    assert counts() == {MARCH: 1}
    assert Asking.objects.get().day == date(2026, 3, 20)
    ageing.age(date(2026, 4, 19))
    assert counts() == {MARCH: 3}


def test_the_next_month_does_not_help():
    gap = a_gap()
    asked(gap, date(2026, 3, 31), 2)
    asked(gap, date(2026, 4, 2), 5)
    ageing.age(date(2026, 4, 30))
    assert counts() == {}


def test_what_was_never_checked_is_only_deleted():
    asked(None, MARCH, 9)
    assert ageing.age(date(2026, 5, 1)) == ageing.Aged(deleted=1, counted=0)
    assert counts() == {}


def test_running_it_again_changes_nothing():
    gap = a_gap()
    asked(gap, MARCH, 4)
    asked(gap, date(2026, 3, 20), 1)
    today = date(2026, 4, 2)
    ageing.age(today)
    before = (counts(), list(Asking.objects.values_list("day", "count")))
    assert ageing.age(today) == ageing.Aged(deleted=0, counted=0)
    assert (counts(), list(Asking.objects.values_list("day", "count"))) == before


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    days=st.dictionaries(st.integers(0, 59), st.integers(1, 4), min_size=1, max_size=8),
    skipped=st.sets(st.integers(30, 95), max_size=40),
)
def test_run_daily_or_late_it_counts_the_same(days, skipped):
    """Whatever days beat misses, a month's count is its askings if they were three, and nothing otherwise."""
    Asking.objects.all().delete()
    Gap.objects.all().delete()
    gap = a_gap()
    for day, count in days.items():
        asked(gap, MARCH + timedelta(days=day), count)
    for day in range(30, 100):
        if day not in skipped:
            ageing.age(MARCH + timedelta(days=day))
    months: dict[date, int] = {}
    for day, count in days.items():
        month = (MARCH + timedelta(days=day)).replace(day=1)
        months[month] = months.get(month, 0) + count
    assert counts() == {month: count for month, count in months.items() if count >= figures.LEAST_ASKINGS}
    assert not Asking.objects.exists()


def test_a_months_first_day_waits_for_its_last():
    """What `ageing.age` relies on."""
    for month in range(1, 13):
        first = date(2026, month, 1)
        goes_on = first + timedelta(days=figures.DAYS_KEPT)
        assert goes_on >= (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def test_counts_are_kept_for_two_years():
    gap = a_gap()
    MonthCount.objects.create(gap=gap, month=date(2024, 3, 1), count=3)
    MonthCount.objects.create(gap=gap, month=date(2024, 4, 1), count=3)
    ageing.age(date(2026, 4, 15))
    assert list(counts()) == [date(2024, 4, 1)]


def test_a_decision_outlives_the_question_without_a_word_of_it():
    gap = a_gap()
    asked(gap, MARCH)
    Gap.objects.filter(pk=gap.pk).update(
        state=Gap.State.DISMISSED, note="gehört nicht hierher", decided_at=timezone.now(), nearest=[gap.pk]
    )
    ageing.age(date(2026, 5, 1))
    gap.refresh_from_db()
    assert (gap.words, gap.nearest, gap.note) == ([], [], "gehört nicht hierher")
    assert "patent" not in str(vars(gap)).lower()


def test_the_task_ages_by_the_sites_day():
    today = timezone.localdate()
    gap = a_gap()
    asked(gap, today - timedelta(days=30))
    asked(gap, today - timedelta(days=29), question="Patente?")
    tasks.age()
    assert [asking.question for asking in Asking.objects.all()] == ["Patente?"]
