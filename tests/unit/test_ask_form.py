"""Nothing a reader can put into the address of the search page is an error."""

import pytest
from django.http import QueryDict

from kb.ask.forms import LAST_PAGE, LONGEST_QUESTION, QuestionForm


def form(address: str) -> QuestionForm:
    bound = QuestionForm(QueryDict(address))
    bound.is_valid()
    return bound


def test_a_question_is_cleaned_of_what_cannot_be_read():
    assert form("q=%20%20Wie%00%0Aweiter%1b%3F%20").question == "Wie weiter ?"


@pytest.mark.parametrize("sign", ["%C2%AD", "%E2%80%8B", "%E2%81%A0", "%EF%BB%BF"])
def test_a_sign_that_nobody_sees_cuts_no_word(sign):
    assert form(f"q=Mit{sign}glied").question == "Mitglied"


@pytest.mark.parametrize("question", ["was ist das", "how do I", "???", "😀 😀", "-", "–", "„“", "۞"])
def test_a_question_without_a_word_says_nothing(question):
    assert not form_of(question).says_something("de")


@pytest.mark.parametrize("question", ["Beirat", "was ist ein Beirat", "KI", "5S", '"was ist das"', "שלום"])
def test_a_question_with_a_word_does(question):
    assert form_of(question).says_something("de")


def form_of(question: str) -> QuestionForm:
    data = QueryDict(mutable=True)
    data["q"] = question
    bound = QuestionForm(data)
    bound.is_valid()
    return bound


def test_a_long_question_is_cut_and_says_so():
    long = form("q=" + "Frage+" * 2000)
    assert len(long.question) <= LONGEST_QUESTION
    assert long.is_too_long
    assert not form("q=" + "a" * LONGEST_QUESTION).is_too_long


@pytest.mark.parametrize(
    "address",
    [
        "q=a&kind=nonsense",
        "q=a&task_area=1%27+or+1%3D1",
        "q=a&cluster=%F0%9F%90%B3",
        "q=a&language=tlh",
        "q=a&kind=",
    ],
)
def test_a_filter_that_cannot_be_filters_nothing(address):
    assert form(address).filters == {}


def test_filters_keep_their_names_and_become_text():
    key = "0b0f2f57-5a5a-4f2b-9d5f-0d5f0c1d2e3f"
    assert form(f"q=a&kind=guide&task_area={key}&language=en").filters == {
        "kind": "guide",
        "task_area": key,
        "language": "en",
    }


@pytest.mark.parametrize(
    ("given", "page"), [("2", 2), ("0", 1), ("-3", 1), ("x", 1), (str(LAST_PAGE + 1), 1), ("", 1)]
)
def test_a_page_that_cannot_be_is_the_first(given, page):
    assert form(f"q=a&page={given}").page_number == page
