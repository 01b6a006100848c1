"""What the box offers while somebody types, as the browser gets it."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import translation

from kb.ask import views
from search.index import services
from search.retrieval import Fragment
from search.suggesting import Suggestion
from tests.searchable.factories import publish, restrict, translate

pytestmark = pytest.mark.django_db


@pytest.fixture
def suggest(client):
    def get(typed: str, language: str = "de"):
        with translation.override(language):
            address = reverse("ask:suggestions")
        return client.get(address, {"q": typed})

    return get


def text(response) -> str:
    return response.content.decode()


def options(response) -> list[str]:
    return re.findall(r'<a class="suggestion".*?</a>', text(response), re.S)


def test_the_address_is_translated():
    for language, address in {"de": "/de/suche/vorschlaege/", "en": "/en/search/suggestions/"}.items():
        with translation.override(language):
            assert reverse("ask:suggestions") == address


def test_words_ask_and_pages_are_gone_to(suggest):
    page = publish(
        "Kaffee & Kuchen", "# Kaffeemaschine leihen {maschine}\nKaffee und Kaffeebohnen.", kind="template"
    )
    services.index_due()
    found = options(suggest("kaff"))
    asked = next(one for one in found if "data-question" in one)
    assert 'href="/de/suche/?q=Kaffee"' in asked
    assert 'data-question="Kaffee"' in asked
    assert "<b>Kaff</b>ee" in asked
    to_page = next(one for one in found if f'href="{page.get_url()}"' in one)
    assert "Vorlage" in to_page, "a page says what it is"
    assert "<b>Kaff</b>ee &amp; Kuchen" in to_page
    to_place = next(one for one in found if "#maschine" in one)
    assert "Kaffee &amp; Kuchen" in to_place, "a place says on which page it is"
    assert all('role="option"' in one and 'aria-selected="false"' in one for one in found)
    assert len(set(re.findall(r'id="(suggestion-\d)"', text(suggest("kaff"))))) == len(found)


def test_how_many_there_are_is_said(suggest):
    publish("Kaffee", "Text.")
    services.index_due()
    assert "2 Vorschläge." in text(suggest("kaff"))
    assert "Keine Vorschläge" in text(suggest("xqz"))
    assert "No suggestions" in text(suggest("xqz", "en"))


def test_another_language_is_named_and_marked(suggest):
    publish("Hosting guests", "Guests from abroad.", language="en")
    services.index_due()
    (page,) = [one for one in options(suggest("hosti")) if "data-question" not in one]
    assert 'lang="en"' in page
    assert "auf Englisch" in page


def test_what_others_wrote_is_escaped(suggest, monkeypatch):
    evil = '"><img src=x onerror=alert(1)>'
    monkeypatch.setattr(
        views.suggesting,
        "suggest",
        lambda *_args, **_more: (
            Suggestion(evil, (Fragment(evil, True),), "de"),
            Suggestion(evil, (Fragment(evil),), "en", "/de/x/", evil, evil),
        ),
    )
    page = text(suggest("img"))
    assert "<img" not in page
    assert 'q=%22%3E%3Cimg%20src%3Dx%20onerror%3Dalert%281%29%3E"' in page


def test_members_see_more_and_no_cache_keeps_it(suggest, client):
    restrict(publish("Zinnoberpreise", "Zinnoberpreise für Mitglieder."))
    services.index_due()
    stranger = suggest("zinn")
    assert options(stranger) == []
    assert "private" in stranger["Cache-Control"]
    assert "Cookie" in stranger["Vary"]
    client.force_login(get_user_model().objects.create_user("mitglied", "m@example.org", "x"))
    member = suggest("zinn")
    assert any("Zinnoberpreise" in one for one in options(member))
    assert member["Cache-Control"] == "private, no-store"
    assert member["X-Robots-Tag"] == "noindex"


def test_nothing_typed_is_noted(suggest, monkeypatch):
    monkeypatch.setattr(views.gaps, "note", lambda *_: pytest.fail("A beginning is no question"))
    assert suggest("xqz").status_code == 200


def test_only_reading(client):
    with translation.override("de"):
        assert client.post(reverse("ask:suggestions"), {"q": "kaff"}).status_code == 405


def test_the_box_knows_where_to_ask(client):
    for language, address in {"de": "/de/suche/vorschlaege/", "en": "/en/search/suggestions/"}.items():
        with translation.override(language):
            page = text(client.get(reverse("ask:search")))
        assert f'data-suggestions="{address}"' in page
        assert page.count('role="listbox"') == 1
        assert re.search(r'<div class="suggestions[^>]*hidden></div>', page), (
            "empty and hidden without a script"
        )


def test_a_page_is_offered_in_the_language_that_is_read(suggest):
    page = publish("Kaffee kochen", "Wasser.")
    translate(page, "Kaffee brewing", "Water.")
    services.index_due()
    assert "Kaffee brewing" not in text(suggest("kaff"))
    assert "brewing" in text(suggest("kaff", "en"))
