"""What people and machines send that nobody meant to, and what the site does while a part of it is broken."""

from __future__ import annotations

import re
import time

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from wagtail.models import Page

from config.celery import app as celery
from search import nudge, tasks
from search.embedding import process, reset
from search.index import claims, content, selectors, services
from search.index.models import IndexedPage, Passage
from tests.searchable.factories import publish

pytest_plugins = ["tests.integration.kb.conftest"]
pytestmark = pytest.mark.django_db

TEXT = "# Ziel {ziel}\nDer Förderantrag beginnt mit einer Skizze.\n# Ablauf {ablauf}\nErst reden, dann schreiben."


@pytest.fixture
def note():
    page = publish("Förderantrag", TEXT)
    services.index_due()
    return page


@pytest.fixture
def ask(client):
    with translation.override("de"):
        address = reverse("ask:search")

    def get(query: str, **headers):
        return client.get(f"{address}?{query}", headers=headers)

    return get


def says(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


# --- The question ---


@pytest.mark.parametrize("query", ["", "q=", "q=%20%09%0A", "q=%00", "q=%E2%80%8B", "q=%01%02%1f"])
def test_nothing_asked_is_the_page_to_ask_on(ask, query):
    page = says(ask(query))
    assert 'name="q"' in page
    assert 'class="hit"' not in page


@pytest.mark.parametrize(
    "query",
    [
        "q=F%C3%B6rderantrag%00",
        "q=%E2%80%AEF%C3%B6rderantrag%E2%80%AC",
        "q=F%C3%B6rderantrag%20%F0%9F%98%80",
        "q=nichts&q=F%C3%B6rderantrag",
        "q=F%C3%B6rderantrag&kind=&task_area=&cluster=&language=&page=",
        "q=F%C3%B6rderantrag&kind=unsinn&language=xx",
        "q=F%C3%B6rderantrag&task_area=no-uuid&cluster=%00",
        "q=F%C3%B6rderantrag&kind=note&kind=unsinn",
        "q=F%C3%B6rderantrag&page=-1",
        "q=F%C3%B6rderantrag&page=0",
        "q=F%C3%B6rderantrag&page=abc",
        "q=F%C3%B6rderantrag&page=999999",
        "q=F%C3%B6rderantrag&page=99999999999999999999999999",
        "q=F%C3%B6rderantrag&page=50",
        "q=F%C3%B6rderantrag&page=1e3",
        "q=F%C3%B6rderantrag&page=2&page=1",
        "q=F%C3%B6rderantrag&unknown=%ff%fe",
    ],
)
def test_the_answer_is_found_whatever_stands_around_it(ask, note, query):
    response = ask(query)
    assert "Set-Cookie" not in response.headers
    assert note.get_url() in says(response)


@pytest.mark.parametrize(
    "query",
    [
        "q=%0d%0aSet-Cookie:%20a=b",
        "q=%27%20or%201=1%20--",
        "q=%ff%fe",
        "q=%C3%28",
        "q=%ED%A0%BD",
        "q=%",
        "q=%zz",
        "%00=%00",
        "q[]=a",
        "=&&&=",
        "q=" + "%F0%9F%90%B3" * 900,
    ],
)
def test_nonsense_is_no_error(ask, note, query):
    response = ask(query)
    assert "Set-Cookie" not in response.headers
    says(response)


@pytest.mark.parametrize(
    "headers", [{}, {"HX-Request": "true"}, {"HX-Request": "true", "HX-Boosted": "true"}]
)
def test_markup_is_shown_and_not_run(ask, note, headers):
    page = says(
        ask(
            "q=%22%3E%3Csvg%20onload%3Dalert(1)%3E%3Cscript%3Ealert(2)%3C/script%3E%20F%C3%B6rderantrag",
            **headers,
        )
    )
    assert "<svg onload" not in page
    assert "<script>alert" not in page
    assert "&lt;svg onload" in page


def test_a_filter_that_hits_nothing_can_be_taken_back(ask, note):
    page = says(ask("q=F%C3%B6rderantrag&task_area=00000000-0000-0000-0000-000000000000"))
    assert note.get_url() not in page
    assert "?q=F%C3%B6rderantrag" in page


@pytest.mark.parametrize(
    "query", ["page=-1", "page=abc", "page=999999", "task_area=%00", "kind=%27", "phase=x&phase=y"]
)
def test_lists_take_strange_filters_calmly(client, site, make_guide, query):
    make_guide()
    assert "Frühstück" in says(client.get(f"{site.toolbox.get_url()}?{query}"))
    says(client.get(f"{site.templates.get_url()}?{query}"))
    says(client.get(f"{site.clusters.get_url()}?{query}"))


@pytest.mark.parametrize(
    "address",
    [
        "/de/%00/",
        "/de/%ff/",
        "/de/../../etc/passwd",
        "/documents/1/%00",
        "/media/images/%00.png",
        "/de/" + "a/" * 500,
    ],
)
def test_strange_addresses_are_not_found(client, site, address):
    assert client.get(address, follow=True).status_code in {400, 404}


def test_strange_sign_in_is_refused_calmly(client):
    with translation.override("de"):
        address = reverse("login")
    for name in ("\x00", "a" * 10_000, "' or 1=1 --", "😀"):
        response = client.post(address, {"username": name, "password": "x\x00"})
        assert response.status_code == 200
        assert "_auth_user_id" not in client.session


# --- A broken broker ---


@pytest.fixture
def closed_broker(monkeypatch):
    """A broker at a port where nobody listens, in place of the one in memory."""
    before = celery.conf.broker_url, celery.conf.broker_transport_options
    celery.conf.broker_url = "redis://127.0.0.1:9/0"
    celery.conf.broker_transport_options = {"socket_timeout": 5, "socket_connect_timeout": 2}
    celery.pool.force_close_all()
    celery._pool = None
    celery.amqp._producer_pool = None
    monkeypatch.setattr(nudge, "_silent_until", 0.0)
    nudge.forget()
    yield
    celery.conf.broker_url, celery.conf.broker_transport_options = before
    celery._pool = None
    celery.amqp._producer_pool = None


def test_publishing_does_not_wait_for_a_broker_that_is_gone(
    closed_broker, django_capture_on_commit_callbacks, caplog
):
    began = time.monotonic()
    with django_capture_on_commit_callbacks(execute=True):
        page = publish("Förderantrag", TEXT)
    assert time.monotonic() - began < 5
    assert "No worker could be told" in caplog.text, "the broker must really have been asked"
    assert page.live
    assert not Passage.objects.filter(page_id=page.pk).exists()
    tasks.sweep()
    assert Passage.objects.filter(page_id=page.pk).exists()


# --- A page that goes away ---


def test_page_deleted_between_claim_and_reading():
    page = publish("Förderantrag", TEXT)
    (claimed,) = claims.claim(limit=1, pages=[page.pk])
    page.delete()
    services._index([claimed])
    assert not IndexedPage.objects.filter(pk=claimed.page_id).exists()
    assert not Passage.objects.filter(page_id=claimed.page_id).exists()


def test_page_deleted_while_its_vectors_are_computed(monkeypatch):
    page, other = publish("Förderantrag", TEXT), publish("Bleibt", TEXT)
    original = services._written

    def written(read, *rest):
        Page.objects.filter(pk=page.pk).delete()
        return original(read, *rest)

    monkeypatch.setattr(services, "_written", written)
    services.index_due()
    found = set(Passage.objects.values_list("page_id", flat=True))
    assert other.pk in found
    assert page.pk not in found
    assert selectors.status().failed == 0
    assert page.pk not in selectors.pages_due()


def test_page_that_was_never_there():
    tasks.index_page(999_999_999)
    assert not IndexedPage.objects.filter(pk=999_999_999).exists()


# --- A model that is not there ---


def test_without_the_model_the_page_answers_by_words_and_says_so(ask, settings, monkeypatch, tmp_path):
    settings.SEARCH_EMBEDDING_MODEL = str(tmp_path / "no-model-here")
    # Loaded in this thread: a thread of its own would outlive the test.
    monkeypatch.setattr(
        process, "warm_in_background", lambda embedder: process._warm(embedder, embedder.fingerprint)
    )
    try:
        page = publish("Förderantrag", TEXT)
        services.index_due()
        assert Passage.objects.filter(page_id=page.pk).exists()
        assert page.pk in selectors.pages_due(), "its meaning is still due"
        for _ in range(2):  # the second time the model is known to be missing
            shown = says(ask("q=F%C3%B6rderantrag"))
            assert page.get_url() in shown
            assert re.search("nur Wörter|finds words only", shown)
        ready = Client().get("/readyz")
        assert (ready.status_code, ready.json()["model"]) == (200, "unavailable")
    finally:
        reset()


# --- Two editors ---


def test_the_second_of_two_editors_overwrites_no_index(note):
    """Both opened the same page; both publish. What was published last is found, and nothing of the other."""
    first, second = (type(note).objects.get(pk=note.pk) for _ in range(2))
    first.title, second.title = "Erste Fassung", "Zweite Fassung"
    first.save_revision().publish()
    (claimed,) = claims.claim(limit=1, pages=[note.pk])
    read = content.load(note.pk)
    second.save_revision().publish()
    services._index([claimed])
    services.index_due()
    assert read.title == "Erste Fassung"
    assert IndexedPage.objects.get(pk=note.pk).title == "Zweite Fassung"
    assert note.pk not in selectors.pages_due()


def test_two_editors_saving_keep_both_revisions(site, people, make_guide):
    """Wagtail keeps each save as a revision; the one that was published last is live."""
    guide = make_guide()
    revisions = guide.revisions.count()
    one, two = (type(guide).objects.get(pk=guide.pk) for _ in range(2))
    one.title, two.title = "Von der einen", "Vom anderen"
    first = one.save_revision(user=people.reviewer)
    two.save_revision(user=people.admin).publish()
    guide.refresh_from_db()
    assert guide.title == "Vom anderen"
    assert guide.revisions.count() == revisions + 2
    assert first.as_object().title == "Von der einen"


def test_two_pages_with_one_address(site, make_guide):
    addresses = {make_guide("Gleich").get_url() for _ in range(3)}
    assert len(addresses) == 3
