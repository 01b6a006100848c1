"""While PostgreSQL is away readers are told so, in their language; other mistakes stay mistakes."""

import psycopg
import pytest
from django.db import DatabaseError, OperationalError
from django.test import Client

from kb.ask import views

pytestmark = pytest.mark.django_db


def failing(error, cause):
    def raises(*args, **kwargs):
        raise error from cause

    return raises


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("/de/suche/?q=Mitglieder", "kurz nicht erreichbar"),
        ("/en/search/?q=members", "briefly not available"),
    ],
)
def test_lost_connection_is_a_503_in_the_readers_language(monkeypatch, address, says):
    cause = psycopg.errors.AdminShutdown("terminating connection")
    monkeypatch.setattr(views.retrieval, "ask", failing(OperationalError("gone"), cause))
    response = Client(raise_request_exception=False).get(address)
    assert response.status_code == 503
    assert says in response.content.decode()
    assert response["Retry-After"] == "10"
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (OperationalError("deadlock"), psycopg.errors.DeadlockDetected("deadlock")),
        (DatabaseError("wrong"), None),
        (ValueError("wrong"), None),
    ],
)
def test_anything_else_is_a_500(monkeypatch, error, cause):
    monkeypatch.setattr(views.retrieval, "ask", failing(error, cause))
    assert Client(raise_request_exception=False).get("/de/suche/?q=Mitglieder").status_code == 500


def test_503_page_asks_the_database_for_nothing(monkeypatch, django_assert_num_queries):
    from django.template import loader

    with django_assert_num_queries(0):
        assert "minute" in loader.get_template("503.html").render().lower()
