"""Facts are said as a reader would say them, in the reader's number format."""

from decimal import Decimal

import pytest
from django.utils import translation

from kb.core.templatetags import reading


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (90, 120, "90 to 120 minutes"),
        (60, None, "60 minutes"),
        (None, 1, "1 minute"),
        (45, 45, "45 minutes"),
        (180, 240, "3 to 4 hours"),
        (150, 210, "2.5 to 3.5 hours"),
        (170, 200, "170 to 200 minutes"),
        (None, None, ""),
        (None, 380, "6 hours 20 minutes"),
        (None, 181, "3 hours 1 minute"),
    ],
)
def test_durations(low, high, said):
    with translation.override("en"):
        assert reading.duration(low, high) == said


def test_days_become_weeks_where_they_come_out_even():
    with translation.override("en"):
        assert [reading.days(count) for count in (1, 10, 14, 42, 45, None)] == [
            "1 day",
            "10 days",
            "2 weeks",
            "6 weeks",
            "45 days",
            "",
        ]


def test_numbers_are_in_the_format_of_the_language():
    with translation.override("de"):
        assert reading.person_days(Decimal("2.5")).startswith("2,5")
        assert reading.person_days(Decimal("3.0")).startswith("3 ")


def test_a_hyphen_that_stands_for_a_word_stays_with_what_follows():
    assert reading.unbroken("Mitgliedergewinnung & -bindung") == "Mitgliedergewinnung & -\u2060bindung"
    assert reading.unbroken("Wissens- & Technologietransfer") == "Wissens- & Technologietransfer"


def test_an_unknown_kind_is_shown_as_it_is():
    assert reading.kind_label("elephant") == "elephant"
    assert reading.reason(None) == ""


def test_a_link_means_what_it_means_on_the_page_that_is_read():
    with translation.override("en"):
        assert reading.reason("guide", "template") == "A guide that works with it"
        assert reading.reason("guide", "case") == "The guide it was done with"
        assert reading.reason("cluster", "offer") == "The cluster that offers this"
        assert reading.reason(None, "case") == ""
