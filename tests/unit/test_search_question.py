"""What a question is taken for, whatever is typed."""

import pytest

from search.conf import SearchConf, conf
from search.retrieval.fragments import excerpt, marked
from search.retrieval.question import parse


def asked(text: str, language: str = "de"):
    return parse(text, language=language, languages=["de", "en"])


def test_words_are_looked_up_in_every_language_with_its_own_stems():
    question = asked("Wie plane ich einen Workshop?")
    assert {(word.language, word.stem) for word in question.words} >= {("de", "workshop"), ("en", "workshop")}
    assert question.language == "de"
    assert "wie" not in {word.stem for word in question.words}


def test_phrases_and_excluded_words():
    question = asked("„zwei Seiten“ Antrag -Budget Co-Learning")
    assert question.phrases == ("zwei Seiten",)
    assert "de:budg" in question.excluded
    assert "budget" not in {word.stem for word in question.words}
    assert "learning" in {word.stem for word in question.words if word.language == "de"}


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
    found = excerpt(text, "de", {"mitglied", "gesprach"})
    assert [fragment.text for fragment in found if fragment.marked] == ["Mitglieder", "Gespräch"]
    assert (
        "".join(fragment.text for fragment in found if fragment.best)
        == "Neue Mitglieder gewinnt man im Gespräch."
    )
    shown = "".join(fragment.text for fragment in found)
    assert len(shown) <= conf().fragment_chars + 10
    assert shown.startswith("… ")


def test_excerpt_of_one_endless_sentence_is_short_and_holds_the_word():
    found = excerpt("wort " * 400 + "Antrag " + "wort " * 400, "de", {"antrag"})
    assert any(fragment.marked for fragment in found)
    assert len("".join(fragment.text for fragment in found)) <= conf().fragment_chars + 10


def test_excerpt_keeps_markup_as_text():
    text = "Der <b>Antrag</b> & mehr"
    assert "".join(fragment.text for fragment in excerpt(text, "de", {"antrag"})) == text
    assert "".join(fragment.text for fragment in marked(text, "de", set())) == text


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
