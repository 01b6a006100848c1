"""Facets and pagers are plain links that keep the question and the other filters."""

from django.http import QueryDict

from kb.ask.languages import language_choices
from kb.ask.presentation import PER_PAGE, address, facets, pages
from search.reader import ANONYMOUS


def shown(counts, filters):
    return {
        facet.name: facet.options
        for facet in facets(counts, question="Wie?", filters=filters, language="de", reader=ANONYMOUS)
    }


def test_an_address_survives_every_character():
    question = 'a&b=c#d "e" 🐳 <script>'
    assert QueryDict(address(question, {"kind": "guide"}, 3)[1:]).dict() == {
        "q": question,
        "kind": "guide",
        "page": "3",
    }


def test_choosing_keeps_the_other_filters_and_letting_go_does_too():
    options = shown({"kind": {"guide": 3, "case": 5}}, {"kind": "guide", "language": "de"})["kind"]
    assert [(option.value, option.chosen) for option in options] == [("guide", True), ("case", False)]
    assert QueryDict(options[0].url[1:]).dict() == {"q": "Wie?", "language": "de"}
    assert QueryDict(options[1].url[1:]).dict() == {"q": "Wie?", "language": "de", "kind": "case"}


def test_a_chosen_value_stays_even_when_nothing_is_left_of_it():
    options = shown({"kind": {}}, {"kind": "news"})["kind"]
    assert [(option.value, option.count, option.chosen) for option in options] == [("news", 0, True)]


def test_a_facet_with_one_value_narrows_nothing():
    assert shown({"kind": {"guide": 3}}, {}) == {}
    assert shown({"kind": {"guide": 3, "case": 1}}, {}).keys() == {"kind"}


def test_the_language_is_no_facet_but_a_switch():
    assert shown({"language": {"de": 2, "en": 1}}, {}) == {}


def switch(counts, filters):
    return language_choices(counts, question="Wie?", filters=filters)


def test_the_switch_keeps_question_and_filters():
    both, german, english = switch({"de": 2, "en": 1}, {"kind": "guide"})
    assert [choice.chosen for choice in (both, german, english)] == [True, False, False]
    assert QueryDict(both.url[1:]).dict() == {"q": "Wie?", "kind": "guide"}
    assert QueryDict(english.url[1:]).dict() == {"q": "Wie?", "kind": "guide", "language": "en"}
    assert (german.label, german.language, german.count) == ("nur Deutsch", "de", 2)


def test_the_switch_is_there_only_where_it_changes_something():
    assert switch({"de": 2}, {}) == ()
    assert [choice.chosen for choice in switch({"de": 2}, {"language": "en"})] == [False, False, True]
    assert switch({}, {"language": "en"})[2].count == 0


def test_the_pager_ends_where_the_results_end():
    last = pages(2 * PER_PAGE + 1, 3, question="Wie?", filters={})
    assert (last.count, last.next_url) == (3, "")
    assert QueryDict(last.previous_url[1:]).dict() == {"q": "Wie?", "page": "2"}
    assert pages(0, 1, question="Wie?", filters={}).count == 1
