"""An empty site is navigable in both languages, and stays as its editors leave it."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page, Site, Workflow

from kb.core.models import ContentPage, TaskArea
from kb.core.site_tree import ensure_site, given, page_of


@pytest.fixture
def new_site(db):
    assert ensure_site("lotse.example", 443)


def test_new_site_has_every_section_in_both_languages(new_site, client):
    for node in given():
        for language in ("de", "en"):
            page = page_of(node["key"], language)
            assert page.title == node[language]["title"]
            assert page.slug == node[language]["slug"]
            assert page.summary == node[language]["summary"]
            assert page.live is not bool(node.get("draft"))
    site = Site.objects.get()
    assert (site.hostname, site.port, site.root_page.pk) == ("lotse.example", 443, page_of("home").pk)
    assert Page.find_problems() == ([], [], [], [], [])
    assert not Page.objects.filter(title__startswith="Welcome").exists()


def test_plain_pages_wait_as_drafts_that_say_so(new_site):
    pages = ContentPage.objects.all()
    assert pages.count() == 8
    for page in pages:
        assert not page.live
        text = page.body[0].value.source
        assert "ENTWURF" in text if page.locale.language_code == "de" else "DRAFT" in text


def test_every_page_of_a_new_site_answers(new_site, client):
    for node in given():
        for language in ("de", "en"):
            page = page_of(node["key"], language)
            response = client.get(page.get_url(), HTTP_HOST="lotse.example", secure=True)
            assert response.status_code == (404 if node.get("draft") else 200), page
            if page.live:
                assert page.title in response.content.decode()


def test_new_site_has_task_areas_and_a_workflow(new_site):
    assert TaskArea.objects.count() == 28
    assert TaskArea.objects.get(slug="bedarfsanalyse", locale__language_code="en").name == "Needs analysis"
    page = page_of("toolbox")
    assert page.get_workflow().name == "Redaktionelle Freigabe"
    assert list(page.get_workflow().tasks[0].specific.groups.values_list("name", flat=True)) == ["Freigabe"]
    assert Workflow.objects.active().count() == 1


def test_second_run_asks_once_and_changes_nothing(
    new_site, django_assert_num_queries, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        page_of("cases").delete()
    with django_assert_num_queries(3):  # the question, between savepoint and release
        assert not ensure_site()
    assert page_of("cases") is None
    assert page_of("cases", "en") is None


def test_command_says_what_it_did(db, capsys, settings):
    settings.WAGTAILADMIN_BASE_URL = "https://lotse.example"
    call_command("ensure_site")
    call_command("ensure_site")
    assert capsys.readouterr().out.splitlines() == ["Made the pages of a new site.", "The site is there."]
    assert Site.objects.get().port == 443


def test_who_adds_a_page_waits_for_who_is_adding_one_there(new_site):
    """Two at once got one place in the tree, and one of them an error (found by the fault harness)."""
    with CaptureQueriesContext(connection) as captured:
        page_of("home").add_child(instance=ContentPage(title="Neu", slug="neu", summary="Neu", live=False))
    locking = [query["sql"] for query in captured if "FOR NO KEY UPDATE" in query["sql"]]
    assert len(locking) == 1
