"""The search page: what a question shows, and what it must not do. Ranking has its own tests below tests/integration."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import translation

from kb.ask import views
from search.retrieval import Answer, Fragment, Hit, HitPassage

pytestmark = pytest.mark.django_db


def hit(**changes) -> Hit:
    values = {
        "page_id": 1,
        "translation_key": uuid4(),
        "kind": "guide",
        "title": "Frühstück",
        "title_fragments": (),
        "url": "/de/leitfaden/",
        "language": "de",
        "passage": HitPassage(
            "b-12345678", ("Steps", "Arrive"), (Fragment("Kaffee", True, True), Fragment(" kochen"))
        ),
        "more": (),
        "matched": ("Kaffee",),
        "by_meaning": False,
        "facets": {},
        "score": 0.9,
    }
    return Hit(**values | changes)


@pytest.fixture
def answer(monkeypatch):
    """What the retrieval says; `answer.asked` are the arguments it was called with."""

    class Prepared:
        value = Answer(question="Kaffee", hits=(hit(),), total=1)
        asked: list = []

        def __call__(self, question, **arguments):
            self.asked.append((question, arguments))
            return self.value

    prepared = Prepared()
    prepared.asked = []
    monkeypatch.setattr(views.retrieval, "ask", prepared)
    return prepared


@pytest.fixture
def ask(client):
    def get(query: str, language: str = "en", **headers):
        with translation.override(language):
            address = reverse("ask:search")
        return client.get(f"{address}?{query}", headers=headers)

    return get


def text(response) -> str:
    return response.content.decode()


def test_a_hit_leads_to_its_passage_and_marks_the_words(ask, answer):
    page = text(ask("q=Kaffee"))
    assert 'href="/de/leitfaden/#b-12345678"' in page
    assert '<span class="best"><mark>Kaffee</mark></span> kochen' in page
    assert "Steps › Arrive" in page


def test_what_others_wrote_is_escaped(ask, answer):
    evil = "<img src=x onerror=alert(1)>"
    answer.value = Answer(
        question=evil,
        hits=(hit(title=evil, passage=HitPassage("", (evil,), (Fragment(evil, True),))),),
        total=1,
    )
    page = text(ask("q=%3Cimg+src%3Dx+onerror%3Dalert(1)%3E"))
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page


def test_a_hit_in_another_language_says_so(ask, answer):
    page = text(ask("q=Kaffee", language="en"))
    assert re.search(r'<article lang="de">', page)
    assert "in German" in page


def test_htmx_gets_only_what_changes(ask, answer):
    response = ask("q=Kaffee", **{"HX-Request": "true"})
    page = text(response)
    assert "<html" not in page
    assert 'hx-swap-oob="innerHTML"' in page
    assert "HX-Request" in response["Vary"]


def test_going_back_gets_the_whole_page(ask, answer):
    page = text(ask("q=Kaffee", **{"HX-Request": "true", "HX-History-Restore-Request": "true"}))
    assert "<html" in page


def test_answers_stay_out_of_shared_caches_and_search_engines(ask, answer):
    response = ask("q=Kaffee")
    assert "private" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in text(response)


def test_filters_reach_the_retrieval(ask, answer):
    key = uuid4()
    ask(f"q=Kaffee&kind=guide&task_area={key}&language=de&page=1")
    question, arguments = answer.asked[0]
    assert question == "Kaffee"
    assert arguments["filters"] == {"kind": "guide", "task_area": str(key)}
    assert arguments["only_language"] == "de"
    assert arguments["offset"] == 0


def test_a_page_beyond_the_last_shows_the_last(ask, answer):
    answer.value = Answer(question="Kaffee", hits=(hit(),), total=11)
    ask("q=Kaffee&page=9")
    assert [arguments["offset"] for _, arguments in answer.asked] == [80, 10]


def test_without_a_question_nothing_is_asked(ask, answer):
    page = text(ask("q=+++"))
    assert answer.asked == []
    assert "Ask as you would ask a colleague" in page


def test_without_an_answer_the_page_says_what_to_do(ask, answer):
    answer.value = Answer(question="xqz")
    page = text(ask("q=xqz&kind=guide"))
    assert "Nothing answers" in page
    assert "Ask again without filters" in page


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Answer(question="a", hits=(hit(),), total=1, lexical_only=True), "finds words only"),
        (Answer(question="a", hits=(hit(),), total=1, too_long=True), "first 500 characters"),
        (Answer(question="a", timed_out=True), "took too long"),
    ],
)
def test_the_page_is_honest_about_its_limits(ask, answer, value, said):
    answer.value = value
    assert said in text(ask("q=a"))


def test_a_facet_names_no_cluster_the_reader_may_not_see(ask, answer):
    hidden = str(uuid4())
    answer.value = Answer(
        question="a", hits=(hit(),), total=1, facets={"cluster": {hidden: 3, str(uuid4()): 1}}
    )
    assert hidden not in text(ask("q=a"))


@pytest.mark.parametrize(
    "query",
    [
        "q=" + "🐳" * 300,
        "q=" + "a" * 10_000,
        "q=%27%3B+DROP+TABLE+wagtailcore_page%3B--",
        "q=%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        "q=%00%01%02",
        "q=%7B%7B+request.user+%7D%7D",
        "q=" + "%28" * 200,
        "q=%22unfinished",
    ],
)
def test_strange_questions_are_calm(ask, query):
    """With the real retrieval: whatever is typed, a page comes back and holds no markup of the reader's."""
    response = ask(query)
    assert response.status_code == 200
    assert "<script>alert" not in text(response)


def test_the_page_may_only_be_read(client):
    with translation.override("en"):
        assert client.post(reverse("ask:search"), {"q": "a"}).status_code == 405
