"""How much one visitor may ask, who counts as one, and what they are told."""

import json
import os
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.contrib.auth.views import LoginView, PasswordResetView
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.attempts import GUARDED
from config.web_worker import _DatedThreads
from kb import limits
from kb.limits import address, admission, asking, checks, rates, services
from kb.limits.rates import Rate

pytest_plugins = ["tests.integration.kb.conftest"]
pytestmark = pytest.mark.django_db

ROOT = Path(__file__).parents[2]


@pytest.fixture
def on(settings):
    settings.LIMITS_ON = True
    return settings


@pytest.fixture
def few(on, monkeypatch):
    """Two at once, one more every ten minutes; members four."""
    rate, more = Rate(2, 600), Rate(4, 600)
    monkeypatch.setattr(asking, "RATES", {"answers": (rate, more), "suggestions": (rate, more)})
    return on


# --- Counting ------------------------------------------------------------------------------------


def test_a_burst_is_free_and_then_one_must_wait_until_there_is_room():
    rate = Rate(burst=3, seconds=20)
    assert [services.take(b"a", rate) for _ in range(3)] == [0, 0, 0]
    wait = services.take(b"a", rate)
    assert 19 < wait <= 20
    assert services.take(b"b", rate) == 0, "somebody else"
    with connection.cursor() as cursor:
        cursor.execute("update limits_bucket set drained_at = drained_at - interval '20 s'")
    assert services.take(b"a", rate) == 0
    assert services.take(b"a", rate) > 0


def test_who_is_refused_does_not_wait_longer_for_asking_on():
    rate = Rate(burst=1, seconds=30)
    services.take(b"a", rate)
    first = services.take(b"a", rate)
    for _ in range(20):
        last = services.take(b"a", rate)
    assert last <= first


def test_nothing_is_kept_longer_than_it_counts():
    with connection.cursor() as cursor:
        cursor.execute("delete from limits_bucket")  # what processes of other tests have left
    services.take(b"a", Rate(burst=2, seconds=100))
    services.take(b"b", Rate(burst=2, seconds=0.001))
    with connection.cursor() as cursor:
        cursor.execute("update limits_bucket set drained_at = drained_at - interval '1 s'")
    assert services.forget_drained() == 1
    with connection.cursor() as cursor:
        cursor.execute("select key from limits_bucket")
        assert [bytes(key) for (key,) in cursor.fetchall()] == [b"a"]


def test_the_table_has_no_journal_and_no_address(on, client):
    with connection.cursor() as cursor:
        cursor.execute("delete from limits_bucket")
    client.get("/de/suche/?q=Netz", REMOTE_ADDR="198.51.100.7")
    with connection.cursor() as cursor:
        cursor.execute("select relpersistence from pg_class where relname = 'limits_bucket'")
        assert cursor.fetchone()[0] == "u"
        cursor.execute("select b::text from limits_bucket b")
        rows = cursor.fetchall()
    assert len(rows) == 1 and "198.51.100" not in rows[0][0]


def test_processes_share_a_count():
    """Two processes at the same moment, and this one: together no more than the burst."""
    key = uuid.uuid4().bytes  # their row stays when this test's transaction is undone
    take = (
        "import django, json; django.setup(); from kb.limits import services; from kb.limits.rates import Rate; "
        f"print(json.dumps([services.take({key!r}, Rate(30, 600)) for _ in range(20)]))"
    )
    environment = os.environ | {
        "DATABASE_URL": _url(),
        "PYTHONPATH": f"{ROOT / 'site'}{os.pathsep}{ROOT}",
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
    }
    both = [
        subprocess.Popen([sys.executable, "-c", take], env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    waits = [wait for one in both for wait in json.loads(one.communicate(timeout=120)[0].splitlines()[-1])]
    assert sum(wait == 0 for wait in waits) == 30
    assert services.take(key, Rate(30, 600)) > 0


def _url() -> str:
    from urllib.parse import quote

    given = connection.settings_dict
    host, port = quote(given["HOST"], safe=""), f":{given['PORT']}" if given["PORT"] else ""
    return f"postgres://{given['USER']}:{quote(given['PASSWORD'])}@{host}{port}/{given['NAME']}"


# --- Whose address -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("remote", "forwarded", "expected"),
    [
        ("203.0.113.5", "", "203.0.113.5"),
        ("203.0.113.5", "198.51.100.1", "203.0.113.5"),  # sent by a reader: worth nothing
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "192.0.2.66, 198.51.100.1", "198.51.100.1"),  # the first was there before our proxy
        ("10.0.0.1", "198.51.100.1, 10.0.0.2", "198.51.100.1"),  # two proxies of ours
        ("10.0.0.1", "198.51.100.1:55123", "198.51.100.1"),
        ("10.0.0.1", "[2001:db8:1:2:3::4]:443", "2001:db8:1:2::/64"),
        ("10.0.0.1", "unknown", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("", "198.51.100.1", "198.51.100.1"),  # through a socket in a file
        ("::ffff:203.0.113.5", "", "203.0.113.5"),
        ("2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
    ],
)
def test_which_address_counts(settings, remote, forwarded, expected):
    settings.LIMITS_TRUSTED_PROXIES = ["10.0.0.0/30", "127.0.0.1"]
    assert address.client_of({"REMOTE_ADDR": remote, "HTTP_X_FORWARDED_FOR": forwarded}) == expected


def test_a_proxy_that_nobody_named_is_said_once(settings, caplog, monkeypatch):
    monkeypatch.setattr(address, "_warned", False)
    settings.LIMITS_TRUSTED_PROXIES = []
    for _ in range(2):
        address.client_of({"REMOTE_ADDR": "10.9.9.9", "HTTP_X_FORWARDED_FOR": "198.51.100.1"})
    assert caplog.text.count("LOTSE_TRUSTED_PROXIES") == 1
    assert "198.51.100.1" not in caplog.text


def test_a_wrong_network_is_found_at_the_start(settings):
    settings.LIMITS_TRUSTED_PROXIES = ["10.0.0.0/99"]
    assert [found.id for found in checks.trusted_proxies()] == ["limits.E001"]
    settings.LIMITS_TRUSTED_PROXIES = ["10.0.0.0/8", "::1"]
    assert checks.trusted_proxies() == []


# --- Asking --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "says"), [("/de/suche/", "Ihre Frage steht noch im Feld"), ("/en/search/", "still in the field")]
)
def test_who_asks_too_much_is_asked_to_wait_and_keeps_the_question(few, site, client, path, says):
    for _ in range(2):
        assert client.get(path, {"q": "Wie <gewinne> ich?"}).status_code == 200
    refused = client.get(path, {"q": "Wie <gewinne> ich?"})
    page = refused.content.decode()
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 600
    assert says in page and 'value="Wie &lt;gewinne&gt; ich?"' in page
    assert "no-store" in refused["Cache-Control"] or "max-age=0" in refused["Cache-Control"]


def test_the_page_without_a_question_is_always_there(few, site, client):
    for _ in range(5):
        assert client.get("/de/suche/").status_code == 200


def test_with_htmx_the_same_is_said_where_the_answer_would_stand(few, site, client):
    for _ in range(3):
        answer = client.get("/de/suche/", {"q": "Netz"}, HTTP_HX_REQUEST="true")
    page = answer.content.decode()
    assert answer.status_code == 429 and 'id="later"' in page and "<html" not in page


def test_suggestions_simply_stop(few, site, client):
    answers = [client.get("/de/suche/vorschlaege/", {"q": "Net"}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].content == b"" and answers[2]["Retry-After"]
    assert client.get("/de/suche/", {"q": "Netz"}).status_code == 200, "answers are counted on their own"


def test_another_address_is_another_visitor(few, site, client):
    for _ in range(3):
        last = client.get("/de/suche/", {"q": "Netz"}, REMOTE_ADDR="203.0.113.5")
    assert last.status_code == 429
    assert client.get("/de/suche/", {"q": "Netz"}, REMOTE_ADDR="203.0.113.6").status_code == 200
    # A header that anybody can write makes nobody another visitor.
    forged = {"REMOTE_ADDR": "203.0.113.5", "HTTP_X_FORWARDED_FOR": "192.0.2.1"}
    assert client.get("/de/suche/", {"q": "Netz"}, **forged).status_code == 429


def test_a_member_has_more_and_of_their_own(few, site, people):
    member, other = Client(), Client()
    member.force_login(people.member)
    other.force_login(people.editor)
    assert [member.get("/de/suche/", {"q": "Netz"}).status_code for _ in range(5)] == [200] * 4 + [429]
    assert other.get("/de/suche/", {"q": "Netz"}).status_code == 200, "same address, another person"
    assert Client().get("/de/suche/", {"q": "Netz"}).status_code == 200


def test_the_rates_are_for_people():
    """An office of sixty that reads answers for twelve seconds each never notices."""
    for visitor, member in asking.RATES.values():
        assert member.burst >= visitor.burst and member.seconds <= visitor.seconds
    assert rates.ANSWERS_VISITOR.burst >= 60 and rates.ANSWERS_VISITOR.seconds * 60 <= 12


def test_only_who_knows_the_secret_key_measures_without_limits(few, site, client):
    for _ in range(5):
        assert (
            client.get("/de/suche/", {"q": "Netz"}, HTTP_X_LOTSE_MEASURING=limits.measuring_key()).status_code
            == 200
        )
    for _ in range(3):
        last = client.get("/de/suche/", {"q": "Netz"}, HTTP_X_LOTSE_MEASURING="0" * 64)
    assert last.status_code == 429


# --- Too many at once ----------------------------------------------------------------------------


@pytest.fixture
def full(monkeypatch):
    """All places taken."""
    taken = threading.BoundedSemaphore(1)
    taken.acquire()
    monkeypatch.setattr(admission, "_places", taken)
    monkeypatch.setattr("kb.ask.later.ANSWER_PATIENCE", 0.01)
    monkeypatch.setattr("kb.ask.later.SUGGESTION_PATIENCE", 0.01)
    return taken


def test_when_all_places_are_taken_one_is_told_so_instead_of_waiting(full, site, client):
    answer = client.get("/de/suche/", {"q": "Netz"})
    assert answer.status_code == 503 and answer["Retry-After"] == "5"
    assert "Gerade fragen sehr viele" in answer.content.decode()
    assert 'value="Netz"' in answer.content.decode()
    assert client.get("/de/suche/vorschlaege/", {"q": "Net"}).status_code == 503
    full.release()
    assert client.get("/de/suche/", {"q": "Netz"}).status_code == 200


def test_what_a_request_stood_in_the_servers_queue_counts_as_waiting(full):
    admission.note_waited(60)
    try:
        begin = time.monotonic()
        with admission.place(3) as got:
            assert not got
        assert time.monotonic() - begin < 1, "nobody waits a minute and then three seconds more"
    finally:
        admission.note_waited(0)


def test_the_web_servers_threads_know_how_long_a_request_stood_in_the_queue():
    threads = _DatedThreads(max_workers=1)
    first = threads.submit(time.sleep, 0.2)
    second = threads.submit(admission.waited)
    assert 0.15 < second.result(timeout=5) < 5 and first.done()
    threads.shutdown()


def test_a_place_is_given_back_whatever_happens(settings, monkeypatch):
    monkeypatch.setattr(admission, "_places", None)
    settings.LIMITS_PLACES = 1
    with pytest.raises(ZeroDivisionError), admission.place(1) as got:
        assert got
        raise ZeroDivisionError
    with admission.place(0.01) as got, admission.place(0.01) as second:
        assert got and not second


# --- Signing in ----------------------------------------------------------------------------------


def test_every_form_that_takes_a_password_is_guarded():
    """One that a new version or app brings must not be forgotten."""
    found = {name for name, view in _views() if issubclass(view, (LoginView, PasswordResetView))}
    assert found == set(GUARDED)


def _views(resolver: URLResolver | None = None, names: tuple[str, ...] = ()):
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _views(pattern, (*names, pattern.namespace) if pattern.namespace else names)
        elif isinstance(pattern, URLPattern):
            view = getattr(pattern.callback, "view_class", None)
            if view is not None:
                yield ":".join((*names, pattern.name or "")), view


@pytest.mark.parametrize("path", ["/de/anmelden/", "/admin/login/", "/de/_util/login/"])
def test_guessing_a_password_is_stopped(on, site, people, client, monkeypatch, path):
    monkeypatch.setattr(rates, "LOGIN_OF_A_NAME", Rate(3, 600))
    data = {"username": "Member ", "password": "wrong"}
    assert [client.post(path, data).status_code for _ in range(4)] == [200, 200, 200, 429]
    right = client.post(path, {"username": "member", "password": "secret"})
    assert right.status_code == 429 and 0 < int(right["Retry-After"]) <= 600
    assert "_auth_user_id" not in client.session
    assert client.get(path).status_code == 200
    # A colleague at the next desk, and the same person elsewhere.
    colleague = Client().post("/de/anmelden/", {"username": "editor", "password": "secret"})
    assert colleague.status_code == 302
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    assert elsewhere.post("/de/anmelden/", {"username": "member", "password": "secret"}).status_code == 302


def test_one_address_cannot_try_all_names(on, site, client, monkeypatch):
    monkeypatch.setattr(rates, "LOGIN_OF_AN_ADDRESS", Rate(3, 600))
    found = [
        client.post("/de/anmelden/", {"username": f"name{number}", "password": "x"}).status_code
        for number in range(4)
    ]
    assert found == [200, 200, 200, 429]


def test_mails_with_a_new_password_are_limited(on, site, people, mailoutbox, client, monkeypatch):
    monkeypatch.setattr(rates, "LOGIN_OF_A_NAME", Rate(2, 600))
    for _ in range(4):
        last = client.post("/admin/password_reset/", {"email": people.editor.email or "e@example.org"})
    assert last.status_code == 429
    assert len(mailoutbox) <= 2


def test_what_is_said_is_in_the_readers_language(on, site, client, monkeypatch):
    monkeypatch.setattr(rates, "LOGIN_OF_A_NAME", Rate(1, 600))
    for _ in range(2):
        german = client.post("/de/anmelden/", {"username": "a", "password": "b"})
        english = client.post("/en/login/", {"username": "b", "password": "b"})
    assert "Bitte warten Sie einen Moment" in german.content.decode()
    assert "Please wait a moment" in english.content.decode()


def test_a_request_that_is_not_counted_asks_the_database_nothing(settings, django_assert_num_queries):
    settings.LIMITS_ON = False
    request = RequestFactory().get("/")
    request.user = SimpleNamespace(is_authenticated=False)
    with django_assert_num_queries(0):
        assert limits.seconds_to_wait(request, "answers") == 0
