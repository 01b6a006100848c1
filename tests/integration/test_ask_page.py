"""The search page: what a question shows, and what it must not do. Ranking has its own tests below tests/integration."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import translation

from kb.ask import views
from search.retrieval import Answer, Correction, Fragment, Hit, HitPassage

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
            "b-12345678",
            ("Steps", "Arrive"),
            (
                Fragment("Am Morgen ", best=True),
                Fragment("Kaffee", True, True),
                Fragment(" kochen", best=True),
                Fragment(". Dann reden."),
            ),
        ),
        "more": (),
        "found_language": "de",
        "matched": ("Kaffee",),
        "matched_as": (),
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
    assert 'href="/de/leitfaden/#b-12345678:~:text=Am%20Morgen%20Kaffee%20kochen"' in page
    assert '<span class="best"><mark>Kaffee</mark></span><span class="best"> kochen</span>. Dann' in page
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
    assert "There is no answer to this here yet" in page
    assert "Ask again without filters" in page


def test_below_the_line_it_says_so_before_what_comes_near(ask, answer):
    answer.value = Answer(
        question="xqz", hits=tuple(hit(title=f"Nah {n}") for n in range(9)), total=9, answered=False,
        facets={"kind": {"guide": 5, "case": 4}},
    )  # fmt: skip
    page = text(ask("q=xqz"))
    assert page.index("There is no answer to this here yet") < page.index("What comes nearest")
    assert page.index("What comes nearest") < page.index("Nah 0") < page.index("What you can do")
    assert "Nah 4" in page
    assert "Nah 5" not in page, "what comes near is no list to work through"
    assert "pages found" not in page
    assert 'class="hit"' not in page
    assert "Narrow down" not in page
    assert "No answer found" in page, "announced to those who do not see the page"


@pytest.fixture
def noted(monkeypatch):
    found = []
    monkeypatch.setattr(
        views.gaps, "note", lambda *arguments: found.append(arguments) or not arguments[2].answered
    )
    return found


def test_a_question_without_an_answer_is_noted_and_the_reader_told(ask, answer, noted):
    answer.value = Answer(question="xqz", answered=False)
    assert "has been noted, without anything about you" in text(ask("q=xqz"))
    assert noted == [("xqz", "en", answer.value)]


@pytest.mark.parametrize("query", ["q=xqz&kind=guide", "q=xqz&language=de", "q=xqz&page=2", "q="])
def test_filters_and_further_pages_are_no_new_question(ask, answer, noted, query):
    answer.value = Answer(question="xqz", hits=(hit(),), total=30, answered=False)
    assert "has been noted" not in text(ask(query))
    assert noted == []


def test_looking_without_reading_and_going_back_are_no_questions(client, ask, answer, noted):
    with translation.override("en"):
        assert client.head(reverse("ask:search"), {"q": "xqz"}).status_code == 200
    ask("q=xqz", **{"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert noted == []


def test_a_corrected_word_is_said_and_the_corrected_question_can_be_asked(ask, answer):
    answer.value = Answer(
        question="Mitgleider",
        hits=(hit(),),
        total=1,
        corrections=(Correction("Mitgleider", "Mitglieder"),),
        suggestion="Mitglieder & mehr",
    )
    page = text(ask("q=Mitgleider&kind=guide"))
    assert "“Mitgleider” is written nowhere here. We searched for <strong>Mitglieder</strong>." in page
    assert 'href="?q=Mitglieder+%26+mehr&amp;kind=guide"' in page
    assert page.index("Did you mean") < page.index("result-count")


def test_a_question_of_function_words_gets_a_hint_and_no_gap(ask, answer, noted):
    answer.value = Answer(question="was ist das")
    page = text(ask("q=was+ist+das", language="de"))
    assert "Darin steht kein Wort" in page
    assert "noch keine Antwort" not in page


def test_results_in_one_language_are_a_link_away(ask, answer):
    answer.value = Answer(question="Kaffee", hits=(hit(),), total=3, facets={"language": {"de": 2, "en": 1}})
    page = text(ask("q=Kaffee&kind=guide"))
    assert 'href="?q=Kaffee&amp;kind=guide&amp;language=de"' in page
    assert '<span lang="de">nur Deutsch</span>' in page
    chosen = text(ask("q=Kaffee&language=de"))
    assert re.search(r'id="language-de"[^>]*aria-current="true"', chosen)


def test_words_of_the_page_carry_its_language(ask, answer):
    found = hit(matched=(), matched_as=(("coffee", "Kaffee"),))
    answer.value = Answer(question="coffee", hits=(found,), total=1)
    assert 'coffee: in German <q lang="de">Kaffee</q>' in text(ask("q=coffee"))


def test_a_question_in_another_language_than_the_page_is_read_as_the_search_reads_it(ask, answer):
    """Nothing but the term table says that these words are English: no function word, no umlaut."""
    found = hit(matched=(), matched_as=(("funding", "Förderung"),))
    answer.value = Answer(question="funding application", hits=(found,), total=1)
    assert "funding: auf Deutsch <q>Förderung</q>" in text(ask("q=funding+application", language="de"))


def test_quotes_that_nothing_fits_are_said_to_be_left_out(ask, answer):
    answer.value = Answer(
        question="Kaffee am Morgen",
        hits=(hit(),),
        total=11,
        without_quotes=True,
        facets={"language": {"de": 9, "en": 2}},
    )
    page = text(ask("q=%22Kaffee+am+Morgen%22"))
    assert "Nowhere is it put exactly like that." in page
    assert page.index("exactly like that") < page.index("result-count")
    assert 'href="?q=Kaffee+am+Morgen&amp;language=de"' in page, (
        "a filter would leave nothing of the quoted one"
    )
    assert 'href="?q=Kaffee+am+Morgen&amp;page=2"' in page
    german = text(ask("q=%22Kaffee+am+Morgen%22", language="de"))
    assert "Genau so steht es nirgends; so sieht es ohne Anführungszeichen aus." in german
    answer.value = Answer(question="Kaffee", hits=(hit(),), total=1)
    assert "exactly like that" not in text(ask("q=Kaffee"))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Answer(question="Kaffee", hits=(hit(),), total=1, lexical_only=True), "finds words only"),
        (Answer(question="Kaffee", hits=(hit(),), total=1, too_long=True), "first 500 characters"),
        (Answer(question="Kaffee", timed_out=True), "took too long"),
    ],
)
def test_the_page_is_honest_about_its_limits(ask, answer, value, said):
    answer.value = value
    assert said in text(ask("q=Kaffee"))


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
        "q=",
        "q=%20%E2%80%8B%C2%AD",
        "q=was+ist+das",
        "q=%3F%3F%3F%21",
        "q=%D7%A9%D7%9C%D7%95%D7%9D+%E2%80%AE%D9%85%D8%B1%D8%AD%D8%A8%D8%A7",
        "q=%ED%A0%BD",
        "q=%F0%9F%98",
        "q=%0d%0aSet-Cookie:%20a=b",
    ],
)
@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("name", ["ask:search", "ask:suggestions"])
def test_strange_questions_are_calm(client, query, language, name):
    """With the real retrieval: whatever is typed, a page comes back and holds no markup of the reader's."""
    with translation.override(language):
        response = client.get(f"{reverse(name)}?{query}")
    assert response.status_code == 200
    assert "<script>alert" not in text(response)
    assert "Set-Cookie" not in response.headers


def test_the_page_may_only_be_read(client):
    with translation.override("en"):
        assert client.post(reverse("ask:search"), {"q": "a"}).status_code == 405
