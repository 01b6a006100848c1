"""What the clusters' own people see and do on the public site, what everybody sees, and the weekly mail."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from smtplib import SMTPRecipientsRefused
from unittest import mock

import pytest
from django.core import mail
from django.core.mail import get_connection
from django.test import Client
from django.utils import timezone
from wagtail.models import Site

from kb.bridges import digest, services, subscribing, views
from kb.bridges.models import Bridge, BridgeIndexPage, BridgePage, DigestSubscription
from kb.clusters.roles import ensure_cluster_group
from kb.core.models import SiteIdentity
from search.reader import Reader
from tests.integration.bridges_cast import TEXTS, go, make_responsible
from tests.integration.kb.conftest import add, make_private, signed_in

pytest_plugins = ["tests.integration.kb.conftest", "tests.integration.bridges_cast"]
pytestmark = pytest.mark.django_db

MINE = "/de/meine-clusterbruecken/"
MONDAY = datetime(2026, 11, 23, 9, tzinfo=timezone.get_default_timezone())


def text_of(response):
    return response.content.decode()


def main_of(response):
    return text_of(response).partition("<main")[2].partition("</main>")[0]


# --- One's own bridges ---


def test_members_see_the_bridges_of_their_clusters_and_no_others(bridge, two):
    for person in (two.sea_person, two.wind_person):
        client = signed_in(person)
        assert "Alte Boote" in text_of(client.get(MINE))
        assert "Boote aus Fasern verwerten" in text_of(client.get(f"{MINE}{bridge.pk}/"))
    for person in (two.media_person, two.member, two.editor):
        client = signed_in(person)
        assert "Alte Boote" not in text_of(client.get(MINE))
        for answer in (
            client.get(f"{MINE}{bridge.pk}/"),
            client.post(f"{MINE}{bridge.pk}/", {"action": "comment", "text": "Hallo"}),
        ):
            assert answer.status_code == 404
    assert Client().get(MINE).url.startswith("/de/anmelden/")
    assert not bridge.comments.exists()


def test_a_bridge_whose_other_side_is_out_of_sight_leaves_no_trace(bridge, two):
    make_private(two.sea_guide, ensure_cluster_group(two.sea))
    client = signed_in(two.wind_person)
    assert "Alte Boote" not in text_of(client.get(MINE))
    assert client.get(f"{MINE}{bridge.pk}/").status_code == 404


def test_who_has_no_team_is_told_whom_to_ask(two):
    SiteIdentity.objects.update_or_create(
        site=Site.objects.get(is_default_site=True), defaults={"contact_email": "wir@example.org"}
    )
    page = main_of(signed_in(two.member).get(MINE))
    assert "zu keinem Clusterteam" in page and 'href="mailto:wir@example.org"' in page


def test_responsible_people_take_the_next_step_others_only_read(bridge, two):
    bridge = make_responsible(go(bridge, "reviewed", two.editor), two)
    here = f"{MINE}{bridge.pk}/"
    step = {
        "action": "step",
        "to": "contacted",
        "version": bridge.version,
        "reason": "Wir haben telefoniert.",
    }
    colleague = type(two.sea_person).objects.create_user("colleague", "c@example.org", "secret")
    colleague.groups.add(ensure_cluster_group(two.sea))
    client = signed_in(colleague)
    assert "Nächster Schritt" not in text_of(client.get(here))
    assert client.post(here, step).status_code == 403
    client = signed_in(two.sea_person)
    assert "Auf „Kontakt aufgenommen“ setzen" in text_of(client.get(here))
    assert "Darf leer bleiben." in text_of(client.get(here))
    assert client.post(here, step | {"to": "rejected"}).status_code == 403
    assert client.post(here, step).status_code == 302
    page = text_of(client.get(here))
    assert "Wir haben telefoniert." in page and "Geprüft → Kontakt aufgenommen" in page
    late = signed_in(two.wind_person).post(here, step | {"to": "contacted"})
    assert late.status_code == 409
    assert "Wir haben telefoniert.</textarea>" in text_of(late)


def test_members_comment(bridge, two):
    here = f"{MINE}{bridge.pk}/"
    client = signed_in(two.wind_person)
    assert client.post(here, {"action": "comment", "text": " "}).status_code == 422
    client.post(here, {"action": "comment", "text": "<i>Gern</i>"})
    assert "&lt;i&gt;Gern&lt;/i&gt;" in text_of(client.get(here))
    for action in ("remove_evidence", "unlink", "make_page", "", "x"):
        assert client.post(here, {"action": action, "key": 1, "version": 1}).status_code == 404


def test_proposals_are_for_the_clusters_concerned_and_as_far_as_visible(two, machine):
    assert "Beide arbeiten an „Fasern“." in text_of(signed_in(two.sea_person).get(MINE))
    assert "Fasern" not in main_of(signed_in(two.media_person).get(MINE))
    make_private(two.sea_guide, ensure_cluster_group(two.sea))
    assert "Fasern" not in main_of(signed_in(two.wind_person).get(MINE))
    assert "Fasern" in main_of(signed_in(two.sea_person).get(MINE))


def test_a_proposal_leads_to_the_other_cluster_and_the_number_of_the_rest_is_told(two, machine, monkeypatch):
    (one,) = views.proposals(Reader.of(two.sea_person), "de")
    many = [replace(one, candidate=replace(one.candidate, key=f"key-{number}")) for number in range(12)]
    monkeypatch.setattr(views, "proposals", lambda *_, **__: many)
    page = main_of(signed_in(two.sea_person).get(MINE))
    assert page.count("Profil und Kontakt: Wind") == 10 and "Profil und Kontakt: Meer" not in page
    assert "Und 2 weitere; sie rücken nach" in page


def test_a_bridge_that_people_made_of_the_same_pages_is_no_proposal_any_more(bridge, two, machine):
    assert "Beide arbeiten" not in text_of(signed_in(two.sea_person).get(MINE))
    go(bridge, "rejected", two.editor, "Nein")
    assert "Beide arbeiten" not in text_of(signed_in(two.sea_person).get(MINE))


def test_english_readers_get_english(bridge, two):
    page = text_of(signed_in(two.sea_person).get("/en/my-bridges/"))
    assert "My cluster bridges" in page and "Old boats" in page


# --- For everybody ---


@pytest.fixture
def public(bridge, two, site):
    """The page of an active bridge."""
    add(site.home, BridgeIndexPage(title="Clusterbrücken", slug="clusterbruecken", summary="Brücken"))
    for status in ("reviewed", "contacted", "active"):
        bridge = go(bridge, status, two.editor)
    services.make_page(bridge_id=bridge.pk, by=two.editor, version=bridge.version)
    page = BridgePage.objects.get()
    page.get_latest_revision().publish()
    return page


def test_everybody_reads_of_active_bridges(public, two, client):
    for address in ("/de/clusterbruecken/", two.sea.get_url(), two.wind.get_url()):
        assert "Alte Boote" in main_of(client.get(address)), address
    assert "Alte Boote" not in main_of(client.get(two.media.get_url()))
    page = main_of(client.get(public.get_url()))
    assert "Meer" in page and "Wind" in page and "Aktiv" in page
    assert "Alte Boote" not in main_of(client.get("/de/clusterbruecken/?status=completed"))
    assert "Alte Boote" in main_of(client.get("/de/clusterbruecken/?status=nonsense"))


def test_records_that_are_not_public_show_nowhere(bridge, two, client, site):
    add(site.home, BridgeIndexPage(title="Clusterbrücken", slug="clusterbruecken", summary="Brücken"))
    for address in ("/de/clusterbruecken/", two.sea.get_url()):
        assert "Alte Boote" not in text_of(client.get(address))


def test_a_private_cluster_or_page_is_not_named(public, two, client):
    make_private(two.wind, ensure_cluster_group(two.wind))
    assert "Wind" not in main_of(client.get(public.get_url()))
    assert "Wind" not in main_of(client.get("/de/clusterbruecken/"))
    make_private(public, ensure_cluster_group(two.sea))
    for address in ("/de/clusterbruecken/", two.sea.get_url()):
        assert "Alte Boote" not in main_of(client.get(address))


# --- The mail ---


@pytest.fixture
def subscribed(two, monkeypatch):
    """Of Meer's person, last week. What a test has just done is told at once."""
    monkeypatch.setattr(digest, "SETTLED", timedelta(0))
    made = subscribing.subscribe(two.sea_person, "de")
    week = subscribing.week_of(MONDAY - timedelta(days=7))
    DigestSubscription.objects.update(week=week, told_until=timezone.now() - timedelta(days=7))
    made.refresh_from_db()
    return made


def test_nobody_gets_mail_who_did_not_ask_for_it(bridge):
    assert digest.send_due(MONDAY) == 0


def test_the_mail_tells_what_is_new_and_how_to_end_it(bridge, two, machine, subscribed):
    services.comment(bridge=bridge, by=two.wind_person, text="Geheim")
    assert digest.send_due(MONDAY) == 1
    sent = mail.outbox[0]
    assert sent.to == ["sea@example.org"]
    assert "Neues zu den Brücken" in sent.subject
    assert "Alte Boote" in sent.body and "1 neuer Kommentar" in sent.body
    assert f"{MINE}{bridge.pk}/" in sent.body
    assert "(Meer, Wind)" in sent.body
    assert "&" not in sent.body
    link = re.search(r"<(http\S+)>", sent.extra_headers["List-Unsubscribe"])[1]
    assert link in sent.body
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_the_mail_as_a_page_says_the_same_and_fetches_nothing(two, machine, subscribed):
    bridge = services.make(
        by=two.editor,
        texts=TEXTS | {"title_de": "Boote & <b>Blätter</b>"},
        clusters=[two.sea.translation_key, two.wind.translation_key],
    )
    go(bridge, "rejected", two.editor, "Zu <i>klein</i>\nund teuer")
    digest.send_due(MONDAY)
    sent = mail.outbox[0]
    assert "Boote & <b>Blätter</b>" in sent.body and "  Zu <i>klein</i>\n  und teuer\n" in sent.body
    (page,) = [part.content for part in sent.alternatives if part.mimetype == "text/html"]
    assert '<html lang="de">' in page and "Boote &amp; &lt;b&gt;Blätter" in page and "<i>" not in page
    assert set(re.findall(r"http[^\s\"]+", page)) == set(re.findall(r"http\S+", sent.body))
    assert "src=" not in page and "url(" not in page


def test_the_mail_is_kept_short_and_says_how_much_more_there_is(two, machine, subscribed, monkeypatch):
    (one,) = digest.proposals(Reader.of(two.sea_person), "de")
    many = [replace(one, candidate=replace(one.candidate, key=f"key-{number}")) for number in range(7)]
    monkeypatch.setattr(digest, "proposals", lambda *_, **__: many)
    digest.send_due(MONDAY)
    assert mail.outbox[0].body.count("Beide arbeiten an") == digest.MOST_PROPOSALS
    assert "Und 2 weitere." in mail.outbox[0].body
    assert digest.send_due(MONDAY + timedelta(days=7)) == 0


def test_of_many_steps_the_latest_are_told(bridge, two, subscribed):
    for number in range(4):
        bridge = go(bridge, "rejected", two.editor, f"Nein {number}")
        bridge = go(bridge, "candidate", two.editor, f"Doch {number}")
    digest.send_due(MONDAY)
    body = mail.outbox[0].body
    assert "- 4 frühere Schritte\n" in body and "Doch 3" in body and "Doch 1" in body and "Nein 1" not in body
    assert "4 frühere Schritte" in mail.outbox[0].alternatives[0].content


def test_a_proposal_that_was_out_of_sight_for_a_week_is_not_new(two, machine, subscribed):
    assert digest.send_due(MONDAY) == 1
    machine.gone = True
    digest.send_due(MONDAY + timedelta(days=7))
    machine.gone = False
    assert digest.send_due(MONDAY + timedelta(days=14)) == 0


@pytest.mark.parametrize(("code", "again"), [(450, 1), (550, 0)])
def test_an_address_that_is_not_there_waits_for_next_week_a_busy_one_does_not(
    bridge, subscribed, code, again
):
    refused = SMTPRecipientsRefused({"sea@example.org": (code, b"")})
    with mock.patch("django.core.mail.EmailMessage.send", side_effect=refused):
        assert digest.send_due(MONDAY) == 0
    assert digest.send_due(MONDAY + timedelta(minutes=15)) == again
    assert digest.send_due(MONDAY + timedelta(days=7)) == 1 - again  # with all that was not told


def test_without_a_mail_server_all_wait_and_none_is_asked_for_one_by_one(bridge, subscribed):
    with mock.patch("django.core.mail.backends.locmem.EmailBackend.open", side_effect=OSError("down")):
        assert digest.send_due(MONDAY) == 0
        subscribed.refresh_from_db()
        assert subscribed.week < subscribing.week_of(MONDAY)
    assert digest.send_due(MONDAY + timedelta(minutes=15)) == 1


def test_a_mail_that_cannot_be_written_keeps_nobody_else_from_theirs(bridge, two, subscribed):
    subscribing.subscribe(two.wind_person, "de")
    DigestSubscription.objects.update(week=subscribed.week, told_until=subscribed.told_until)
    write = digest._mail

    def not_for_sea(subscription, *args):
        if subscription.user == two.sea_person:
            raise KeyError
        return write(subscription, *args)

    with mock.patch.object(digest, "_mail", not_for_sea):
        assert digest.send_due(MONDAY) == 1
    assert digest.send_due(MONDAY + timedelta(minutes=15)) == 1
    assert [sent.to for sent in mail.outbox] == [["wind@example.org"], ["sea@example.org"]]


def test_the_same_mail_sent_again_is_known_as_the_same(bridge, subscribed):
    for _ in range(2):
        DigestSubscription.objects.update(week=subscribed.week, told_until=subscribed.told_until)
        digest.send_due(MONDAY)
    first, second = (sent.extra_headers["Message-ID"] for sent in mail.outbox)
    assert first == second


def test_what_is_being_written_while_the_mail_is_comes_with_the_next(bridge, subscribed, monkeypatch):
    monkeypatch.setattr(digest, "SETTLED", timedelta(minutes=1))
    assert digest.send_due(MONDAY) == 0
    monkeypatch.setattr(digest, "SETTLED", timedelta(0))
    assert digest.send_due(MONDAY + timedelta(days=7)) == 1


def test_nothing_is_sent_twice(bridge, subscribed):
    assert [digest.send_due(MONDAY + timedelta(hours=hours)) for hours in (0, 1, 30)] == [1, 0, 0]
    assert digest.send_due(MONDAY + timedelta(days=7)) == 0  # nothing new
    assert len(mail.outbox) == 1


def test_two_workers_at_once_send_one_mail(bridge, subscribed):
    week = subscribing.week_of(MONDAY)
    build = digest._mail

    def meanwhile(*args):
        assert digest._send(subscribed.pk, week, get_connection()) == 0
        return build(*args)

    with mock.patch.object(digest, "_mail", meanwhile):
        assert digest._send(subscribed.pk, week, get_connection()) == 1
    assert len(mail.outbox) == 1


def test_a_mail_that_the_server_refuses_is_tried_again(bridge, subscribed):
    with mock.patch("django.core.mail.EmailMessage.send", side_effect=OSError("down")):
        assert digest.send_due(MONDAY) == 0
    assert digest.send_due(MONDAY + timedelta(minutes=15)) == 1


def test_a_missed_monday_is_made_up_for_and_its_early_morning_waits(bridge, subscribed):
    assert digest.send_due(MONDAY.replace(hour=6)) == 0
    assert digest.send_due(MONDAY + timedelta(days=2)) == 1


@pytest.mark.parametrize("lost", ["page", "team", "account"])
def test_nothing_is_told_that_may_no_longer_be_seen_when_it_is_sent(bridge, two, machine, subscribed, lost):
    if lost == "page":
        make_private(two.wind_guide, ensure_cluster_group(two.wind))
    elif lost == "team":
        two.sea_person.groups.clear()
    else:
        two.sea_person.is_active = False
        two.sea_person.save()
    assert digest.send_due(MONDAY) == 0


def test_a_proposal_is_told_once(two, machine, subscribed):
    assert digest.send_due(MONDAY) == 1
    assert "Beide arbeiten an „Fasern“." in mail.outbox[0].body
    assert digest.send_due(MONDAY + timedelta(days=7)) == 0


def test_what_one_did_oneself_is_no_news(bridge, two, subscribed):
    DigestSubscription.objects.update(told_until=timezone.now())
    services.comment(bridge=bridge, by=two.sea_person, text="Ich")
    assert digest.send_due(MONDAY) == 0


def test_the_mail_is_in_the_readers_language(bridge, two, subscribed):
    DigestSubscription.objects.update(language="en")
    digest.send_due(MONDAY)
    assert "Old boats" in mail.outbox[0].body and "/en/my-bridges/" in mail.outbox[0].body


def test_subscribing_and_unsubscribing_on_ones_page(two):
    client = signed_in(two.sea_person)
    client.post(f"{MINE}mail/", {"wanted": "yes", "language": "xx"})
    assert DigestSubscription.objects.get().language == "de"
    assert "E-Mails abbestellen" in text_of(client.get(MINE))
    client.post(f"{MINE}mail/", {"wanted": "no"})
    assert not DigestSubscription.objects.exists()
    assert signed_in(two.member).post(f"{MINE}mail/", {"wanted": "yes"}).status_code == 404


def test_one_click_ends_it_without_login_or_cookie(subscribed):
    address = f"{MINE}abbestellen/{subscribing.token_of(subscribed)}/"
    client = Client(enforce_csrf_checks=True)
    assert client.get(address).status_code == 200
    assert DigestSubscription.objects.exists()
    assert client.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not DigestSubscription.objects.exists()
    assert client.post(address).status_code == 200


@pytest.mark.parametrize("token", ["x", "0" * 32, "0" * 32 + ":abc"])
def test_a_forged_link_ends_nothing(subscribed, client, token):
    assert client.post(f"{MINE}abbestellen/{token}/").status_code == 404
    assert DigestSubscription.objects.exists()


def test_a_link_ends_only_the_subscription_it_was_sent_for(two, subscribed, client):
    token = subscribing.token_of(subscribed)
    subscribing.unsubscribe(two.sea_person)
    subscribing.subscribe(two.sea_person, "de")
    client.post(f"{MINE}abbestellen/{token}/")
    assert DigestSubscription.objects.exists()


def test_a_new_subscription_begins_next_monday(bridge, two):
    subscribing.subscribe(two.sea_person, "de")
    assert digest.send_due(timezone.now()) == 0
    assert Bridge.objects.exists()
