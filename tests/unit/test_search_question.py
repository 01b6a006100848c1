"""What a question is taken for, whatever is typed."""

import pytest

from search.analysis import Occurrences
from search.conf import SearchConf, conf
from search.retrieval.fragments import excerpt, marked
from search.retrieval.question import parse


def asked(text: str, language: str = "de"):
    return parse(text, language=language, languages=["de", "en"])


def stems(question, language):
    return {stem for word in question.words if word.language == language for stem, _ in word.alternatives}


def test_words_are_looked_up_in_every_language_with_its_own_stems():
    question = asked("Wie plane ich einen Workshop?")
    assert "workshop" in stems(question, "de")
    assert "workshop" in stems(question, "en")
    assert question.language == "de"
    assert "wie" not in stems(question, "de") | stems(question, "en")


def test_a_german_word_is_translated_for_english_texts():
    words = [word for word in asked("Wie stelle ich den Antrag?").words if word.language == "en"]
    found = {word.written: dict(word.alternatives) for word in words}
    assert {"applic", "request"} & set(found["Antrag"])
    assert not any(word.own for word in words)


def test_a_compound_without_translation_becomes_its_parts():
    words = [word for word in asked("Clusterantrag").words if word.language == "en"]
    assert len(words) == 2
    assert len({word.place for word in words}) == 1
    assert "cluster" in dict(words[0].alternatives)


@pytest.mark.parametrize(("typed", "language"), [("grant application", "en"), ("Fördermittel Antrag", "de")])
def test_words_without_grammar_tell_their_language_by_the_table(typed, language):
    assert asked(typed, "de" if language == "en" else "en").language == language


def test_phrases_and_excluded_words():
    question = asked("„zwei Seiten“ Antrag -Budget Co-Learning")
    assert question.phrases == ("zwei Seiten",)
    assert "de:budg" in question.excluded
    assert "budg" not in stems(question, "de")
    assert "learning" in stems(question, "de")


@pytest.mark.parametrize(
    ("typed", "places"),
    [
        ('"große Werkstatt"', (1, 7)),
        ('Werkstatt "die Werkstatt"', (0,)),
        ('"letter of intent"', (1, 11)),  # texts in English have no "of" among their terms
        ('"über die"', ()),
        ("Werkstatt", ()),
    ],
)
def test_words_that_every_text_with_the_phrase_has(typed, places):
    assert asked(typed).phrase_places == places


@pytest.mark.parametrize("typed", ["", "   ", "😀😀", "\x00\x00", "!!!", "-", '""', "\u202e\u200b", "\ud800"])
def test_nothing_to_look_up(typed):
    question = asked(typed)
    assert not question.words
    assert not question.phrases


@pytest.mark.parametrize(
    "typed",
    ["a" * 10_000, "Antrag " * 2_000, "'; drop table x; --", "<script>alert(1)</script>", "%s %(a)s %"],
)
def test_strange_input_is_cut_and_parsed(typed):
    question = asked(typed)
    assert len(question.text) <= conf().question_max_chars
    assert question.too_long == (len(typed.strip()) > conf().question_max_chars)


def test_excerpt_shows_the_sentence_with_most_words_of_the_question():
    text = (
        "Erst kommt Vorrede. " * 20
        + "Neue Mitglieder gewinnt man im Gespräch. Dann Nachrede. "
        + "Mehr. " * 80
    )
    found = excerpt(text, Occurrences("de", {"mitglied", "gesprach"}))
    assert [fragment.text for fragment in found if fragment.marked] == ["Mitglieder", "Gespräch"]
    assert (
        "".join(fragment.text for fragment in found if fragment.best)
        == "Neue Mitglieder gewinnt man im Gespräch."
    )
    shown = "".join(fragment.text for fragment in found)
    assert len(shown) <= conf().fragment_chars + 10
    assert shown.startswith("… ")


def test_excerpt_of_one_endless_sentence_is_short_and_holds_the_word():
    found = excerpt("wort " * 400 + "Antrag " + "wort " * 400, Occurrences("de", {"antrag"}))
    assert any(fragment.marked for fragment in found)
    assert len("".join(fragment.text for fragment in found)) <= conf().fragment_chars + 10


def test_excerpt_keeps_markup_as_text():
    text = "Der <b>Antrag</b> & mehr"
    assert "".join(fragment.text for fragment in excerpt(text, Occurrences("de", {"antrag"}))) == text
    assert "".join(fragment.text for fragment in marked(text, Occurrences("de", set()))) == text


def test_items_of_a_list_do_not_run_together_in_an_excerpt():
    text = "Zum Antrag gehören:\nein Finanzplan\neine Vollmacht\nein Antrag.\nAlles als PDF."
    shown = "".join(fragment.text for fragment in excerpt(text, Occurrences("de", {"antrag"})))
    assert shown == "Zum Antrag gehören: ein Finanzplan · eine Vollmacht · ein Antrag. Alles als PDF."


def test_every_figure_says_where_it_comes_from():
    """A number without an address is a number that nobody dares to change."""
    import inspect

    lines = inspect.getsource(SearchConf).splitlines()
    figures = [line for line in lines if " = " in line and line.strip()[0].isalpha()]
    explained = sum(line.strip().startswith('"""') for line in lines)
    assert explained * 2 >= len(figures)


def test_unknown_figure_is_refused(settings):
    from django.core.exceptions import ImproperlyConfigured

    settings.SEARCH = {"dense_wait": 1}
    with pytest.raises(ImproperlyConfigured, match="dense_wait"):
        conf()
    settings.SEARCH = {"candidates": 7}
    assert conf().candidates == 7
