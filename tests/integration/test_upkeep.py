"""What pages need from their editors: reviews that are due, translations that are missing or old."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from unittest.mock import patch

import pytest
from django.contrib.auth.models import Group, Permission
from django.core import mail
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from wagtail.models import GroupPagePermission, Page
from wagtail_localize.models import StringTranslation, TranslationSource

from kb.core.translating import translate
from kb.feedback.models import Feedback
from kb.upkeep import reminders, selectors
from kb.upkeep.selectors import Review, State
from tests.integration.kb.conftest import english_texts

pytest_plugins = ["tests.integration.kb.conftest"]
pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
DAY = timedelta(days=1)


def only_below(page, user):
    """Takes the user out of all groups, into one that may change what is below `page`."""
    few = Group.objects.create(name=f"Nur {page.pk}")
    few.permissions.add(
        Permission.objects.get(codename="access_admin"),
        *Permission.objects.filter(content_type__app_label="feedback"),
    )
    for permission in Permission.objects.filter(codename="change_page", content_type__model="page"):
        GroupPagePermission.objects.create(group=few, page=page, permission=permission)
    user.groups.set([few])


# --- Guides to look at again ---


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"status": "outdated", "reviewed_on": TODAY}, Review.OUTDATED),
        ({"reviewed_on": TODAY - 400 * DAY, "next_review": TODAY}, Review.OVERDUE),
        ({"reviewed_on": TODAY - 800 * DAY}, Review.LONG_AGO),
        ({}, Review.NEVER),
        ({"reviewed_on": TODAY, "next_review": TODAY + 30 * DAY}, Review.SOON),
        ({"reviewed_on": TODAY, "next_review": TODAY + 31 * DAY}, None),
        ({"reviewed_on": TODAY - 700 * DAY}, None),
    ],
)
def test_why_a_guide_is_listed(make_guide, people, fields, why):
    guide = make_guide(**fields)
    found = selectors.guides_to_review(people.editor, TODAY).filter(pk=guide.pk).first()
    assert (found.why if found else None) == why


def test_drafts_and_translations_are_not_listed_beside_their_guide(make_guide, people, english):
    guide = make_guide()
    make_guide("Entwurf", live=False)
    translate(guide, english, english_texts(guide))
    assert list(selectors.guides_to_review(people.editor, TODAY)) == [guide]


def test_the_report_shows_the_most_urgent_first_and_exports(client, make_guide, people):
    make_guide("Bald", reviewed_on=TODAY, next_review=TODAY + 5 * DAY)
    make_guide("Alt", status="outdated")
    client.force_login(people.editor)
    response = client.get(reverse("lotse_reviews"))
    assert [guide.title for guide in response.context["object_list"]] == ["Alt", "Bald"]
    assert "Als veraltet markiert" in response.content.decode()
    assert [
        g.title for g in client.get(reverse("lotse_reviews"), {"why": "soon"}).context["object_list"]
    ] == ["Bald"]
    export = client.get(reverse("lotse_reviews"), {"export": "csv"}).getvalue().decode()
    assert "Als veraltet markiert" in export and "Prüfung binnen 30 Tagen" in export


# --- Translations ---


def state_of(guide, user, language="en"):
    return selectors.translations(user, language).get(pk=guide.pk).state


def test_a_translation_is_missing_then_current_then_outdated(make_guide, people, english):
    guide = make_guide()
    assert state_of(guide, people.editor) == State.MISSING
    page = translate(guide, english, english_texts(guide))
    assert state_of(guide, people.editor) == State.CURRENT
    guide.summary = "Zwei Morgen mit Mitgliedern"
    guide.save_revision().publish()
    assert state_of(guide, people.editor) == State.OUTDATED
    # The new text is fetched, and now waits for its translation.
    TranslationSource.objects.get(object_id=guide.translation_key).update_from_db()
    found = selectors.translations(people.editor, "en").get(pk=guide.pk)
    assert (found.state, found.untranslated, found.target) == (State.INCOMPLETE, 1, page.pk)


def test_an_unpublished_translation_is_not_published(make_guide, people, english):
    guide = make_guide()
    translate(guide, english, english_texts(guide)).unpublish()
    assert state_of(guide, people.editor) == State.DRAFT


def test_a_version_made_by_hand_is_as_old_as_its_publication(site, people):
    assert state_of(site.toolbox, people.editor) == State.CURRENT
    site.toolbox.save_revision().publish()
    assert state_of(site.toolbox, people.editor) == State.OUTDATED


def test_an_error_in_a_translated_text_counts_as_missing(make_guide, people, english):
    guide = make_guide()
    translate(guide, english, english_texts(guide))
    StringTranslation.objects.filter(data="Contacts").update(has_error=True)
    assert state_of(guide, people.editor) == State.INCOMPLETE


def test_every_state_leads_to_where_it_is_dealt_with(client, make_guide, people, english):
    new, old = make_guide("Neu"), make_guide("Alt")
    translate(old, english, english_texts(old))
    old.save_revision().publish()
    client.force_login(people.editor)
    listed = {
        page.title: page.todo_url for page in client.get(reverse("lotse_translations")).context["object_list"]
    }
    begin = reverse("wagtail_localize:submit_page_translation", args=[new.pk])
    assert listed["Neu"] == f"{begin}?select_locale=en"
    source = TranslationSource.objects.get(object_id=old.translation_key)
    assert listed["Alt"] == reverse("lotse_update_translations", args=[source.pk])
    for address in listed.values():
        assert client.get(address).status_code == 200
    shown = client.get(reverse("lotse_translations"), {"state": "missing"}).context["object_list"]
    assert {page.state for page in shown} == {State.MISSING}
    assert client.get(reverse("lotse_translations"), {"language": "xx", "state": "?"}).status_code == 200


def test_translations_into_german_are_those_of_english_originals(make_guide, people, site, english):
    guide = make_guide()
    translate(guide, english, english_texts(guide))
    original = make_guide("Barcamp", parent=site.toolbox_en, task_area=site.area_en)
    found = selectors.translations(people.editor, "de")
    assert [(page.pk, page.state) for page in found] == [(original.pk, State.MISSING)]


def test_the_number_of_queries_does_not_grow_with_the_pages(
    client, make_guide, people, django_assert_max_num_queries
):
    for number in range(6):
        make_guide(f"Leitfaden {number}")
    client.force_login(people.editor)
    for name in ("lotse_translations", "lotse_reviews"):
        with django_assert_max_num_queries(40):
            client.get(reverse(name))


# --- Permission, and the first screen ---


def test_editors_see_only_what_they_may_change(client, make_guide, people, site):
    guide = make_guide("Geheimer Titel")
    Feedback.objects.create(page=guide, day=TODAY, helpful=False, text="Hm")
    only_below(site.templates, people.member)
    client.force_login(people.member)
    for name in (
        "lotse_reviews",
        "lotse_translations",
        "lotse_reviews_results",
        "lotse_translations_results",
    ):
        assert "Geheimer Titel" not in client.get(reverse(name)).content.decode()
    shown = client.get(reverse("wagtailadmin_home")).content.decode()
    assert "Leitfaden zu prüfen" not in shown and "offene Anmerkung" not in shown


def test_who_may_change_no_page_is_refused(client, people):
    people.stranger.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(people.stranger)
    for name in ("lotse_reviews", "lotse_translations"):
        assert client.get(reverse(name)).url == reverse("wagtailadmin_home")
    assert "Wartet auf Sie" not in client.get(reverse("wagtailadmin_home")).content.decode()


def test_the_first_screen_says_what_waits(client, make_guide, people):
    guide = make_guide()
    Feedback.objects.create(page=guide, day=TODAY, helpful=False, text="Hm")
    client.force_login(people.editor)
    shown = client.get(reverse("wagtailadmin_home")).content.decode()
    for words in ("Wartet auf Sie", "1 Leitfaden zu prüfen", "1 offene Anmerkung"):
        assert words in shown
    Page.objects.get(pk=guide.pk).delete()
    assert "Leitfaden zu prüfen" not in client.get(reverse("wagtailadmin_home")).content.decode()


def test_the_first_screen_says_what_one_can_begin(client, site, people):
    client.force_login(people.editor)
    shown = client.get(reverse("wagtailadmin_home")).content.decode()
    # In the language of the originals, whatever the language of the admin.
    for address in (
        reverse("wagtailadmin_pages:add", args=["toolbox", "practiceguide", site.toolbox.pk]),
        reverse("wagtailadmin_pages:add", args=["toolbox", "templatepage", site.templates.pk]),
        reverse("wagtailadmin_pages:add", args=["clusters", "casepage", site.cases.pk]),
        reverse("lotse_guide_from_file", args=[site.toolbox.pk]),
    ):
        assert f'href="{address}"' in shown, address
    assert "newspage" not in shown  # there is no place for one on this site
    for other in ("whats-new", "Editor-Handbuch", "- Wagtail</title>"):
        assert other not in shown


def may_add_below(page, people):
    """The stranger enters the admin and may add and change below `page` alone."""
    people.other_group.permissions.add(Permission.objects.get(codename="access_admin"))
    for codename in ("add_page", "change_page"):
        GroupPagePermission.objects.create(
            group=people.other_group, page=page, permission=Permission.objects.get(codename=codename)
        )


def test_who_may_add_only_examples_begins_nothing_else(client, site, people):
    may_add_below(site.cases, people)
    client.force_login(people.stranger)
    shown = client.get(reverse("wagtailadmin_home")).content.decode()
    assert "/admin/pages/add/clusters/casepage/" in shown
    assert "/practiceguide/" not in shown and "guide-from-file" not in shown
    assert "Sie schreiben auf Deutsch." in shown


def test_who_may_write_only_in_english_is_told_so(client, site, people):
    may_add_below(site.toolbox_en, people)
    client.force_login(people.stranger)
    shown = client.get(reverse("wagtailadmin_home")).content.decode()
    assert f"/admin/pages/add/toolbox/practiceguide/{site.toolbox_en.pk}/" in shown
    assert "Sie schreiben auf Englisch." in shown


# --- Reminders ---

NINE = timezone.make_aware(datetime(2026, 3, 2, 9))


@pytest.fixture
def due_guide(make_guide, people):
    def make(title="Fällig", days=-1, **fields):
        guide = make_guide(title, next_review=NINE.date() + timedelta(days=days), **fields)
        type(guide).objects.filter(pk=guide.pk).update(owner=people.editor)
        return guide

    return make


def recipients():
    return sorted(to for sent in mail.outbox for to in sent.to)


def test_who_began_a_guide_is_reminded_once_of_each_review(due_guide):
    soon, late = due_guide("Bald", days=20), due_guide("Fällig")
    due_guide("Später", days=90)
    assert reminders.send_due(NINE) == 1
    (sent,) = mail.outbox
    assert sent.to == ["editor@example.org"]
    assert soon.title in sent.body and late.title in sent.body and "Später" not in sent.body
    assert "Guten Tag" in sent.body and "Leitfäden zu prüfen" in sent.subject
    assert reminders.send_due(NINE + timedelta(days=1)) == 0
    # Near is one reminder, overdue the next.
    assert reminders.send_due(NINE + timedelta(days=25)) == 1
    assert soon.title in mail.outbox[1].body and late.title not in mail.outbox[1].body


def test_a_new_date_is_a_new_review(due_guide):
    guide = due_guide()
    reminders.send_due(NINE)
    type(guide).objects.filter(pk=guide.pk).update(next_review=NINE.date() + timedelta(days=10))
    assert reminders.send_due(NINE) == 1


def test_the_responsible_person_comes_first(due_guide, people):
    due_guide(responsible=people.reviewer)
    reminders.send_due(NINE)
    assert recipients() == ["reviewer@example.org"]


def test_a_review_is_not_forgotten_with_the_person_who_left(due_guide, people):
    due_guide()
    type(people.editor).objects.filter(pk=people.editor.pk).update(is_active=False)
    reminders.send_due(NINE)
    assert recipients() == ["reviewer@example.org"]


def test_who_may_not_change_the_guide_is_not_told_of_it(due_guide, people):
    due_guide(responsible=people.member)
    reminders.send_due(NINE)
    assert recipients() == ["editor@example.org"]


def test_a_guide_that_is_deleted_meanwhile_keeps_nobody_from_being_reminded(due_guide, monkeypatch):
    gone, there = due_guide("Fort"), due_guide("Noch da")
    due = list(reminders._not_told(NINE))
    gone.delete()
    monkeypatch.setattr(reminders, "_not_told", lambda moment: due)
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")  # as at the end of a transaction
    assert reminders.send_due(NINE) == 1
    (sent,) = mail.outbox
    assert there.title in sent.body and "Fort" not in sent.body


def test_nobody_is_reminded_at_night(due_guide):
    due_guide()
    assert reminders.send_due(NINE.replace(hour=3)) == 0
    assert not mail.outbox


def test_a_mail_server_that_is_away_costs_a_try(due_guide):
    due_guide()
    with patch("kb.upkeep.reminders.EmailMessage.send", side_effect=OSError("no route")):
        assert reminders.send_due(NINE) == 0
    assert reminders.send_due(NINE) == 1


def test_only_people_of_the_editor_can_be_responsible(client, make_guide, people):
    client.force_login(people.editor)
    form = client.get(reverse("wagtailadmin_pages:edit", args=[make_guide().pk])).context["form"]
    offered = {user.username for user in form.fields["responsible"].queryset}
    assert offered == {"editor", "reviewer", "admin"}


@pytest.mark.parametrize(
    ("report", "choice"),
    [
        ("lotse_reviews", "why=never"),
        ("lotse_translations", "state=incomplete"),
        ("lotse_findings", "kind=links"),
        ("lotse_feedback", "remarks=open"),
    ],
)
def test_a_report_whose_filter_finds_nothing_leads_back_to_everything(reviewer, site, report, choice):
    address = reverse(report)
    html = reviewer.get(f"{address}?{choice}").content.decode()
    assert re.search(rf'<a href="{address}">(Show everything|Alles zeigen)</a>', html)
