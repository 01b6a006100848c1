"""A result leads to its passage, and to the sentence in it that answers best."""

import pytest

from kb.ask.passage_links import passage_url, text_directive
from search.retrieval import Fragment, HitPassage


def passage(anchor, *fragments):
    return HitPassage(anchor, (), tuple(Fragment(text, best=best) for text, best in fragments))


def test_anchor_and_sentence():
    found = passage("b-1234", ("… ", False), ("Rufen Sie ", True), ("morgens an", True), (". Danach", False))
    assert passage_url("/de/seite/", found) == "/de/seite/#b-1234:~:text=Rufen%20Sie%20morgens%20an"


def test_a_long_sentence_is_named_by_its_ends():
    directive = text_directive("Eins zwei drei vier fünf sechs sieben acht neun zehn.")
    assert directive == ":~:text=Eins%20zwei%20drei%20vier,sieben%20acht%20neun%20zehn"


def test_signs_that_mean_something_in_a_directive_are_written_out():
    assert text_directive("Cross-Innovation, Workshops & mehr #1") == (
        ":~:text=Cross%2DInnovation%2C%20Workshops%20%26%20mehr%20%231"
    )


@pytest.mark.parametrize("sentence", ["", "…", "Zu kurz", " – „Ja“ – "])
def test_what_stands_in_many_places_is_not_named(sentence):
    assert text_directive(sentence) == ""


def test_quotes_and_dots_at_the_ends_are_left_out():
    assert text_directive("„Was kostet das eigentlich?“") == ":~:text=Was%20kostet%20das%20eigentlich"


def test_without_a_sentence_the_anchor_and_without_both_the_page():
    assert passage_url("/de/", passage("b-1", ("Text", False))) == "/de/#b-1"
    assert passage_url("/de/", passage("", ("Text", False))) == "/de/"
    assert (
        passage_url("/de/", passage("", ("Drei ganze Wörter", True)))
        == "/de/#:~:text=Drei%20ganze%20W%C3%B6rter"
    )
