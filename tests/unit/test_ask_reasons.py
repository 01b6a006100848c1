"""Why a page is a result, said without a word of information retrieval."""

from types import SimpleNamespace

import pytest
from django.utils import translation

from kb.ask.reasons import reasons
from search.retrieval import Answer, Correction, Fragment, HitPassage


def why(
    question="Wie?",
    *,
    found_language="",
    matched=(),
    pairs=(),
    language="de",
    title=(),
    headings=(),
    corrections=(),
):
    hit = SimpleNamespace(
        matched=tuple(matched),
        found_language=found_language or language,
        matched_as=tuple(pairs),
        language=language,
        title_fragments=tuple(title),
        passage=HitPassage("", tuple(headings), ()),
    )
    with translation.override("en"):
        found = reasons(hit, Answer(question=question, corrections=tuple(corrections)))
    return [" ".join([one.said, ", ".join(one.found)]).strip() for one in found]


def test_words_as_asked():
    assert why(matched=("Mitglieder", "gewinnen")) == ["Contains: Mitglieder, gewinnen"]


def test_words_in_a_compound_are_said_together():
    pairs = [("Mitglieder", "Mitgliedergewinnung"), ("gewinnen", "Mitgliedergewinnung")]
    assert why(matched=("Mitglieder", "gewinnen"), pairs=pairs) == [
        "Mitglieder, gewinnen: as part of Mitgliedergewinnung"
    ]


def test_a_compound_in_its_parts():
    pairs = [("Fördermittelantrag", "Antrag"), ("Fördermittelantrag", "Fördermittel")]
    assert why(matched=("Fördermittelantrag",), pairs=pairs) == [
        "Fördermittelantrag: in parts, Antrag, Fördermittel"
    ]


@pytest.mark.parametrize(
    ("question", "pair", "language", "said"),
    [
        ("Wie schreibe ich einen Antrag?", ("Antrag", "application"), "en", "Antrag: in English application"),
        ("How to win members?", ("members", "Mitglieder"), "de", "members: in German Mitglieder"),
        ("Wie gewinnen wir?", ("gewinnen", "win"), "en", "gewinnen: in English win"),
    ],
)
def test_a_translated_word(question, pair, language, said):
    assert why(question, matched=(pair[0],), pairs=[pair], language=language) == [said]


def test_a_word_is_explained_once_by_the_compound_that_says_most():
    pairs = [
        ("Mitglieder", "Mitgliederliste"),
        ("Mitglieder", "Mitgliedergewinnung"),
        ("gewinnen", "Mitgliedergewinnung"),
        ("Mitglieder", "Mitgliederbindung"),
    ]
    assert why("Wie Mitglieder gewinnen?", matched=("Mitglieder", "gewinnen"), pairs=pairs) == [
        "Mitglieder, gewinnen: as part of Mitgliedergewinnung"
    ]


def test_a_word_in_another_spelling():
    corrections = [Correction("Mitgleider", "Mitglieder")]
    assert why(pairs=[("Mitgleider", "Mitglieder")], corrections=corrections) == [
        "Mitgleider: understood as Mitglieder"
    ]


def test_words_found_as_asked_and_otherwise():
    assert why(matched=("Beirat", "Antrag"), pairs=[("Antrag", "Förderantrag")]) == [
        "Contains: Beirat",
        "Antrag: as part of Förderantrag",
    ]


def test_a_word_that_is_there_as_asked_needs_no_other_reason():
    pairs = [("Antrag", "Antrag"), ("Antrag", "Förderantrag"), ("Antrag", "application")]
    assert why(matched=("Antrag",), pairs=pairs) == ["Contains: Antrag"]


def test_words_of_the_other_version_are_not_claimed_for_this_one():
    assert why(matched=("application",), found_language="en", title=[Fragment("Antrag", True)]) == [
        "In the English version: application"
    ]


def test_where_it_stands():
    title = [Fragment("Beirat", True), Fragment(" einberufen")]
    assert why(matched=("Beirat",), title=title) == ["Contains: Beirat", "in the title"]
    assert why(matched=("Beiräte",), headings=("Ablauf", "Den Beirat einladen")) == [
        "Contains: Beiräte",
        "in the heading",
    ]
    assert why(matched=("Beirat",), title=title, headings=("Beirat",))[1] == "in title and heading"


def test_meaning_alone():
    assert why() == ["Says it in other words"]


def test_a_paragraph_of_words_stays_a_line():
    assert why(matched=[f"Wort{n}" for n in range(30)]) == [
        "Contains: Wort0, Wort1, Wort2, Wort3, Wort4, Wort5 …"
    ]
