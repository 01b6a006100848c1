"""Narrowing the toolbox down: what is found, what is counted, and that hidden guides are in neither."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.integration.kb.conftest import make_private


@pytest.fixture
def shown(rf, site):
    def shown(query="", user=None):
        request = rf.get(f"/{query}")
        request.user = user or AnonymousUser()
        return site.toolbox.get_context(request)

    return shown


def titles(context):
    return [guide.title for guide in context["items"]]


def counts(context, name):
    group = next((group for group in context["facets"] if group.name == name), None)
    return {option.value: option.count for option in group.options} if group else None


@pytest.fixture
def three(make_guide):
    make_guide("Anruf", duration_min=30, duration_max=45, group_min=1, group_max=2, cost_class="none")
    make_guide("Frühstück", duration_min=90, duration_max=120, group_min=12, group_max=30, cost_class="low")
    make_guide("Konferenz", duration_max=480, group_min=120, cost_class="high", phase="do")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?time=60", ["Anruf"]),
        ("?time=120", ["Anruf", "Frühstück"]),
        ("?time=480", ["Anruf", "Frühstück", "Konferenz"]),
        ("?people=1", ["Anruf"]),
        ("?people=6", ["Frühstück"]),
        ("?people=16", ["Frühstück"]),
        ("?people=41", ["Konferenz"]),
        ("?costs=none", ["Anruf"]),
        ("?costs=low", ["Anruf", "Frühstück"]),
        ("?phase=do", ["Konferenz"]),
        ("?time=480&costs=low&people=6", ["Frühstück"]),
        ("?time=7&people=x&costs=free&phase=&task_area=nowhere", ["Anruf", "Frühstück", "Konferenz"]),
    ],
)
def test_what_fits_is_found(three, shown, query, found):
    assert titles(shown(query)) == found


def test_a_count_is_what_a_click_shows(three, shown):
    for query in ("", "?costs=low", "?costs=low&people=6"):
        for group in shown(query)["facets"]:
            for option in group.options:
                context = shown(option.url)
                if not option.chosen:
                    assert context["items"].paginator.count == option.count == len(titles(context)), option


def test_a_guide_that_says_nothing_about_a_fact_is_not_found_by_it(make_guide, shown):
    make_guide("Ohne Angaben")
    make_guide("Kurz", duration_min=30)
    context = shown("?time=60")
    assert titles(context) == ["Kurz"]
    assert context["items"].paginator.count == 1


def test_a_choice_is_let_go_of_by_its_own_link_and_the_others_stay(three, shown):
    context = shown("?time=120&costs=low&page=2")
    assert [option.url for option in context["chosen"]] == ["?costs=low", "?time=120"]
    time = next(group for group in context["facets"] if group.name == "time")
    assert next(option for option in time.options if option.chosen).url == "?costs=low"


def test_without_a_match_the_page_says_which_filter_to_take_away(three, client, site):
    page = client.get(site.toolbox.url, {"time": "60", "people": "41"})
    text = page.content.decode()
    assert "No guide matches" in text or "Kein Leitfaden" in text
    assert 'href="?people=41"' in text
    assert 'href="?time=60"' in text


def test_a_facet_that_narrows_nothing_is_not_shown(make_guide, shown):
    make_guide("Eins", cost_class="none")
    make_guide("Zwei", cost_class="none")
    assert counts(shown(), "costs") is None
    assert counts(shown(), "task_area") is None


def test_hidden_guides_are_in_no_list_count_or_facet(three, make_guide, shown, site, people):
    before = shown()
    facts = {"duration_min": 20, "group_min": 3, "cost_class": "medium", "phase": "plan", "kind": "process"}
    secret = make_guide("Geheim", parent=site.section, **facts)
    make_guide("Entwurf", live=False, **facts)
    make_private(site.section, people.other_group)
    for user in (None, people.member):
        context = shown(user=user)
        assert [(g.name, g.options) for g in context["facets"]] == [
            (g.name, g.options) for g in before["facets"]
        ]
        assert context["items"].paginator.count == 3
        assert counts(shown("?phase=plan", user), "phase") == {"plan": 0, "do": 1}
        assert titles(shown("?phase=plan", user)) == []
    seen = shown(user=people.stranger)
    assert counts(seen, "phase") == {"plan": 1, "do": 1}
    assert titles(shown("?phase=plan", people.stranger)) == [secret.title]


def test_facets_cost_no_more_queries_than_a_list_and_its_number(three, shown):
    with CaptureQueriesContext(connection) as plain:
        titles(shown())
    with CaptureQueriesContext(connection) as narrowed:
        titles(shown("?time=480&costs=low&people=6"))
    of_guides = [
        query["sql"] for query in narrowed.captured_queries if "toolbox_practiceguide" in query["sql"]
    ]
    assert len(of_guides) == 2, "one that counts, one that lists"
    assert len(narrowed) <= len(plain)
