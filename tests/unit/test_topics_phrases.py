"""Phrases as people write them, and how a topic is known again."""

from __future__ import annotations

import pytest

from search.topics.identity import recognised
from search.topics.phrases import of_text, readable, stems


def test_german_nouns_with_what_belongs_to_them():
    found = list(of_text("Wir bringen neue Kraftstoffe und den Wasserstoff im Hafen an Bord.", "de"))
    assert {"Kraftstoffe", "neue Kraftstoffe", "Wasserstoff im Hafen", "Bord"} <= set(found)


def test_a_declined_adjective_is_no_heading():
    assert "neuen Kraftstoffen" not in set(of_text("Umgang mit neuen Kraftstoffen.", "de"))


def test_english_runs_end_at_function_words():
    found = set(of_text("We look for heavy transport and the last mile.", "en"))
    assert "heavy transport" in found
    assert not any(" and " in phrase or " the " in phrase for phrase in found)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12",
        "a",
        "mail@example.org",
        "x" * 60,
        "ein sehr langer Satz mit viel zu vielen Wörtern",
        "10000 Euro",
    ],
)
def test_what_no_label_is(text):
    assert not readable(text)


def test_stems_of_a_hyphenated_word_are_its_parts():
    assert stems("Projekt-Anträge", "de") == stems("Anträge Projekt", "de")
    assert stems("und die", "de") == frozenset()


def test_a_topic_is_known_by_its_members():
    old = {"a": frozenset("123"), "b": frozenset("456")}
    new = [frozenset("4567"), frozenset("12"), frozenset("89")]
    assert recognised(old, new, {"a": {}, "b": {}}, [{}, {}, {}]) == ["b", "a", None]


def test_a_topic_all_of_whose_pages_changed_is_known_by_its_label():
    old = {"a": frozenset("1")}
    assert recognised(old, [frozenset("9")], {"a": {"de": "Kaffee"}}, [{"de": "Kaffee"}]) == ["a"]
    assert recognised(old, [frozenset("9")], {"a": {}}, [{}]) == [None]


def test_no_key_is_given_twice():
    old = {"a": frozenset("12")}
    assert (
        recognised(old, [frozenset("12"), frozenset("12")], {"a": {"de": "K"}}, [{"de": "K"}] * 2).count("a")
        == 1
    )
