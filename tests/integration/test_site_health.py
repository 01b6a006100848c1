"""What an operator's monitoring is told."""

import gzip
from threading import Thread

import pytest
from django.db import DatabaseError, connection
from django.template import engines
from django.template.response import TemplateResponse

from config import sitemap


def test_alive_asks_nothing_of_the_database(client):
    assert client.get("/healthz").json() == {"status": "ok"}


@pytest.mark.django_db
def test_ready_names_the_parts(client):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["database"] == "ready"
    assert answer.json()["model"] in {"ready", "loading"}


@pytest.mark.django_db
def test_not_ready_without_a_database_and_no_details(client, monkeypatch):
    def broken(*_):
        raise DatabaseError("password authentication failed for user lotse")

    monkeypatch.setattr("config.health.MigrationExecutor", broken)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["database"] == "unreachable"
    assert "password" not in answer.content.decode()


def test_only_reading(client):
    assert client.post("/healthz").status_code == 405


@pytest.mark.django_db
def test_the_public_site_has_a_strict_content_security_policy(client):
    policy = client.get("/de/suche/")["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'self'" in policy
    assert "unsafe-inline" in client.get("/admin/login/")["Content-Security-Policy"]


@pytest.mark.django_db
def test_the_sitemap_is_read_as_of_one_moment(rf, monkeypatch):
    """A page that is deleted while Wagtail makes the sitemap would break it."""
    found = []

    def look(request):
        with connection.cursor() as cursor:
            cursor.execute("show transaction_isolation")
            found.append(cursor.fetchone()[0])
        return TemplateResponse(request, engines["django"].from_string("made inside"))

    def ask():
        found.append(sitemap.sitemap(rf.get("/sitemap.xml")).content.decode())
        connection.close()

    monkeypatch.setattr(sitemap, "wagtails", look)
    thread = Thread(target=ask)  # with a connection of its own, outside of the test's transaction
    thread.start()
    thread.join()
    assert found == ["repeatable read", "made inside"]


@pytest.mark.django_db
def test_pages_are_compressed_for_who_takes_them_so(client):
    answer = client.get("/de/suche/", headers={"accept-encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip"
    assert b"Wobei" in gzip.decompress(answer.content)
