"""Words, stems, compounds, sentences: the same whatever way an author or a reader writes them."""

import pytest

from search.analysis import Occurrences, sentences, splits, stem, words
from search.analysis.languages import guess
from search.analysis.normalise import clean, fold
from search.analysis.terms import _Spellings


def terms(text: str, language: str = "de") -> list[str]:
    return [word.term for word in words(text, language)]


@pytest.mark.parametrize(
    "spellings",
    [
        [
            "Fördermittel",
            "Foerdermittel",
            "Fordermittel",
            "FÖRDERMITTEL",
            "Fo\u0308rdermittel",
            "För\u00adder\u00admittel",
        ],
        ["Straße", "Strasse", "STRASSE"],
        ["Mitglied", "Mitglieder", "Mitgliedern"],
        [
            "Moderator:innen",
            "Moderator*innen",
            "Moderator_innen",
            "Moderatorinnen",
            "Moderatoren",
            "Moderator/-in",
        ],
        ["Haus", "Häuser", "Haeuser"],
    ],
)
def test_spellings_of_a_word_share_a_term(spellings):
    assert len({terms(spelling)[0] for spelling in spellings}) == 1


def test_hyphenated_word_is_found_whole_and_in_parts():
    found = list(words("der Cross-Innovation-Workshop", "de"))
    assert [word.folded for word in found] == ["crossinnovationworkshop", "cross", "innovation", "workshop"]
    assert [word.part for word in found] == [False, True, True, True]


def test_places_point_into_the_text_as_written():
    text = "Für Mit\u00adglieder:innen und Cross-Cluster ﬁnden wir Straßen"
    for word in words(text, "de"):
        assert fold(text[word.start : word.end].replace("\u00ad", "").replace("-", "")) == word.folded


def test_stop_words_carry_nothing():
    assert terms("wie und der die das") == []
    assert terms("how do I", "en") == []


def test_english_stems():
    assert terms("organising organises", "en") == [stem("en", "organise")] * 2


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("mitgliedergewinnung", ("Mitglieder", "gewinnen")),
        ("fördermittelantrag", ("Fördermittel", "Anträge")),
        ("tagesordnung", ("Tag", "Ordnung")),
        ("beratungsangebot", ("Beratung", "Angebote")),
        ("gruppengröße", ("Gruppe", "Größe")),
    ],
)
def test_compound_has_its_parts_among_its_splits(word, parts):
    assert tuple(terms(part)[0] for part in parts) in splits("de", fold(word))


def test_three_parts_are_for_questions_only():
    wanted = tuple(terms(part)[0] for part in ("Fördermittel", "Antrag", "Frist"))
    assert wanted in splits("de", "fördermittelantragsfrist", parts=3)
    assert wanted not in splits("de", "fördermittelantragsfrist")


def test_short_words_and_other_languages_are_not_split():
    assert splits("de", "antrag") == ()
    assert splits("en", "breakfastmeeting") == ()


def test_sentences_know_abbreviations_and_ordinals():
    text = "Am 3. Mai kommt Dr. Muster, z. B. mit ca. 300 Euro! Und dann? Nr. 5 folgt.\nNeue Zeile"
    assert [text[one.start : one.end] for one in sentences(text)] == [
        "Am 3. Mai kommt Dr. Muster, z. B. mit ca. 300 Euro!",
        "Und dann?",
        "Nr. 5 folgt.",
        "Neue Zeile",
    ]


def test_clean_removes_what_postgresql_refuses_and_readers_cannot_see():
    assert clean("a\x00b\ud800c\u202ed\u200be\ufefff") == "a bcdef"


@pytest.mark.parametrize(
    ("question", "default", "language"),
    [
        ("Wie bekomme ich Unternehmen an einen Tisch?", "en", "de"),
        ("How do I win new members?", "de", "en"),
        ("Barcamp", "en", "en"),
        ("Fördermittel", "en", "de"),
        ("", "de", "de"),
    ],
)
def test_language_of_a_question(question, default, language):
    assert guess(question, default) == language


def test_an_endless_word_is_not_taken_apart():
    """Ten thousand letters without a space would keep a worker or a reader waiting for minutes."""
    assert splits("de", "mitgliedergewinnung" * 500, parts=3) == ()
    assert splits("de", "mitgliedergewinnung", parts=3)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Die Mitglieder-Werbung: neue Mitglieder, ein Mitglied und der Mitgliedsbeitrag."),
        (
            "de",
            "Moderator:innen und Leiter/-innen, Moderato\u00adren, MODERATOR, Büro, Bu\u0308ro, B\u00fcros",
        ),
        ("en", "Workshops - a workshop-like event; -workshop, 5-S, workshop_s and WORKSHOPS'"),
        ("en", ""),
    ],
)
def test_occurrences_are_the_words_of_the_wanted_terms(language, text):
    read = list(words(text, language))
    terms = sorted({word.term for word in read})
    for wanted in [{term} for term in terms] + [set(terms), set(terms[::2]), {"nirgends"}, set()]:
        assert Occurrences(language, wanted)(text) == [word for word in read if word.term in wanted]


def test_occurrences_know_what_another_text_taught_and_begin_anew_when_they_know_too_much(monkeypatch):
    first = Occurrences("en", {"member"})
    assert [word.folded for word in first("Members and a member.")] == ["members", "member"]
    second = Occurrences("en", {"member", "event"})
    monkeypatch.setattr(_Spellings, "MOST", 0)
    third = Occurrences("en", {"event"})
    for occurrences, expected in ((second, ["event", "members"]), (third, ["event"]), (first, ["members"])):
        assert [word.folded for word in occurrences("An event of members.")] == expected


def test_of_more_texts_than_are_remembered_each_is_read_anew(monkeypatch):
    monkeypatch.setattr(_Spellings, "MOST_TEXTS", 2)
    members = Occurrences("en", {"member"})
    texts = [f"{'Nobody and a ' * number}member" for number in range(4)]
    for text in (*texts, *reversed(texts)):
        assert [text[word.start : word.end] for word in members(text)] == ["member"]
