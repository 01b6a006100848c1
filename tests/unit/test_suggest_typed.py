"""What has been typed so far: which word is being written, which ones stand before it, how letters are compared."""

import re

import pytest

from search.suggesting.typed import LONGEST, WORD_START, pattern, read


def typed(text, language="de"):
    return read(text, language=language, languages=["de", "en"])


def matches(word, text):
    return re.search(WORD_START + pattern(word), text) is not None


@pytest.mark.parametrize("written", ["Fördermittel", "FÖRDERMITTEL"])
@pytest.mark.parametrize("spelling", ["förder", "Foerder", "forder", "FÖRDER", "fo\u0308rder"])
def test_an_umlaut_may_be_typed_in_any_way(spelling, written):
    assert matches(spelling, written)


def test_an_umlaut_may_be_written_in_two_letters():
    assert matches("förder", "Foerdermittel")
    assert not matches("forder", "Foerdermittel")


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("strasse", "Straße"),
        ("Straße", "STRASSE"),
        ("cafe", "World Café"),
        ("café", "Cafe"),
        ("cross-inn", "Cross-Innovation"),
        ("crossinn", "CrossInnovation"),
        ("innov", "Cross-Innovation"),
        ("ki", "KI im Mittelstand"),
        ("2", "2-Tages-Werkstatt"),
    ],
)
def test_letters_that_mean_the_same_match(word, text):
    assert matches(word, text)


@pytest.mark.parametrize(("word", "text"), [("glied", "Mitglied"), ("orge", "Fürsorge"), ("10", "210 Gäste")])
def test_a_match_begins_a_word(word, text):
    assert not matches(word, text)


def test_the_word_being_typed_is_the_last_one():
    found = typed("Wie gewinne ich Mitg")
    assert (found.before, found.last) == ("Wie gewinne ich ", "Mitg")
    assert [term for _, term in found.earlier] == ["de:gewinn", "en:gewinn"]
    assert len(found.patterns) == 1


def test_a_finished_word_is_completed_no_more():
    found = typed("Mitglieder ")
    assert found.last == ""
    assert len(found.patterns) == 1


@pytest.mark.parametrize(
    "text", ["was ist das", "wie", "?", "", "  ", "😀", "\x00", "a", "1", "…„“", "\u202e\u202c"]
)
def test_nothing_is_suggested_for_nothing(text):
    found = typed(text)
    assert found is None or not found.earlier


@pytest.mark.parametrize("text", ["was ist das", "Mitglieder für", "how do I"])
def test_a_function_word_is_the_beginning_of_nothing(text):
    found = typed(text)
    assert found is None or found.last == ""


def test_with_a_capital_inside_a_question_it_is_the_beginning_of_a_noun():
    assert typed("Wie gewinne ich Mit").last == "Mit"
    assert typed("Wie gewinne ich mit").last == ""


def test_the_function_words_are_those_of_the_language_that_is_typed():
    assert [term for _, term in typed("how to win mem").earlier] == ["de:win", "en:win"]


@pytest.mark.parametrize(
    "text", ["a" * (LONGEST + 1), "wort " * 60, "x" * 10_000, "\u200b" * 5_000, "ä" * 190 + " b" * 40]
)
def test_what_is_too_long_is_not_looked_up(text):
    assert typed(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "'; drop table x; --",
        "<script>alert(1)</script>",
        "%s %(x)s 100% _\\",
        "(a|b)*[c]{2}^$.",
        "\\m\\y\\d+",
        "שלום עולם",
    ],
)
def test_a_pattern_holds_nothing_that_was_typed_but_letters_and_digits(text):
    found = typed(text)
    for one in (*found.patterns, found.last_pattern):
        re.compile(one)
        assert not set(one) & set("\\^$.*+{}<>%;")
