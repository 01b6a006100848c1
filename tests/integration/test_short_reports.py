""" "We did this": members tell, reviewers read, readers find it beside the guide."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from kombu.exceptions import OperationalError
from wagtail.models import Page

from kb.clusters.models import CasePage
from kb.clusters.roles import ensure_cluster_group
from kb.core.workflow import ensure_editorial_workflow
from kb.experience import selectors, services, tasks
from kb.experience.models import ShortReport
from kb.limits import asking
from kb.limits.rates import Rate
from tests.integration.kb.conftest import make_private

pytest_plugins = ["tests.integration.kb.conftest"]
pytestmark = pytest.mark.django_db

SAID = {
    "year": "2024",
    "situation": "Drei Mitglieder fanden keine Auszubildenden.",
    "action": "Zwei Stationen statt fünf.\n\nJede Schülerin <b>bekam</b> eine Aufgabe.",
    "result": "Vier Betriebe nehmen Praktikantinnen und Praktikanten.",
    "lessons": "",
}


@pytest.fixture
def guide(make_guide):
    return make_guide("Schultour")


@pytest.fixture
def cluster(make_cluster, people):
    found = make_cluster("Luftfahrt Nord")
    people.member.groups.add(ensure_cluster_group(found))
    ensure_editorial_workflow(people.roles.reviewers)
    return found


@pytest.fixture
def member(people, cluster):
    client = Client()
    client.force_login(people.member)
    return client


def address(guide):
    return f"/de/das-haben-wir-gemacht/{guide.pk}/"


def send(client, guide, cluster, **changed):
    return client.post(address(guide), SAID | {"cluster": str(cluster.pk)} | changed)


def test_the_guide_invites(client, guide):
    assert address(guide) in client.get(guide.get_url()).content.decode()


def test_a_report_becomes_a_draft_in_review_and_the_reviewers_get_mail(member, guide, cluster, people):
    answer = send(member, guide, cluster)
    assert answer.status_code == 302
    assert "bei der Redaktion" in member.get(answer.url).content.decode()
    case = CasePage.objects.get()
    assert (case.live, case.guide_id, case.cluster_id, case.year) == (False, guide.pk, cluster.pk, 2024)
    assert case.owner == people.member
    assert case.summary == SAID["result"]
    assert case.action == (
        "<p>Zwei Stationen statt fünf.</p><p>Jede Schülerin &lt;b&gt;bekam&lt;/b&gt; eine Aufgabe.</p>"
    )
    assert not mail.outbox, "no mail is sent while somebody waits"
    tasks.hand_on()
    case = CasePage.objects.get()
    assert case.current_workflow_state.requested_by == people.member
    assert "reviewer@example.org" in {to for sent in mail.outbox for to in sent.to}
    mail.outbox.clear()
    tasks.hand_on()
    assert not mail.outbox, "begun once"


def test_the_mail_is_in_the_readers_language(member, guide, cluster):
    send(member, guide, cluster)
    services.hand_on_all()
    text = "\n".join(sent.subject + sent.body for sent in mail.outbox)
    assert "Hallo" in text and "Hello" not in text and "submitted" not in text


def test_after_review_it_stands_beside_the_guide(member, guide, cluster, client):
    send(member, guide, cluster)
    services.hand_on_all()
    title = CasePage.objects.get().title
    assert title not in client.get(guide.get_url()).content.decode()
    CasePage.objects.get().get_latest_revision().publish()
    assert title.replace("„", "").split(":")[0] in client.get(guide.get_url()).content.decode()
    assert client.get(CasePage.objects.get().get_url()).status_code == 200


def test_a_stopped_broker_troubles_nobody(
    member, guide, cluster, monkeypatch, django_capture_on_commit_callbacks
):
    def stopped(*arguments, **options):
        raise OperationalError("Connection refused")

    monkeypatch.setattr(tasks.hand_on, "apply_async", stopped)
    with django_capture_on_commit_callbacks(execute=True):
        answer = send(member, guide, cluster)
    assert "bei der Redaktion" in member.get(answer.url).content.decode()
    tasks.hand_on()  # as the schedule does
    assert CasePage.objects.get().current_workflow_state is not None


def test_a_worker_is_told_at_once(member, guide, cluster, monkeypatch, django_capture_on_commit_callbacks):
    told = []
    monkeypatch.setattr(tasks.hand_on, "apply_async", lambda *_, **options: told.append(options))
    with django_capture_on_commit_callbacks(execute=True):
        send(member, guide, cluster, year="x")
        assert not told
        send(member, guide, cluster)
    assert told == [{"retry": False, "ignore_result": True}]


def test_a_mail_server_that_is_away_costs_nothing(member, guide, cluster):
    send(member, guide, cluster)
    with patch("wagtail.admin.mail.get_connection", side_effect=OSError("no route")):
        assert services.hand_on_all() == 0
    assert CasePage.objects.get().current_workflow_state is None
    assert services.waiting()
    assert services.hand_on_all() == 1
    assert CasePage.objects.get().current_workflow_state is not None


def test_bad_input_is_said_in_place_and_kept(member, guide, cluster):
    answer = send(member, guide, cluster, result="", year=str(timezone.localdate().year + 1))
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="id_result-error"' in shown and 'id="id_year-error"' in shown
    assert "Drei Mitglieder fanden" in shown
    assert not CasePage.objects.exists()


def test_somebody_elses_cluster_cannot_be_chosen(member, guide, cluster, make_cluster):
    assert send(member, guide, make_cluster("Andere")).status_code == 422
    assert not ShortReport.objects.exists()


def test_without_an_account_the_page_says_how_to_get_one(client, guide, cluster):
    shown = client.get(address(guide)).content.decode()
    assert "/de/anmelden/?next=" in shown and "<textarea" not in shown
    send(client, guide, cluster)
    assert not ShortReport.objects.exists()


def test_who_is_in_no_cluster_is_told_whom_to_ask(people, guide, cluster):
    client = Client()
    client.force_login(people.stranger)
    assert "<textarea" not in client.get(address(guide)).content.decode()
    send(client, guide, cluster)
    assert not ShortReport.objects.exists()


def test_a_guide_that_the_member_may_not_see_is_not_there(member, guide, cluster, people):
    make_private(guide, people.other_group)
    assert member.get(address(guide)).status_code == 404
    assert send(member, guide, cluster).status_code == 404


def test_a_button_pressed_twice_makes_one_report(member, guide, cluster):
    for _press in range(2):
        assert send(member, guide, cluster).status_code == 302
    assert CasePage.objects.count() == ShortReport.objects.count() == 1
    assert send(member, guide, cluster, year="2025").status_code == 302
    assert CasePage.objects.count() == ShortReport.objects.count() == 2


def test_too_many_are_refused_and_nothing_is_lost(member, guide, cluster, settings, monkeypatch):
    settings.LIMITS_ON = True
    few = Rate(burst=1, seconds=600)
    monkeypatch.setitem(asking.RATES, "short reports", (few, few))
    assert send(member, guide, cluster).status_code == 302
    answer = send(member, guide, cluster)
    assert answer.status_code == 429 and answer["Retry-After"]
    assert "Drei Mitglieder fanden" in answer.content.decode()
    assert ShortReport.objects.count() == 1


def test_a_form_without_its_token_is_refused(guide, cluster, people):
    client = Client(enforce_csrf_checks=True)
    client.force_login(people.member)
    assert send(client, guide, cluster).status_code == 403


def test_without_a_place_for_examples_nothing_is_offered(client, guide, site):
    Page.objects.get(pk=site.cases.pk).delete()
    assert client.get(address(guide)).status_code == 404
    assert address(guide) not in client.get(guide.get_url()).content.decode()


def test_editors_see_on_their_first_screen_what_was_sent(member, guide, cluster, people):
    send(member, guide, cluster)
    client = Client()
    client.force_login(people.editor)
    assert "Kurzbericht eines Mitglieds" in client.get("/admin/").content.decode()
    CasePage.objects.get().get_latest_revision().publish()
    assert "Kurzbericht eines Mitglieds" not in client.get("/admin/").content.decode()


def test_who_may_not_change_examples_hears_of_no_report(member, guide, cluster, people):
    send(member, guide, cluster)
    assert not selectors.unpublished(people.stranger)
    assert selectors.unpublished(people.editor)
