"""What a cluster's page, its needs and offers, fields and cases show to whom."""

from __future__ import annotations

import datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.urls import reverse
from wagtail.models import Page
from wagtail.test.utils.form_data import nested_form_data, rich_text

from kb.clusters.models import CasePage, FieldIndexPage, FieldPage, NeedOfferPage, NeedsOffersIndexPage
from kb.core.models import ContentPage, NewsIndexPage, NewsPage
from kb.core.translating import translate
from kb.core.translations import localized
from search.reader import ANONYMOUS, Reader
from tests.integration.kb.conftest import add, english_texts, make_private

TODAY = datetime.date.today()
DAY = datetime.timedelta(days=1)


@pytest.fixture
def cluster(make_cluster):
    return make_cluster()


@pytest.fixture
def make_need(cluster):
    def make(title, **fields):
        values = {"kind": "need", "summary": "Gesucht", "body": "<p>Räume</p>"} | fields
        return add(cluster, NeedOfferPage(title=title, **values))

    return make


@pytest.fixture
def context(rf):
    def context(page, user=None, query=""):
        request = rf.get(f"/{query}")
        request.user = user or AnonymousUser()
        return page.get_context(request)

    return context


def titles(pages):
    return [page.title for page in pages]


def test_needs_and_offers_leave_the_lists_after_their_last_day(cluster, make_need, context, site):
    make_need("Ohne Ende")
    make_need("Morgen", valid_until=TODAY + DAY)
    make_need("Heute", valid_until=TODAY)
    ended = make_need("Gestern", valid_until=TODAY - DAY)
    make_need("Angebot", kind="offer", valid_until=TODAY + DAY)
    found = context(cluster)
    assert titles(found["needs"]) == ["Heute", "Morgen", "Ohne Ende"]
    assert titles(found["offers"]) == ["Angebot"]
    assert ended.has_ended
    assert ended.live
    index = add(site.home, NeedsOffersIndexPage(title="Gesuche", summary="Alle"))
    assert titles(context(index)["items"]) == ["Heute", "Angebot", "Morgen", "Ohne Ende"]
    assert titles(context(index, query="?kind=offer")["items"]) == ["Angebot"]
    assert titles(context(index, query="?kind=x")["items"]) == ["Heute", "Angebot", "Morgen", "Ohne Ende"]


def test_private_cluster_keeps_its_needs_out_of_the_common_list(cluster, make_need, context, site, people):
    make_need("Räume")
    index = add(site.home, NeedsOffersIndexPage(title="Gesuche", summary="Alle"))
    make_private(cluster, people.roles.members)
    assert titles(context(index)["items"]) == []
    assert titles(context(index, people.member)["items"]) == ["Räume"]


def test_cluster_links_its_internal_pages_for_those_who_may_read_them(cluster, context, people):
    internal = add(cluster, ContentPage(title="Intern", summary="Notizen"))
    make_private(internal, people.roles.members)
    assert titles(context(cluster)["pages"]) == []
    assert titles(context(cluster, people.member)["pages"]) == ["Intern"]


def ended_form(need, **more):
    """The form of `need` as the browser sends it, valid until yesterday."""
    return nested_form_data(
        {
            "title": "Räume",
            "slug": need.slug,
            "summary": "Gesucht",
            "kind": "need",
            "valid_until": str(TODAY - DAY),
            "body": rich_text("<p>Räume</p>"),
            "comments-TOTAL_FORMS": "0",
            "comments-INITIAL_FORMS": "0",
            **more,
        }
    )


def warnings_of_an_end(response):
    return [text for one in response.context["messages"] if "Gültig bis" in (text := str(one))]


def test_publishing_an_ended_entry_warns_and_publishes(
    client, people, make_need, django_capture_on_commit_callbacks
):
    need = make_need("Räume")
    client.force_login(people.reviewer)
    address = reverse("wagtailadmin_pages:edit", args=[need.pk])
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(address, ended_form(need, **{"action-publish": "1"}), follow=True)
    assert len(warnings_of_an_end(response)) == 1
    need.refresh_from_db()
    assert need.live
    assert need.has_ended


def test_drafts_that_the_browser_saves_by_itself_pile_up_no_warnings(client, people, make_need):
    need = make_need("Räume")
    client.force_login(people.editor)
    address = reverse("wagtailadmin_pages:edit", args=[need.pk])
    for _save in range(3):
        saved = client.post(address, ended_form(need), HTTP_ACCEPT="application/json")
        assert saved.json()["success"]
    assert warnings_of_an_end(client.get(address)) == []
    assert len(warnings_of_an_end(client.post(address, ended_form(need), follow=True))) == 1


def test_needs_and_offers_tell_the_index_their_kind_and_cluster(cluster, make_need, site):
    need = NeedOfferPage.objects.get(pk=make_need("Räume", task_area=site.area).pk)
    assert need.search_kind == "need"
    assert need.search_facets() == {
        "task_area": [str(site.area.translation_key)],
        "cluster": [str(cluster.translation_key)],
    }
    assert [(link.kind, link.page_id) for link in need.related_links()] == [("cluster", cluster.pk)]


def test_case_shows_guide_and_cluster_only_to_their_readers(cluster, make_guide, site, context, people):
    guide = make_guide(parent=site.section)
    case = add(
        site.cases,
        CasePage(
            title="Unser Frühstück",
            summary="Es kamen zwölf",
            cluster=cluster,
            guide=guide,
            year=2025,
            situation="<p>a</p>",
            action="<p>b</p>",
            result="<p>c</p>",
        ),
    )
    make_private(site.section, people.roles.members)
    assert context(case)["case_guide"] is None
    assert context(case)["case_cluster"].pk == cluster.pk
    assert context(case, people.member)["case_guide"].pk == guide.pk
    assert titles(context(cluster)["cases"]) == ["Unser Frühstück"]
    assert {link.kind for link in case.related_links()} == {"cluster", "guide"}


def test_case_of_a_year_to_come_is_refused(cluster, site):
    with pytest.raises(ValidationError) as refused:
        add(
            site.cases,
            CasePage(
                title="Morgen",
                summary="…",
                cluster=cluster,
                year=TODAY.year + 1,
                situation="<p>a</p>",
                action="<p>b</p>",
                result="<p>c</p>",
            ),
        )
    assert list(refused.value.message_dict) == ["year"]


def test_field_leads_to_pages_in_the_readers_language(cluster, make_guide, site, context, english):
    guide, other = make_guide(), make_guide("Nur deutsch")
    translate(guide, english, english_texts(guide))
    index = add(site.home, FieldIndexPage(title="Felder", summary="Alle"))
    field = add(
        index,
        FieldPage(
            title="Wasserstoff",
            summary="Gemeinsam",
            question="Wie?",
            clusters=[("cluster", cluster)],
            guides=[("guide", guide), ("guide", other)],
            body=[("paragraph", "<p>Text</p>")],
        ),
    )
    assert titles(context(field)["field_guides"]) == ["Frühstück", "Nur deutsch"]
    texts = {"title": "Hydrogen", "slug": "hydrogen", "summary": "Together", "question": "How?"}
    in_english = translate(field, english, {**texts, f"body.{field.body[0].id}": "Text"})
    assert titles(context(in_english)["field_guides"]) == ["Breakfast", "Nur deutsch"]
    assert field.search_facets() == {"cluster": [str(cluster.translation_key)]}


def test_field_and_cluster_show_the_network_as_far_as_the_reader_may_see_it(
    cluster, make_cluster, make_need, make_guide, site, context, people
):
    hidden_cluster, guide, hidden_guide = make_cluster("Geheim"), make_guide("Offen"), make_guide("Intern")
    texts = dict.fromkeys(("situation", "action", "result"), "<p>So war es.</p>")
    for title, of in (("Beispiel", guide), ("Internes Beispiel", hidden_guide), ("Anderswo", None)):
        add(site.cases, CasePage(title=title, summary="S", year=2024, cluster=cluster, guide=of, **texts))
    secret_case = add(
        site.cases,
        CasePage(title="Verborgen", summary="S", year=2024, cluster=cluster, guide=guide, **texts),
    )
    make_need("Räume")
    make_need("Vorbei", valid_until=TODAY - DAY)
    add(hidden_cluster, NeedOfferPage(title="Zugang", kind="need", summary="G", body="<p>R</p>"))
    index = add(site.home, FieldIndexPage(title="Felder", summary="Alle"))
    values = {"summary": "S", "question": "Wie?", "body": [("paragraph", "<p>Text</p>")]}
    members = {"clusters": [("cluster", cluster), ("cluster", hidden_cluster)]}
    field = add(
        index,
        FieldPage(
            title="Wasserstoff", guides=[("guide", guide), ("guide", hidden_guide)], **members, **values
        ),
    )
    hidden_field = add(index, FieldPage(title="Im Stillen", **members, **values))
    for page in (hidden_cluster, hidden_guide, secret_case, hidden_field):
        make_private(page, people.other_group)

    seen = context(field, people.member)
    assert titles(seen["field_clusters"]) == ["Luftfahrt"]
    assert titles(seen["field_guides"]) == ["Offen"]
    assert titles(seen["field_cases"]) == ["Beispiel"]
    assert titles(seen["field_needs_offers"]) == ["Räume"]
    assert titles(context(cluster, people.member)["fields"]) == ["Wasserstoff"]

    seen = context(field, people.stranger)
    assert titles(seen["field_clusters"]) == ["Luftfahrt", "Geheim"]
    assert sorted(titles(seen["field_cases"])) == ["Beispiel", "Internes Beispiel", "Verborgen"]
    assert sorted(titles(seen["field_needs_offers"])) == ["Räume", "Zugang"]
    assert titles(context(cluster, people.stranger)["fields"]) == ["Im Stillen", "Wasserstoff"]


def test_localized_pages_come_from_one_query_and_hide_what_is_hidden(
    make_guide, english, site, people, django_assert_max_num_queries
):
    first, second, third = make_guide("A"), make_guide("B"), make_guide("C", parent=site.section)
    translate(second, english, english_texts(second))
    make_private(site.section, people.roles.members)
    pages = [first, second, third]
    with django_assert_max_num_queries(3):  # which, their base rows, the rows of their one type
        found = localized(pages, "en", ANONYMOUS)
    assert titles(found) == ["A", "Breakfast"]
    member = Reader(authenticated=True, group_ids=(people.roles.members.pk,))
    assert titles(localized(pages, "en", member)) == ["A", "Breakfast", "C"]
    assert localized([], "en", member) == []


def test_translation_that_is_private_falls_back_to_what_may_be_read(make_guide, english):
    guide = make_guide()
    make_private(translate(guide, english, english_texts(guide)))
    assert titles(localized([guide], "en", ANONYMOUS)) == ["Frühstück"]
    assert Page.objects.filter(translation_key=guide.translation_key).count() == 2


def test_news_and_plain_pages_below_a_cluster_are_its_own(cluster, context, site):
    plain = add(cluster, ContentPage(title="Arbeitsgruppen", summary="Wer woran arbeitet"))
    deeper = add(plain, ContentPage(title="AG Wasserstoff", summary="Der Vorplatz"))
    overview = add(cluster, NewsIndexPage(title="Neues", summary="Aus dem Cluster"))
    item = add(overview, NewsPage(title="Probebetrieb", summary="Gestartet"))
    of_the_site = add(site.home, ContentPage(title="Über uns", summary="Das Projekt"))
    facet = {"cluster": [str(cluster.translation_key)]}
    assert [page.search_facets() for page in (plain, deeper, item)] == [facet] * 3
    assert of_the_site.search_facets() == {"cluster": []}
    assert titles(context(cluster)["pages"]) == ["Arbeitsgruppen", "Neues"]
    make_private(overview)
    assert titles(context(cluster)["pages"]) == ["Arbeitsgruppen"]
