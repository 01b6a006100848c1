"""What an operator's monitoring is told."""

import pytest
from django.db import DatabaseError


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
