"""Why a page is a result, said without a word of information retrieval."""

from types import SimpleNamespace

import pytest
from django.utils import translation

from kb.ask.reasons import reasons
from search.retrieval import Answer, Correction, Fragment, HitPassage


def why(
    *,
    question="Wie?",
    found_language="",
    matched=(),
    pairs=(),
    language="de",
    asked_in="de",
    title="",
    headings=(),
    excerpt=(),
    corrections=(),
):
    hit = SimpleNamespace(
        matched=tuple(matched),
        found_language=found_language or language,
        matched_as=tuple(pairs),
        language=language,
        title=title,
        title_fragments=(),
        passage=HitPassage("", tuple(headings), tuple(excerpt)),
    )
    with translation.override("en"):
        found = reasons(hit, Answer(question=question, corrections=tuple(corrections)), asked_in=asked_in)
    return [" ".join([one.said, ", ".join(one.found)]).strip() for one in found]


def test_words_as_asked():
    assert why(matched=("Mitglieder", "gewinnen")) == ["Contains: Mitglieder, gewinnen"]


def test_words_in_a_compound_are_said_together():
    pairs = [("Mitglieder", "Mitgliedergewinnung"), ("gewinnen", "Mitgliedergewinnung")]
    assert why(pairs=pairs) == ["Mitglieder, gewinnen: as part of Mitgliedergewinnung"]


def test_a_compound_in_its_parts():
    pairs = [("Fördermittelantrag", "Antrag"), ("Fördermittelantrag", "Fördermittel")]
    assert why(pairs=pairs) == ["Fördermittelantrag: in parts, Antrag, Fördermittel"]


def test_one_part_of_a_compound_is_no_reason():
    """The search counts parts together only; "Sitzung" alone does not stand for "Beiratssitzung"."""
    assert why(matched=("Tag",), pairs=[("Beiratssitzung", "Sitzung")], title="Sitzung") == ["Contains: Tag"]


@pytest.mark.parametrize(
    ("asked_in", "pair", "language", "said"),
    [
        ("de", ("Antrag", "application"), "en", "Antrag: in English application"),
        ("en", ("members", "Mitglieder"), "de", "members: in German Mitglieder"),
        ("de", ("Web", "website"), "en", "Web: in English website"),
        ("de", ("Web", "Website"), "de", "Web: as part of Website"),
    ],
)
def test_a_translated_word(asked_in, pair, language, said):
    assert why(asked_in=asked_in, pairs=[pair], language=language) == [said]


def test_a_word_is_explained_once_by_the_compound_that_says_most():
    pairs = [
        ("Mitglieder", "Mitgliederliste"),
        ("Mitglieder", "Mitgliedergewinnung"),
        ("gewinnen", "Mitgliedergewinnung"),
        ("Mitglieder", "Mitgliederbindung"),
    ]
    assert why(pairs=pairs) == ["Mitglieder, gewinnen: as part of Mitgliedergewinnung"]


def test_a_word_in_another_spelling():
    corrections = [Correction("Mitgleider", "Mitglieder")]
    assert why(pairs=[("Mitgleider", "Mitglieder")], corrections=corrections) == [
        "Mitgleider: understood as Mitglieder"
    ]


def test_words_found_as_asked_and_otherwise():
    assert why(matched=("Beirat",), pairs=[("Antrag", "Förderantrag")]) == [
        "Contains: Beirat",
        "Antrag: as part of Förderantrag",
    ]


def test_a_hyphenated_word_that_is_there_is_not_said_again_in_parts():
    assert why(matched=("Start-ups", "Start", "ups", "Hamburg")) == ["Contains: Start-ups, Hamburg"]
    assert why(matched=("Start", "ups"))[0] == "Contains: Start, ups"


def test_a_word_is_given_as_the_excerpt_has_it():
    excerpt = [Fragment("Die "), Fragment("Beiträge", True), Fragment(" steigen")]
    pairs = [("Mitgliedsbeitrag", "Beitrag"), ("Mitgliedsbeitrag", "Mitglied")]
    assert why(pairs=pairs, excerpt=excerpt) == ["Mitgliedsbeitrag: in parts, Beiträge, Mitglied"]
    plain = [Fragment("Die Beiträge steigen")]
    assert why(pairs=pairs, excerpt=plain) == ["Mitgliedsbeitrag: in parts, Beitrag, Mitglied"]


def test_a_word_of_another_language_with_the_same_stem_is_given_as_the_page_has_it():
    excerpt = [Fragment("In 40 "), Fragment("Minuten", True)]
    assert why(asked_in="en", matched=("minutes",), excerpt=excerpt) == ["Contains: Minuten"]


def test_words_of_the_other_version_are_not_claimed_for_this_one():
    assert why(matched=("application",), found_language="en", title="Application") == [
        "In the English version: application"
    ]


def test_what_the_excerpt_shows_of_the_question_goes_before_the_other_version():
    excerpt = [Fragment("Rufen Sie "), Fragment("Journalisten", True), Fragment(" an")]
    given = {
        "matched": ("journalist",),
        "found_language": "en",
        "excerpt": excerpt,
        "headings": ("Journalisten",),
    }
    assert why(question="Journalist und Presse", **given) == ["Contains: Journalist", "in the heading"]
    assert why(question="Who calls the press?", asked_in="en", **given) == [
        "In the English version: journalist"
    ]
    assert why(question="Wer ruft die Presse an?", **given) == ["In the English version: journalist"]


def test_where_it_stands():
    title = "Beirat einberufen"
    assert why(matched=("Beirat",), title=title) == ["Contains: Beirat", "in the title"]
    assert why(matched=("Beiräte",), headings=("Ablauf", "Den Beirat einladen")) == [
        "Contains: Beiräte",
        "in the heading",
    ]
    assert why(matched=("Beirat",), title=title, headings=("Beirat",))[1] == "in title and heading"


def test_a_compound_in_the_title_is_not_the_word_itself():
    assert why(matched=("zahlen",), title="Kennzahlen, die Wirkung zeigen") == ["Contains: zahlen"]
    assert why(pairs=[("Zahlen", "Kennzahlen")], title="Kennzahlen, die Wirkung zeigen") == [
        "Zahlen: as part of Kennzahlen",
        "in the title",
    ]


def test_meaning_alone():
    assert why() == ["Says it in other words"]


def test_a_paragraph_of_words_stays_a_line():
    assert why(matched=[f"Wort{n}" for n in range(30)]) == [
        "Contains: Wort0, Wort1, Wort2, Wort3, Wort4, Wort5 …"
    ]
