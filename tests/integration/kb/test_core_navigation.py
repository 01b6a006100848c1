"""Menu, footer and language links say only what this reader may see."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import translation
from wagtail.models import Page

from kb.core.context_processors import navigation
from kb.core.models import ContentPage
from kb.core.translating import translate
from tests.integration.kb.conftest import add, english_texts, make_private


@pytest.fixture
def look(rf, site):
    """The navigation that `user` gets on `path`."""

    def look(path, user=None):
        request = rf.get(path)
        request.user = user or AnonymousUser()
        language = path.split("/")[1]
        with translation.override(language):
            if "suche" not in path:
                Page.find_for_request(request, request.path.removeprefix(f"/{language}/"))
            found = navigation(request)["navigation"]
            return {key: found[key] for key in found}

    return look


def titles(entries):
    return [entry.title for entry in entries]


def test_menu_is_that_of_the_language(look):
    assert titles(look("/de/")["menu"]) == ["Werkzeugkasten"]
    assert titles(look("/en/")["menu"]) == ["Toolbox"]


def test_menu_marks_where_the_reader_is(look, make_guide):
    guide = make_guide()
    assert [entry.current for entry in look(guide.get_url())["menu"]] == [True]
    assert [entry.current for entry in look("/de/")["menu"]] == [False]


def test_private_section_is_in_the_menu_of_its_readers_only(look, site, people):
    make_private(site.toolbox, people.roles.members)
    assert titles(look("/de/")["menu"]) == []
    assert titles(look("/de/", people.stranger)["menu"]) == []
    assert titles(look("/de/", people.member)["menu"]) == ["Werkzeugkasten"]
    assert titles(look("/en/", people.member)["menu"]) == ["Toolbox"]


def test_language_link_stays_on_the_page(look, make_guide, english):
    guide = make_guide()
    page = translate(guide, english, english_texts(guide))
    links = {link.code: link for link in look(guide.get_url())["languages"]}
    assert links["en"].url == page.get_url()
    assert links["en"].same_page
    assert links["de"].current
    alternates = {one.code: one.url for one in look(guide.get_url())["alternates"]}
    assert alternates["x-default"] == alternates["de"]
    assert alternates["en"].endswith(page.get_url())


@pytest.mark.parametrize("state", ["missing", "draft", "private", "alias"])
def test_language_link_leads_home_when_the_page_is_not_there_for_the_reader(look, make_guide, english, state):
    guide = make_guide()
    if state == "draft":
        translate(guide, english, english_texts(guide), publish=False)
    elif state == "private":
        make_private(translate(guide, english, english_texts(guide)))
    elif state == "alias":
        guide.copy_for_translation(english, alias=True)
    found = look(guide.get_url())
    links = {link.code: link for link in found["languages"]}
    assert links["en"].url == "/en/"
    assert not links["en"].same_page
    assert found["alternates"] == []


def test_search_page_switches_its_own_address(look):
    links = {link.code: link.url for link in look("/de/suche/?q=Messe")["languages"]}
    assert links["de"] == "/de/suche/?q=Messe"
    assert links["en"] in {"/en/search/?q=Messe", "/en/suche/?q=Messe"}


def test_page_that_does_not_exist_leads_home(look):
    found = look("/de/gibt-es-nicht/")
    assert {link.code: link.url for link in found["languages"]} == {"de": "/de/", "en": "/en/"}
    assert found["alternates"] == []


def test_footer_names_published_plain_pages(look, site):
    body = [("paragraph", "<p>Text</p>")]
    add(site.home, ContentPage(title="Impressum", summary="Wer", body=body, show_in_footer=True))
    add(site.home, ContentPage(title="Entwurf", summary="Wer", body=body, show_in_footer=True), live=False)
    easy = ContentPage(title="Leichte Sprache", summary="Wer", body=body, show_in_footer=True, variant="easy")
    add(site.home, easy)
    footer = look("/de/")["footer"]
    assert titles(footer) == ["Impressum", "Leichte Sprache"]
    assert [entry.easy_language for entry in footer] == [False, True]


def test_breadcrumbs_lead_from_home_to_the_page(client, make_guide, site, people):
    guide = make_guide(parent=site.section)
    client.force_login(people.member)
    text = client.get(guide.get_url()).content.decode()
    trail = text[text.index('class="breadcrumbs"') : text.index('aria-current="page"')]
    assert re.findall(r'<a href="[^"]*">([^<]+)</a>', trail) == ["Startseite", "Werkzeugkasten", "Intern"]


def test_navigation_asks_a_bounded_number_of_questions(look, make_guide, django_assert_max_num_queries):
    guide = make_guide()
    url = guide.get_url()
    look(url)
    with django_assert_max_num_queries(22):
        look(url)
