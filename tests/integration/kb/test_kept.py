"""What many pages show alike is kept for each kind of reader, and never once anything has changed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override
from wagtail.models import Site

from kb.ask import labels as ask_labels
from kb.ask.labels import labels
from kb.clusters.models import ClusterPage
from kb.core import kept
from kb.core import navigation as core_navigation
from kb.core.context_processors import navigation
from kb.core.kept import Kept
from kb.core.models import ContentPage, HomePage, TaskArea
from search.reader import ANONYMOUS, Reader
from tests.integration.kb.conftest import add, make_private

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def keeping(settings, monkeypatch):
    """Tests run inside a transaction, where nothing is kept; when it is rolled back, numbers come again."""
    settings.VISITOR_PAGES_SECONDS = 60
    monkeypatch.setattr(kept, "_sees_uncommitted", lambda: False)
    for room in (core_navigation, ask_labels):
        monkeypatch.setattr(room, "_kept", Kept())


@pytest.fixture
def look():
    """The navigation beside a page that is none of Wagtail's, such as the search."""

    def look(user=None, host="testserver"):
        request = RequestFactory().get("/de/suche/", headers={"host": host})
        request.user = user or AnonymousUser()
        with override("de"):
            return dict(navigation(request)["navigation"])  # read now, and not in another language later

    return look


def titles(entries):
    return [entry.title for entry in entries]


def test_the_frame_is_read_once_until_something_changes(site, look, committed):
    committed()
    assert titles(look()["menu"]) == ["Werkzeugkasten"]
    with CaptureQueriesContext(connection) as sent:
        titles(look()["menu"])
    assert len(sent) == 1, [query["sql"] for query in sent]  # the number
    site.toolbox.title = "Methoden"
    site.toolbox.save_revision().publish()
    imprint = ContentPage(
        title="Impressum", summary="Wer", body=[("text", "<p>Wir</p>")], show_in_footer=True
    )
    add(site.home, imprint)
    committed()
    found = look()
    assert titles(found["menu"]) == ["Methoden"]
    assert titles(found["footer"]) == ["Impressum"]


def test_a_closed_entry_is_kept_for_those_who_may_open_it(site, look, committed, people):
    make_private(site.toolbox)
    committed()
    assert titles(look(people.member)["menu"]) == ["Werkzeugkasten"]
    assert titles(look()["menu"]) == []
    assert titles(look(people.member)["menu"]) == ["Werkzeugkasten"]


def test_each_host_has_its_own_site_and_a_new_one_counts_at_once(site, look, committed, settings):
    settings.ALLOWED_HOSTS = ["*"]
    committed()
    assert titles(look(host="anderswo.example")["menu"]) == ["Werkzeugkasten"]
    other = add(
        site.home.get_parent(), HomePage(title="Anderswo", slug="anderswo", summary="Dort", question="Was?")
    )
    Site.objects.create(hostname="anderswo.example", port=80, root_page=other)
    committed()
    assert look(host="anderswo.example")["home"].pk == other.pk
    assert titles(look(host="anderswo.example")["menu"]) == []
    assert look()["home"].pk == site.home.pk


def test_names_of_clusters_are_those_that_a_reader_may_know(site, committed):
    cluster = add(site.clusters, ClusterPage(title="Hafen", slug="hafen", summary="Hafen", field="Schiffe"))
    key = str(cluster.translation_key)
    group = Group.objects.create(name="Team Hafen")
    member = Reader(authenticated=True, group_ids=(group.pk,))
    make_private(cluster, group)
    committed()

    def named(reader):
        return labels("cluster", [key], language="de", reader=reader)

    assert named(member) == {key: "Hafen"}
    assert named(ANONYMOUS) == {}
    assert named(Reader(authenticated=True)) == {}
    assert named(member) == {key: "Hafen"}
    make_private(cluster, Group.objects.create(name="Andere"))
    committed()
    assert named(member) == {}


def test_a_renamed_task_area_is_named_anew(site, committed):
    key = str(site.area.translation_key)
    committed()
    assert labels("task_area", [key], language="de", reader=ANONYMOUS) == {key: "Vernetzung"}
    TaskArea.objects.filter(pk=site.area.pk).update(name="Netzwerke")
    committed()
    assert labels("task_area", [key], language="de", reader=ANONYMOUS) == {key: "Netzwerke"}


def test_nothing_is_kept_beyond_the_moment_in_which_a_page_expires(site, committed, make_guide):
    guide = make_guide()
    soon = timezone.now() + timedelta(seconds=5)
    type(guide).objects.filter(pk=guide.pk).update(expire_at=soon)
    assert kept.lasts_until(timezone.now()) == soon


def test_inside_a_transaction_everything_is_read(site, monkeypatch):
    monkeypatch.undo()
    values = iter([1, 2])
    numbers: Kept[int] = Kept()
    assert [numbers.get("key", lambda: next(values)) for _ in range(2)] == [1, 2]


def test_it_does_not_grow_without_end(site, committed, monkeypatch):
    monkeypatch.setattr(kept, "ENTRIES", 3)
    committed()
    numbers: Kept[int] = Kept()
    for number in range(10):
        assert numbers.get(number, lambda number=number: number) == number
        assert len(numbers._entries) <= 3
