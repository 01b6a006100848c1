"""An empty list says what to do next, with links that lead to something this reader can see."""

import re

import pytest

from kb.clusters.models import ClusterPage, NeedOfferPage, NeedsOffersIndexPage
from kb.core.models import TaskArea
from kb.toolbox.models import TemplatePage
from tests.integration.kb.conftest import add, make_private


def empty(client, page, query=""):
    html = client.get(f"{page.url}{query}").content.decode()
    found = re.search(r'<div class="empty">(.*?)</div>', html, re.S)
    return found and re.findall(r'href="([^"]+)"', found[1])


@pytest.fixture
def needs(site):
    site.needs = add(site.home, NeedsOffersIndexPage(title="Gesuche", slug="gesuche", summary="Gesuche"))
    site.cluster = add(
        site.clusters, ClusterPage(title="Luft", slug="luft", summary="Luft", field="Luftfahrt")
    )
    return site


def need(cluster, kind="need", **fields):
    return add(cluster, NeedOfferPage(title="Etwas", summary="Kurz", kind=kind, body="<p>Text</p>", **fields))


@pytest.fixture
def template(site):
    def make(**fields):
        page = TemplatePage(title="Plan", summary="Kurz", purpose="<p>Wofür</p>", **fields)
        draft = add(site.templates, page, live=False)
        TemplatePage.objects.filter(pk=draft.pk).update(
            live=True
        )  # without files, which publishing would ask for
        return draft

    return make


def test_an_empty_list_leads_to_those_that_are_not(client, site, make_guide):
    assert empty(client, site.cases) == ["/de/suche/"]
    make_guide()
    assert empty(client, site.cases) == ["/de/werkzeugkasten/", "/de/suche/"]


def test_what_a_reader_may_not_see_is_nothing_to_lead_to(client, people, site, make_guide):
    make_private(make_guide())
    make_private(site.section)
    assert empty(client, site.cases) == ["/de/suche/"]
    client.force_login(people.member)
    assert "/de/werkzeugkasten/" in empty(client, site.cases)


def test_a_filter_that_leaves_nothing_leads_to_the_whole_list_and_an_empty_list_not_to_itself(client, needs):
    assert needs.needs.url not in empty(client, needs.needs, "?kind=offer")
    need(needs.cluster)
    assert empty(client, needs.needs, "?kind=offer") == [needs.needs.url]


def test_templates_are_filtered_by_task_areas_that_have_one(client, site, template):
    other = TaskArea.objects.create(name="Finanzen", slug="finanzen", locale=site.area.locale)
    assert empty(client, site.templates, "?task_area=finanzen") == ["/de/suche/"]
    template(task_area=site.area)
    context = client.get(site.templates.url).context
    assert [area.slug for area in context["task_areas"]] == [site.area.slug]
    assert empty(client, site.templates, f"?task_area={other.slug}") == [site.templates.url]


def test_a_task_area_of_hidden_templates_is_not_offered(client, people, site, template):
    make_private(template(task_area=site.area))
    assert client.get(site.templates.url).context["task_areas"] == []
    client.force_login(people.member)
    assert [area.slug for area in client.get(site.templates.url).context["task_areas"]] == [site.area.slug]
