""" "Was this helpful?": noted without a person, read by those who can change the page, forgotten in time."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import GroupPagePermission

from kb.feedback import services
from kb.feedback.models import Feedback
from kb.feedback.tasks import forget
from kb.limits import asking
from kb.limits.rates import Rate
from tests.integration.kb.conftest import make_private

pytest_plugins = ["tests.integration.kb.conftest"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def guide(make_guide):
    return make_guide("Frühstück an der Rampe")


def address(page):
    return f"/de/rueckmeldung/{page.pk}/"


def say(client, page, **said):
    return client.post(address(page), said)


def token_of(response):
    return re.search(r'name="told" value="([^"]+)"', response.content.decode())[1]


def test_a_guide_asks_and_an_answer_is_noted_without_a_cookie(client, guide):
    shown = client.get(guide.get_url()).content.decode()
    assert "War das hilfreich?" in shown
    assert address(guide) in shown
    answer = say(client, guide, helpful="no")
    assert answer.status_code == 302
    form = client.get(answer.url).content.decode()
    assert "Helfen Sie uns, es besser zu machen" in form
    assert guide.title in form
    noted = Feedback.objects.get()
    assert (noted.page_id, noted.helpful, noted.day) == (guide.pk, False, timezone.localdate())
    assert not client.cookies


def test_why_is_added_once_and_without_names(client, guide):
    told = token_of(client.get(say(client, guide, helpful="no").url))
    text = "Der Ablauf fehlt.\nBitte an eva.muster@example.org oder 040 1234567 schicken."
    answer = say(client, guide, told=told, reason="missing", text=text)
    assert "Die Redaktion liest es" in answer.content.decode()
    noted = Feedback.objects.get()
    assert noted.reason == Feedback.Reason.MISSING
    assert "Der Ablauf fehlt." in noted.text
    assert "example.org" not in noted.text and "1234567" not in noted.text
    say(client, guide, told=told, text="Etwas anderes")
    noted.refresh_from_db()
    assert "Etwas anderes" not in noted.text
    assert Feedback.objects.count() == 1


def test_too_long_a_text_is_said_in_place_and_kept(client, guide):
    told = token_of(client.get(say(client, guide, helpful="yes").url))
    answer = say(client, guide, told=told, text="Wort " * 200)
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert "500" in shown and 'aria-invalid="true"' in shown and "Wort Wort" in shown
    assert Feedback.objects.get().text == ""


def test_a_yes_is_asked_for_what_helped_and_no_reason_to_choose(client, guide):
    form = client.get(say(client, guide, helpful="yes").url).content.decode()
    assert "was geholfen hat" in form
    assert 'type="radio"' not in form


@pytest.mark.parametrize("said", [{}, {"helpful": "maybe"}, {"helpful": ""}])
def test_what_is_no_answer_notes_nothing(client, guide, said):
    assert say(client, guide, **said).url.endswith("#helpful")
    assert not Feedback.objects.exists()


@pytest.mark.parametrize("told", ["", "rubbish", "ImEi:1x:y", "\x00"])
def test_a_wrong_token_shows_thanks_and_changes_nothing(client, guide, told):
    answer = say(client, guide, told=told, text="fremd")
    assert answer.status_code == 200
    assert not Feedback.objects.exists()
    assert client.get(address(guide), {"told": told}).status_code == 200


def test_a_token_of_another_page_adds_nothing(client, guide, make_guide):
    other = make_guide("Barcamp")
    told = token_of(client.get(say(client, guide, helpful="no").url))
    say(client, other, told=told, text="fremd")
    assert Feedback.objects.get().text == ""


def test_programs_that_fill_in_every_field_are_thanked_and_forgotten(client, guide):
    assert say(client, guide, helpful="yes", website="http://example.org").status_code == 200
    assert not Feedback.objects.exists()


def test_one_connection_cannot_drown_the_rest(client, guide, settings, monkeypatch):
    settings.LIMITS_ON = True
    monkeypatch.setitem(asking.RATES, "feedback", (Rate(2, 60), Rate(2, 60)))
    assert [say(client, guide, helpful="no").status_code for _ in range(3)] == [302, 302, 429]
    assert Feedback.objects.count() == 2


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
    ],
)
def test_a_form_on_another_site_is_refused(guide, headers):
    assert Client(headers=headers).post(address(guide), {"helpful": "no"}).status_code == 403
    assert not Feedback.objects.exists()


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://testserver"}])
def test_a_form_of_this_site_is_taken_without_a_csrf_token(guide, headers):
    client = Client(enforce_csrf_checks=True, headers=headers)
    assert client.post(address(guide), {"helpful": "no"}).status_code == 302
    assert Feedback.objects.count() == 1


def test_a_script_gets_the_part_it_puts_into_the_page(guide):
    client = Client(headers={"X-Lotse-Fragment": "1"})
    form = client.post(address(guide), {"helpful": "no"}).content.decode()
    assert form.lstrip().startswith("<section") and "<html" not in form
    thanks = client.post(
        address(guide), {"told": re.search(r'value="([^"]+:[^"]+)"', form)[1], "text": "Zu lang"}
    )
    assert "<html" not in thanks.content.decode()
    assert Feedback.objects.get().text == "Zu lang"


def test_pages_that_a_reader_cannot_see_take_no_answer(client, guide, people, make_guide):
    draft = make_guide("Entwurf", live=False)
    make_private(guide, people.roles.members)
    for page in (guide, draft):
        assert client.get(address(page)).status_code == 404
        assert say(client, page, helpful="yes").status_code == 404
    assert not Feedback.objects.exists()
    client.force_login(people.member)
    assert say(client, guide, helpful="yes").status_code == 302


def test_words_are_forgotten_after_a_year_and_answers_stay(guide):
    old = timezone.localdate() - timedelta(days=services.DAYS_KEPT + 1)
    Feedback.objects.create(page=guide, day=old, helpful=False, reason="unclear", text="alt")
    Feedback.objects.create(page=guide, day=timezone.localdate(), helpful=False, text="neu")
    forget()
    assert sorted(Feedback.objects.values_list("reason", "text")) == [("", "neu"), ("unclear", "")]


# --- The report ---


def test_editors_read_it_and_mark_it_as_dealt_with(client, guide, people):
    remark = Feedback.objects.create(
        page=guide, day=timezone.localdate(), helpful=False, reason="missing", text="<b>Wo ist die Liste?</b>"
    )
    Feedback.objects.create(page=guide, day=timezone.localdate(), helpful=True)
    client.force_login(people.editor)
    row = client.get(reverse("lotse_feedback")).context["object_list"][0]
    assert (row.pk, row.yes, row.no, row.remarks) == (guide.pk, 1, 1, 1)
    page = reverse("lotse_feedback_page", args=[guide.pk])
    shown = client.get(page).content.decode()
    assert "&lt;b&gt;Wo ist die Liste?" in shown
    client.post(page, {"remark": [str(remark.pk), "rubbish"]})
    remark.refresh_from_db()
    assert (remark.handled_by, remark.handled_on) == (people.editor, timezone.localdate())
    assert client.get(reverse("lotse_feedback")).context["object_list"][0].remarks == 0


def test_a_period_counts_only_what_was_said_in_it(client, guide, people):
    Feedback.objects.create(page=guide, day=timezone.localdate() - timedelta(days=60), helpful=False)
    client.force_login(people.editor)
    assert client.get(reverse("lotse_feedback"), {"period": "90"}).context["object_list"][0].no == 1
    assert not client.get(reverse("lotse_feedback"), {"period": "30"}).context["object_list"]
    assert client.get(reverse("lotse_feedback"), {"period": "rubbish"}).status_code == 200


def test_the_export_has_the_counts(client, guide, people):
    Feedback.objects.create(page=guide, day=timezone.localdate(), helpful=False)
    client.force_login(people.editor)
    rows = client.get(reverse("lotse_feedback"), {"export": "csv"}).getvalue().decode()
    assert guide.title in rows


def test_who_may_not_change_a_page_does_not_see_what_was_said_of_it(client, guide, people, site):
    Feedback.objects.create(page=guide, day=timezone.localdate(), helpful=False, text="Geheim")
    few = Group.objects.create(name="Vorlagen")
    few.permissions.add(
        *Permission.objects.filter(content_type__app_label="feedback"),
        Permission.objects.get(codename="access_admin"),
    )
    for permission in Permission.objects.filter(codename="change_page", content_type__model="page"):
        GroupPagePermission.objects.create(group=few, page=site.templates, permission=permission)
    people.member.groups.set([few])
    client.force_login(people.member)
    assert not client.get(reverse("lotse_feedback")).context["object_list"]
    page = reverse("lotse_feedback_page", args=[guide.pk])
    # Django looks for an address that is not there in the reader's language, too.
    assert "Geheim" not in client.get(page, follow=True).content.decode()
    assert client.get(page, follow=True).status_code == 404
    client.post(page, {"remark": str(Feedback.objects.get().pk)})
    assert Feedback.objects.get().handled_on is None


def test_reading_is_not_deciding(client, guide, people):
    remark = Feedback.objects.create(page=guide, day=timezone.localdate(), helpful=False, text="Hm")
    people.roles.editors.permissions.remove(Permission.objects.get(codename="change_feedback"))
    client.force_login(people.editor)
    page = reverse("lotse_feedback_page", args=[guide.pk])
    assert "checkbox" not in client.get(page).content.decode()
    client.post(page, {"remark": str(remark.pk)})
    remark.refresh_from_db()
    assert remark.handled_on is None
