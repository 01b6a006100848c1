"""What is missing on all live pages: noted in the background, read by who may change these pages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Page

from kb.checks import checking, noting
from kb.checks.finding import Kind
from kb.checks.models import PageFindings
from kb.core.translating import translate
from tests.integration.kb.conftest import case_form, english_texts, make_private
from tests.integration.test_upkeep import only_below

pytest_plugins = ["tests.integration.kb.conftest"]
pytestmark = pytest.mark.django_db

LONG = "Dieser Satz hat " + "sehr " * 25 + "viele Wörter."
LATER = timedelta(hours=1)


@pytest.fixture
def report(client, people):
    def read(user=None, **filters):
        client.force_login(user or people.editor)
        answer = client.get(reverse("lotse_findings"), filters)
        assert answer.status_code == 200
        return {page.title: page for page in answer.context["object_list"]}

    return read


def due():
    return set(noting.due().values_list("pk", flat=True))


def age(by=LATER):
    """As if everything had been published, and then checked, so long ago."""
    now = timezone.now()
    Page.objects.update(last_published_at=now - by - LATER)
    PageFindings.objects.update(checked_at=now - by)


# --- What is noted ---


def test_every_live_page_is_noted_with_what_its_list_says(make_guide, people):
    guide, draft = make_guide(purpose=f"<p>{LONG}</p>"), make_guide("Entwurf", live=False)
    assert noting.note_due(seconds=60) > 1
    noted = PageFindings.objects.get(page=guide)
    assert noted.number == sum(noted.counts.values()) == len(checking.check(guide, people.editor))
    assert (noted.counts["sentences"], noted.counts["translations"]) == (1, 1)
    assert "images" not in noted.counts
    assert not PageFindings.objects.filter(page=draft).exists()


def test_a_picture_without_words_is_counted(make_guide):
    image = get_image_model().objects.create(title="Rampe", file=get_test_image_file(), alt_de="", alt_en="")
    guide = make_guide(image=image)
    noting.note(guide)
    assert PageFindings.objects.get(page=guide).counts["images"] == 1


def test_a_turn_ends_and_the_next_one_goes_on(make_guide):
    make_guide("Eins")
    make_guide("Zwei")
    before = due()
    assert noting.note_due(seconds=0) == 1
    age()
    assert len(due()) == len(before) - 1


def test_one_page_that_fails_holds_up_no_other(make_guide, monkeypatch):
    broken, whole = make_guide("Kaputt"), make_guide("Ganz")
    right = checking.by_kind

    def by_kind(page, user):
        if page.pk == broken.pk:
            raise ValueError("no such thing")
        return right(page, user)

    monkeypatch.setattr(checking, "by_kind", by_kind)
    noting.note_due(seconds=60)
    age()
    assert PageFindings.objects.filter(page=whole).exists() and due() == {broken.pk}


# --- When ---


def test_what_was_checked_is_left_alone_until_it_is_published_again(make_guide):
    guide = make_guide()
    noting.note_due(seconds=60)
    age()
    assert due() == set()
    guide.save_revision().publish()
    assert due() == {guide.pk}


def test_a_published_translation_has_its_original_checked_again(make_guide, english):
    guide = make_guide()
    noting.note_due(seconds=60)
    age()
    page = translate(guide, english, english_texts(guide))
    assert due() == {guide.pk, page.pk}
    noting.note_due(seconds=60)
    assert "translations" not in PageFindings.objects.get(page=guide).counts


def test_each_page_is_checked_once_a_day_for_what_changed_elsewhere(make_guide):
    other = make_guide("Ziel")
    guide = make_guide(purpose=f'<p><a linktype="page" id="{other.pk}">dort</a></p>')
    noting.note_due(seconds=60)
    assert "links" not in PageFindings.objects.get(page=guide).counts
    other.unpublish()
    age(timedelta(hours=23))
    assert guide.pk not in due()
    age(timedelta(hours=25))
    noting.note_due(seconds=60)
    assert PageFindings.objects.get(page=guide).counts["links"] == 1


def test_a_deleted_page_leaves_nothing(make_guide):
    guide = make_guide()
    noting.note_due(seconds=60)
    Page.objects.get(pk=guide.pk).delete()
    assert not PageFindings.objects.filter(page_id=guide.pk).exists()


def test_what_an_editor_publishes_is_right_in_the_report_at_once(client, people, site, make_cluster):
    data = case_form(make_cluster(), summary=LONG)
    client.force_login(people.reviewer)
    client.post(
        reverse("wagtailadmin_pages:add", args=["clusters", "casepage", site.cases.pk]),
        data,
    )
    assert PageFindings.objects.get(page__slug="rampe").counts["sentences"] == 1


# --- Who reads what ---


def test_the_report_shows_the_most_first_filters_and_exports(make_guide, report, client, english, people):
    little, much = make_guide("Wenig"), make_guide("Viel", purpose=f"<p>{LONG}</p>" * 3)
    translate(little, english, english_texts(little) | {"summary": LONG})
    make_guide("Entwurf", live=False)
    noting.note_due(seconds=60)
    shown = report()
    assert next(iter(shown)) == "Viel" and {"Viel", "Wenig", "Breakfast"} <= set(shown)
    assert "Lange Sätze: 3" in shown["Viel"].kinds_text and "Entwurf" not in shown
    assert set(report(kind=Kind.SENTENCES)) == {"Viel", "Breakfast"}
    in_english = report(locale=english.pk)
    assert "Breakfast" in in_english and "Viel" not in in_english
    export = client.get(reverse("lotse_findings"), {"export": "csv"}).getvalue().decode()
    assert "Lange Sätze: 3" in export and "Viel" in export
    screen = client.get(reverse("lotse_findings")).content.decode()
    assert reverse("wagtailadmin_pages:edit", args=[much.pk]) in screen
    assert reverse("lotse_before_publishing", args=[much.pk]) in screen


def test_the_report_is_filtered_by_who_is_responsible(make_guide, report, people):
    make_guide("Geprüft von", responsible=people.reviewer, owner=people.editor)
    make_guide("Begonnen von", owner=people.editor)
    noting.note_due(seconds=60)
    assert set(report(in_charge=people.reviewer.pk)) == {"Geprüft von"}
    assert set(report(in_charge=people.editor.pk)) == {"Begonnen von"}


def test_nonsense_in_the_address_is_no_error(make_guide, report):
    make_guide()
    noting.note_due(seconds=60)
    report(kind="x", locale="x", in_charge="x")


def test_each_sees_only_pages_that_they_may_change(make_guide, report, people, site):
    make_guide("Fremd", responsible=people.reviewer)
    own = make_guide("Eigen", owner=people.editor)
    noting.note_due(seconds=60)
    only_below(own, people.editor)
    assert set(report(people.editor)) == {"Eigen"}
    assert set(report(people.editor, in_charge=people.reviewer.pk)) == set(report(people.editor))


@pytest.mark.parametrize("who", ["member", "stranger"])
def test_who_changes_no_page_is_sent_away(client, make_guide, people, who):
    make_guide("Geheim", purpose=f"<p>{LONG}</p>")
    noting.note_due(seconds=60)
    client.force_login(getattr(people, who))
    for name in ("lotse_findings", "lotse_findings_results"):
        answer = client.get(reverse(name), {"export": "csv"})
        assert answer.status_code == 302 and "Geheim" not in answer.content.decode()


def test_a_double_behind_a_door_is_not_counted_for_everybody(make_guide, people):
    from search.embedding import query_embedder
    from search.index import services

    there = make_guide("Unternehmensfrühstück", summary="Mitglieder treffen sich am Morgen im Betrieb")
    like_it = make_guide("Unternehmensfrühstück", summary="Mitglieder treffen sich am Morgen")
    services.index_due()
    query_embedder().warm()
    noting.note(like_it)
    assert PageFindings.objects.get(page=like_it).counts["duplicates"] == 1
    make_private(there, people.roles.members)
    noting.note(like_it)
    assert "duplicates" not in PageFindings.objects.get(page=like_it).counts
