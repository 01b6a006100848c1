"""How the index is doing, shown to whom it concerns: the screen, the home panel, and trying again."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import GroupPagePermission
from wagtail.users.models import UserProfile

from search.health import selectors, signs, tasks
from search.health.models import Sign
from search.health.wording import error_in_words, problem_in_words
from search.index import services
from search.index.models import IndexedPage

pytest_plugins = ["tests.integration.kb.conftest"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def failed(site, make_guide):
    """A guide whose indexing was given up."""
    guide = make_guide(title="Geheimer Leitfaden")
    services.index_due()
    IndexedPage.objects.filter(pk=guide.pk).update(
        wanted=9, tries=5, last_error="ValueError: Geheimer Leitfaden lässt sich nicht lesen"
    )
    return guide


def page_of(client):
    response = client.get(reverse("lotse_search_index"))
    assert response.status_code == 200
    return response.content.decode()


def test_a_healthy_index_says_so_and_counts_by_language(site, make_guide, reviewer):
    make_guide()
    services.index_due()
    shown = page_of(reviewer)
    assert "Alles in Ordnung" in shown and "Deutsch" in shown
    german = next(one for one in selectors.languages() if one.code == "de")
    assert german.pages >= 1 and german.passages == german.vectors > 0
    assert selectors.queue().due == 0 and selectors.problems() == []


def test_what_is_due_is_counted_and_has_an_age(site, make_guide):
    services.index_due()
    guide = make_guide()
    queue = selectors.queue()
    assert queue.due == 1 and queue.waiting == 1 and queue.failed == 0
    assert timedelta(0) <= queue.waits < timedelta(minutes=5)
    assert queue.eta is not None, "others were written a moment ago"
    services.index_page(guide.pk)
    assert selectors.queue().due == 0


def test_a_page_that_was_given_up_is_named_to_who_may_edit_it(failed, reviewer):
    shown = page_of(reviewer)
    assert "Geheimer Leitfaden" in shown and "Der Inhalt der Seite war nicht lesbar" in shown
    assert reverse("wagtailadmin_pages:edit", args=[failed.pk]) in shown
    assert "Einige Seiten konnten nicht in die Suche aufgenommen werden" in shown


def test_nobody_learns_the_title_or_the_error_of_a_page_that_they_may_not_edit(failed, people, reviewer):
    GroupPagePermission.objects.filter(group=people.roles.reviewers).delete()
    shown = page_of(reviewer)
    assert "Eine Seite, die Sie nicht bearbeiten dürfen" in shown
    assert "Geheim" not in shown
    assert reverse("wagtailadmin_pages:edit", args=[failed.pk]) not in shown


def test_many_failures_are_read_page_by_page(failed, reviewer, monkeypatch):
    monkeypatch.setattr("search.health.views.PER_PAGE", 1)
    IndexedPage.objects.exclude(pk=failed.pk).update(wanted=9, tries=5, last_error="KeyError: 1")
    total = selectors.failures(limit=1)[1]
    assert total > 1
    titles = set()
    for number in range(1, total + 1):
        shown = reviewer.get(reverse("lotse_search_index"), {"p": number}).content.decode()
        assert f"Seite {number} von {total}" in shown
        titles.add(shown[shown.index("<h3>") :][:200])
    assert len(titles) == total
    assert reviewer.get(reverse("lotse_search_index"), {"p": "x"}).status_code == 200


def test_trying_again_lets_the_worker_take_it(
    failed, reviewer, monkeypatch, django_capture_on_commit_callbacks
):
    sent = []
    monkeypatch.setattr("search.tasks.sweep.apply_async", lambda **options: sent.append(options))
    with django_capture_on_commit_callbacks(execute=True):
        answer = reviewer.post(reverse("lotse_search_index_retry"), {"page": failed.pk}, follow=True)
    assert "noch einmal versucht" in answer.content.decode()
    assert IndexedPage.objects.get(pk=failed.pk).tries == 0 and len(sent) == 1
    services.index_due()
    assert selectors.failures() == ([], 0)


def test_all_can_be_tried_again_at_once(failed, reviewer):
    answer = reviewer.post(reverse("lotse_search_index_retry"), follow=True)
    assert "1 Seite wird noch einmal versucht" in answer.content.decode()


@pytest.mark.parametrize("number", ["999999", "1 or 1=1", "-1", "9" * 30, "²"])
def test_a_number_of_nothing_changes_nothing_and_tells_nothing(failed, reviewer, number):
    reviewer.post(reverse("lotse_search_index_retry"), {"page": number}, follow=True)
    assert IndexedPage.objects.get(pk=failed.pk).tries == 5


def test_trying_again_needs_a_post_a_token_and_the_permission(failed, people):
    address = reverse("lotse_search_index_retry")
    editor = Client()
    editor.force_login(people.editor)
    assert editor.post(address).status_code == 302 and IndexedPage.objects.get(pk=failed.pk).tries == 5
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(people.reviewer)
    assert strict.post(address).status_code == 403
    assert strict.get(address).status_code == 405
    # Seeing is not trying.
    people.editor.user_permissions.add(Permission.objects.get(codename="view_index"))
    onlooker = Client()
    onlooker.force_login(people.editor)
    assert "noch einmal versuchen" not in page_of(onlooker).lower()
    assert onlooker.post(address).status_code == 302 and IndexedPage.objects.get(pk=failed.pk).tries == 5


def test_who_has_no_permission_sees_neither_the_screen_nor_the_menu_nor_the_panel(failed, people):
    editor = Client()
    editor.force_login(people.editor)
    answer = editor.get(reverse("lotse_search_index"))
    assert answer.status_code == 302 and answer.url == reverse("wagtailadmin_home")
    home = editor.get(reverse("wagtailadmin_home")).content.decode()
    assert "Suche braucht Aufmerksamkeit" not in home and reverse("lotse_search_index") not in home


def test_the_home_screen_speaks_up_only_when_something_is_wrong(site, make_guide, reviewer):
    make_guide()
    services.index_due()
    home = reverse("wagtailadmin_home")
    assert "Suche braucht Aufmerksamkeit" not in reviewer.get(home).content.decode()
    IndexedPage.objects.update(wanted=9, tries=5, last_error="OperationalError: x")
    assert "Suche braucht Aufmerksamkeit" in reviewer.get(home).content.decode()


def test_silence_of_the_worker_is_noticed_and_that_of_beat_alone(site):
    assert selectors.problems() == [], "a site that has just begun"
    signs.note(Sign.Part.WORKER)
    tasks.sign()
    assert selectors.problems() == []
    long_ago = timezone.now() - selectors.SILENT * 2
    Sign.objects.filter(part=Sign.Part.SCHEDULE).update(seen_at=long_ago)
    assert selectors.problems() == ["schedule"]
    Sign.objects.update(seen_at=long_ago)
    assert selectors.problems() == ["worker"]


def test_pages_that_wait_while_nothing_moves_are_noticed(site, make_guide):
    make_guide()
    services.index_due()
    guide = make_guide()
    long_ago = timezone.now() - selectors.LATE * 2
    with connection.cursor() as cursor:
        cursor.execute(
            "update wagtailcore_page set last_published_at = %s, latest_revision_created_at = %s where id = %s",
            (long_ago, long_ago, guide.pk),
        )
    assert selectors.problems() == [], "others were written just now"
    IndexedPage.objects.update(indexed_at=long_ago)
    assert selectors.problems() == ["late"]


def test_an_old_page_that_a_new_model_makes_due_has_not_waited_for_years(site, make_guide):
    guide = make_guide()
    services.index_due()
    long_ago = timezone.now() - timedelta(days=700)
    with connection.cursor() as cursor:
        cursor.execute(
            "update wagtailcore_page set last_published_at = %s where id = %s", (long_ago, guide.pk)
        )
        cursor.execute(
            "update search_indexedpage set published_at = %s where page_id = %s", (long_ago, guide.pk)
        )
    services.mark_changed([guide.pk])
    IndexedPage.objects.update(indexed_at=long_ago)
    queue = selectors.queue()
    assert queue.due == 1 and queue.waits is None
    assert selectors.problems() == []


def test_a_broker_that_does_not_answer_is_said_within_seconds(site, reviewer, monkeypatch):
    def refuse(*args, **options):
        raise OSError("Connection refused")

    monkeypatch.setattr("kombu.Connection.ensure_connection", refuse)
    assert "nicht erreichbar" in page_of(reviewer)


def test_every_problem_and_error_has_words():
    for problem in selectors.PROBLEMS:
        assert problem_in_words(problem)
    for error in ("The model x failed on 3 texts: boom", "OperationalError: y", "KeyError: z"):
        assert error_in_words(error) and "boom" not in error_in_words(error)


def test_the_screen_speaks_english_too(failed, people, reviewer):
    profile = UserProfile.get_for_user(people.reviewer)
    profile.preferred_language = "en"
    profile.save()
    assert "Pages that could not be indexed" in page_of(reviewer)
