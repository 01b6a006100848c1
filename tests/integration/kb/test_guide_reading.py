"""A guide as a working document: how long it takes to read, its contents, and where the clock makes sense."""

from __future__ import annotations

import re
from types import SimpleNamespace
from urllib.parse import urljoin

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from kb.clusters.models import CasePage
from kb.toolbox.templatetags.guides import WORDS_A_MINUTE, in_one_day, reading_minutes, task_areas_in_use
from tests.integration.kb.conftest import add, make_private


def step(minutes):
    return ("step", {"title": "Ankommen", "minutes": minutes, "text": "<p>Kaffee</p>", "tip": ""})


def test_words_of_every_section_count_and_markup_does_not(make_guide):
    half = WORDS_A_MINUTE * 3 // 2
    guide = make_guide(
        purpose='<p class="a b c">' + "Wort " * half + "</p>",
        pitfalls=[("pitfall", {"problem": "Leere", "remedy": "<p>" + "Wort " * half + "</p>"})],
    )
    assert reading_minutes(guide) == 3
    assert reading_minutes(make_guide("Kurz")) == 1


def test_reading_time_asks_the_database_nothing(make_guide, site, django_assert_num_queries):
    guide = make_guide(templates=[("template", site.templates)])
    guide.refresh_from_db()
    with django_assert_num_queries(0):
        reading_minutes(guide)


@pytest.mark.parametrize(("minutes", "fits"), [(0, False), (1, True), (720, True), (721, False)])
def test_the_clock_is_for_one_day(minutes, fits):
    assert in_one_day(minutes) is fits


def test_the_clock_stands_only_where_steps_have_minutes_of_one_day(make_guide, client):
    assert "data-clock" in client.get(make_guide("Ein Tag", steps=[step(60)]).url).content.decode()
    assert "data-clock" not in client.get(make_guide("Ohne Zeiten", steps=[step(None)]).url).content.decode()
    assert "data-clock" not in client.get(make_guide("Wochen", steps=[step(5000)]).url).content.decode()


def test_contents_lead_to_examples_only_for_who_may_see_one(make_guide, client, site, people, make_cluster):
    guide = make_guide()
    texts = dict.fromkeys(("situation", "action", "result"), "<p>So war es.</p>")
    example = add(
        site.cases,
        CasePage(title="Bei uns", summary="So", year=2024, cluster=make_cluster(), guide=guide, **texts),
    )
    assert 'href="#examples"' in client.get(guide.url).content.decode()
    make_private(example, people.other_group)
    page = client.get(guide.url).content.decode()
    assert 'href="#examples"' not in page
    assert "Bei uns" not in page
    assert 'href="#about"' in page


def used_by(client, guide):
    """Names of the clusters below "Used by"."""
    panel = re.search(r'id="used-by".*?</section>', client.get(guide.url).content.decode(), re.S)
    return re.findall(r"Luftfahrt|Logistik|Medizin|Chemie|Medien", panel[0]) if panel else []


@pytest.fixture
def tell(site):
    """A case example of a cluster with a guide."""

    def add_example(guide, cluster, **fields):
        texts = dict.fromkeys(("situation", "action", "result"), "<p>So war es.</p>")
        page = CasePage(title="Beispiel", summary="So", year=2024, cluster=cluster, guide=guide, **texts)
        return add(site.cases, page, **fields)

    return add_example


def test_who_tells_of_a_guide_uses_it(make_guide, make_cluster, client, tell):
    named = make_cluster("Luftfahrt")
    guide = make_guide(used_by=[("cluster", named)])
    tell(guide, make_cluster("Medizin"))
    tell(guide, make_cluster("Logistik"))
    tell(guide, named)
    tell(make_guide("Anderer"), make_cluster("Chemie"))
    assert used_by(client, guide) == ["Luftfahrt", "Logistik", "Medizin"]


def test_an_example_that_the_reader_may_not_see_names_no_cluster(
    make_guide, make_cluster, client, tell, people
):
    guide = make_guide()
    example = tell(guide, make_cluster("Logistik"))
    tell(guide, make_cluster("Medizin"), live=False)
    hidden = make_cluster("Chemie")
    tell(guide, hidden)
    assert used_by(client, guide) == ["Chemie", "Logistik"]
    make_private(example, people.roles.members)
    make_private(hidden, people.roles.members)
    assert used_by(client, guide) == []
    client.force_login(people.member)
    assert used_by(client, guide) == ["Chemie", "Logistik"]


def test_more_examples_ask_the_database_no_more(make_guide, make_cluster, client, tell):
    def statements():
        client.get(guide.url)
        with CaptureQueriesContext(connection) as asked:
            client.get(guide.url)
        return len(asked)

    guide = make_guide()
    tell(guide, make_cluster("Logistik"))
    one = statements()
    for name in ("Medizin", "Chemie", "Medien"):
        tell(guide, make_cluster(name))
    assert used_by(client, guide) == ["Chemie", "Logistik", "Medien", "Medizin"]
    assert statements() == one


def test_the_task_area_leads_to_the_guides_of_its_list(make_guide, client, site):
    guide = make_guide()
    link = re.search(r'href="([^"]*\?task_area=[^"]*)"', client.get(guide.url).content.decode())[1]
    found = client.get(urljoin(guide.url, link))
    assert found.wsgi_request.path == site.toolbox.url
    assert [option.value for option in found.context["chosen"]] == ["vernetzung"]


def test_the_home_page_counts_the_guides_that_the_reader_may_see(make_guide, client, site, people, rf):
    make_guide()
    make_private(make_guide("Geheim"), people.other_group)
    make_guide("Entwurf", live=False)

    def areas(user):
        request = rf.get("/")
        request.user = user
        found = task_areas_in_use({"page": site.home, "request": request})
        return [(area["area_slug"], area["guides"]) for area in found]

    assert areas(people.member) == [("vernetzung", 1)]
    assert areas(people.stranger) == [("vernetzung", 2)]
    assert client.get(site.home.url).content.decode().count("?task_area=") == 1


def test_a_task_area_without_a_guide_leads_nowhere_from_the_home_page(client, site):
    assert "?task_area=" not in client.get(site.home.url).content.decode()


def test_a_file_is_told_from_its_page_and_named_in_its_own_language():
    document = SimpleNamespace(
        url="/d/1/", filename="plan.docx", file_size=0, title="Run sheet", language="en"
    )
    value = {"document": document, "language": "en", "label": ""}
    with translation.override("de"):
        context = {"value": value, "LANGUAGE_CODE": "de"}
        html = render_to_string("blocks/file.html", context)
        labelled = render_to_string("blocks/file.html", context | {"value": value | {"label": "Ablaufplan"}})
    assert '<span lang="en">Run sheet</span><span class="kern-sr-only"> (DOCX)</span>' in html
    assert "<span>Ablaufplan</span>" in labelled


def test_the_tab_of_the_home_page_does_not_say_the_name_twice(client, site):
    assert "<title>Was? – Lotse</title>" in client.get(site.home.url).content.decode()


def test_a_guide_without_facts_has_no_empty_list(client, site, make_guide):
    make_guide()
    html = client.get(site.toolbox.url).content.decode()
    assert "card__title" in html
    assert "card__facts" not in html
