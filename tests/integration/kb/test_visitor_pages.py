"""Kept pages: given to visitors alone, and never once anything has changed."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kb.core import content_version
from kb.core.models import TaskArea
from search.index.models import IndexedPage
from tests.integration.kb.conftest import add, make_private

pytestmark = pytest.mark.django_db

NONCE = re.compile(r'nonce="([^"]+)"')


@pytest.fixture(autouse=True)
def kept(settings):
    settings.VISITOR_PAGES_SECONDS = 60


def queries(client, url):
    with CaptureQueriesContext(connection) as sent:
        response = client.get(url)
    assert response.status_code == 200, url
    return len(sent), response


def test_a_second_visitor_gets_the_kept_page_with_a_nonce_of_its_own(make_guide, client, committed):
    url = make_guide("Frühstück").url
    committed()
    many, first = queries(client, url)
    few, second = queries(client, url)
    assert few == 1 < many
    nonces = [NONCE.findall(response.content.decode())[0] for response in (first, second)]
    assert nonces[0] != nonces[1]
    assert nonces[1] in second.headers["Content-Security-Policy"]
    plain = [NONCE.sub("", response.content.decode()) for response in (first, second)]
    assert plain[0] == plain[1]
    assert first["Content-Type"] == second["Content-Type"]
    assert second["Content-Language"] == "de"


def test_any_change_ends_it_at_once(make_guide, client, committed, site):
    guide, other = make_guide("Frühstück"), make_guide("Abendrunde")
    committed()
    url = site.toolbox.url
    for change, seen in (
        (lambda: other.save_revision().publish(), "Abendrunde"),
        (lambda: add(site.section, type(guide)(title="Neu", **minimal(guide))), "Neu"),
        (lambda: other.unpublish(), None),
        (lambda: other.delete(), None),
    ):
        queries(client, url)
        assert queries(client, url)[0] == 1
        if seen == "Abendrunde":
            other.title = "Nachtrunde"
            seen = "Nachtrunde"
        change()
        committed()
        sent, response = queries(client, url)
        assert sent > 1
        if seen == "Nachtrunde":
            assert seen in response.content.decode()
    assert "Nachtrunde" not in response.content.decode()


def minimal(guide):
    return {"summary": "S", "kind": guide.kind, "task_area": guide.task_area, "purpose": "<p>Z</p>",
            "steps": [("step", {"title": "A", "minutes": 1, "text": "<p>K</p>", "tip": ""})]}  # fmt: skip


def test_a_page_that_is_closed_is_closed_for_the_next_visitor(make_guide, client, committed):
    guide = make_guide("Frühstück")
    committed()
    queries(client, guide.url)
    make_private(guide)
    committed()
    assert client.get(guide.url).status_code != 200


def test_what_a_member_sees_is_kept_for_nobody(make_guide, committed, people):
    guide = make_guide("Frühstück")
    make_private(guide)
    committed()
    client = Client()
    client.force_login(people.member)
    assert client.get(guide.url).status_code == 200
    client.logout()
    client.cookies.clear()
    assert client.get(guide.url).status_code != 200


def test_a_member_gets_no_kept_page(make_guide, client, committed, people):
    url = make_guide("Frühstück").url
    committed()
    queries(client, url)
    client.force_login(people.member)
    sent, response = queries(client, url)
    assert sent > 1
    assert "csrfmiddlewaretoken" in response.content.decode(), "the form to sign out"


def test_nothing_is_kept_beyond_the_moment_when_a_page_expires(
    make_guide, client, committed, site, monkeypatch
):
    make_guide("Frühstück", expire_at=timezone.now() + timedelta(seconds=20))
    committed()
    queries(client, site.toolbox.url)
    assert queries(client, site.toolbox.url)[0] == 1
    later = timezone.now() + timedelta(seconds=30)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert queries(client, site.toolbox.url)[0] > 1


def test_what_depends_on_the_clock_is_rendered_again(make_guide, client, committed, monkeypatch):
    url = make_guide("Frühstück").url
    committed()
    queries(client, url)
    later = timezone.now() + timedelta(seconds=61)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert queries(client, url)[0] > 1


@pytest.mark.parametrize(
    "asked",
    [{"query_params": {"seite": "2"}}, {"headers": {"HX-Request": "true"}}, {"headers": {"Cookie": "messages=x"}}],
)  # fmt: skip
def test_what_may_differ_is_not_kept(make_guide, client, committed, asked):
    url = make_guide("Frühstück").url
    committed()
    for _ in range(2):
        with CaptureQueriesContext(connection) as sent:
            client.get(url, **asked)
        assert len(sent) > 1


def test_a_missing_page_and_a_draft_are_not_kept(make_guide, client, committed):
    guide = make_guide("Entwurf", live=False)
    committed()
    for _ in range(2):
        assert client.get(guide.get_url() or "/de/werkzeugkasten/entwurf/").status_code == 404
    guide.save_revision().publish()
    committed()
    guide.refresh_from_db()
    assert client.get(guide.url).status_code == 200


# --- The version ----------------------------------------------------------------------------------


def test_every_table_is_watched_or_known_to_be_quiet():
    with connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = current_schema()")
        tables = {row[0] for row in cursor.fetchall()}
        cursor.execute(
            "select tgrelid::regclass::text from pg_trigger where tgname = %s and tgenabled = 'O'",
            [content_version.TRIGGER],
        )
        watched = {row[0].strip('"') for row in cursor.fetchall()}
    assert tables - watched == content_version.QUIET & tables
    assert not content_version.QUIET - tables, "a table that is no longer there"


def test_changes_of_one_transaction_count_once_and_those_taken_back_not(site, committed):
    committed()
    before = content_version.current()
    TaskArea.objects.update(name="Anders")
    site.home.save()
    assert content_version.current() == before, "nothing is committed yet"
    committed()
    assert content_version.current() == before + 1

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        TaskArea.objects.update(name="Wieder anders")
        raise ZeroDivisionError
    committed()
    assert content_version.current() == before + 1


def test_who_signs_in_and_what_writes_nothing_new_changes_no_version(site, client, committed, people):
    committed()
    before = content_version.current()
    client.session.save()
    TaskArea.objects.filter(pk=0).update(name="Niemand")
    TaskArea.objects.update(name=F("name"))
    IndexedPage.objects.update(wanted=7, claimed_until=timezone.now())
    committed()
    assert content_version.current() == before


def test_a_page_written_to_the_index_changes_what_others_show(make_guide, committed):
    guide = make_guide("Frühstück")
    IndexedPage.objects.get_or_create(page_id=guide.pk)
    committed()
    before = content_version.current()
    IndexedPage.objects.filter(page_id=guide.pk).update(indexed_at=timezone.now())
    committed()
    assert content_version.current() == before + 1
