"""Front matter as people really write it."""

import datetime
from decimal import Decimal

import pytest

from kb.toolbox.markdown.facts import (
    read_count,
    read_date,
    read_decimal,
    read_duration,
    read_facts,
    read_people,
    read_roles,
    read_word,
)


@pytest.mark.parametrize(
    ("value", "minutes"),
    [
        ("30-60", (30, 60)),
        ("30 – 60 min", (30, 60)),
        ("30 minutes", (30, 30)),
        (45, (45, 45)),
        ("10min", (10, 10)),
        ("1 hour", (60, 60)),
        ("an hour", (60, 60)),
        ("1-2 hours", (60, 120)),
        ("30 min to 2 hours", (30, 120)),
        ("1,5 Stunden", (90, 90)),
        ("2+ hours", (120, None)),
        ("1hr +", (60, None)),
        ("60+ min", (60, None)),
        ("mindestens 2 Stunden", (120, None)),
        ("3 days (minimum)", (1440, None)),
        ("bis zu 45 Minuten", (None, 45)),
        ("up to 30 min", (None, 30)),
        ("~ 20 min", (20, 20)),
        ("1 hour 30 mins", (90, 90)),
        ("2 Tage", (960, 960)),
        ("Ongoing", None),
        ("Varies", None),
        ("N/A", None),
        ("0", None),
        ("Minutes", None),
        ("2-10 weeks", None),
        ("60-30 min", None),
        ("30-45-60 mins", None),
        ("Initially, 2 hours", None),
        ("30 min per story", None),
        (None, None),
        (["30"], None),
    ],
)
def test_durations(value, minutes):
    assert read_duration(value) == minutes


@pytest.mark.parametrize(
    ("value", "people"),
    [
        ("4+", (4, None)),
        ("2-20", (2, 20)),
        ("2 – 20 Personen", (2, 20)),
        (12, (12, 12)),
        ("1-100+", (1, None)),
        ("Min. 2", (2, None)),
        ("minimum 2 peers", (2, None)),
        ("3 or more", (3, None)),
        ("ab 5", (5, None)),
        ("<10", (None, 9)),
        ("<= 10", (None, 10)),
        ("20-10", None),
        ("0", None),
        ("3 per group", None),
        ("The whole team", None),
        ("", None),
    ],
)
def test_group_sizes(value, people):
    assert read_people(value) == people


@pytest.mark.parametrize(
    ("field", "value", "choice"),
    [
        ("difficulty", "Hard", "advanced"),
        ("difficulty", "moderate", "medium"),
        ("difficulty", "einfach", "easy"),
        ("mode", "Vor Ort", "onsite"),
        ("kind", "Veranstaltungsformat", "event_format"),
        ("cost_class", False, "none"),  # `cost: no` is False in YAML
        ("difficulty", "7", None),
    ],
)
def test_words_for_choices(field, value, choice):
    assert read_word(field, value) == choice


def test_roles_of_names_and_of_tables():
    assert [role.role for role in read_roles(["Moderation", "", "Team"])] == ["Moderation", "Team"]
    (role,) = read_roles([{"role": "Empfang", "count": 2, "task": "Begrüßt"}])
    assert (role.role, role.count, role.task) == ("Empfang", 2, "Begrüßt")
    (role,) = read_roles("x" * 30 + " " + "y" * 80)
    assert len(role.role) <= 80
    assert role.task.startswith("xxx")
    assert read_roles([{"name": "?"}]) is None
    assert read_roles(7) is None


def test_numbers_and_days():
    assert read_decimal("2,5") == Decimal("2.5")
    assert read_decimal("-1") is None
    assert read_decimal("NaN") is None
    assert read_count("-3") is None
    assert read_date(datetime.date(2026, 1, 2)) == read_date("2.1.2026") == datetime.date(2026, 1, 2)
    assert read_date("soon") is None


def test_what_cannot_be_read_is_handed_back_as_it_stood():
    facts, roles, unread = read_facts(
        {
            "time": "Ongoing",
            "people": "3+",
            "participants": ["A"],
            "colour": "red",
            "url": "javascript:alert(1)",
            "tags": None,
        }
    )

    assert (facts.group_min, facts.duration_min) == (3, None)
    assert roles[0].role == "A"
    assert unread == {"time": "Ongoing", "colour": "red", "url": "javascript:alert(1)"}


def test_a_second_value_for_the_same_fact_does_not_replace_the_first():
    facts, _roles, unread = read_facts({"time": "30 min", "duration": "60 min"})

    assert facts.duration_min == 30
    assert unread == {"duration": "60 min"}
