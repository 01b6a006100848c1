"""No German text is published under /en/."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Locale, Page
from wagtail_localize.models import LocaleSynchronization, StringTranslation, Translation, TranslationSource
from wagtail_localize.operations import translate_object

from kb.core.models import TaskArea
from kb.core.publication import TranslationIncomplete, missing_texts
from kb.core.tasks import publish_scheduled
from kb.core.translating import translate
from tests.integration.kb.conftest import english_texts


@pytest.fixture
def guide(make_guide):
    return make_guide()


@pytest.fixture
def incomplete(guide, english):
    """A translation with its title alone."""
    translate(guide, english, {"title": "Breakfast"}, publish=False)
    return Translation.objects.get(source__object_id=guide.translation_key)


def target(translation):
    return translation.get_target_instance().specific


def test_submitting_for_translation_publishes_nothing(guide, english):
    translate_object(guide, [english])
    assert not guide.get_translation(english).live


def test_save_target_refuses_and_keeps_the_draft(incomplete, django_capture_on_commit_callbacks):
    with pytest.raises(TranslationIncomplete) as refused, django_capture_on_commit_callbacks(execute=True):
        incomplete.save_target(publish=True)
    assert "5" in str(refused.value.messages)
    page = target(incomplete)
    assert not page.live
    assert page.get_latest_revision_as_object().title == "Breakfast"


def test_complete_translation_is_published(guide, incomplete, english, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        page = translate(guide, english, english_texts(guide))
    assert page.live
    assert page.steps[0].value["title"] == "Arriving"
    with django_capture_on_commit_callbacks(execute=True):
        incomplete.save_target(publish=True)


def test_publishing_the_draft_revision_is_refused(incomplete):
    with pytest.raises(ValidationError):
        target(incomplete).get_latest_revision().publish()
    assert not target(incomplete).live


def test_text_with_an_error_counts_as_missing(guide, english):
    translate(guide, english, english_texts(guide))
    page = guide.get_translation(english)
    StringTranslation.objects.filter(data="Contacts").update(has_error=True)
    assert missing_texts(page)[0] == 1


def test_untranslated_task_area_counts_as_missing(guide, site, german, english, make_guide):
    area = TaskArea.objects.create(name="Neu", slug="neu", locale=german)
    page = translate(guide, english, english_texts(guide))
    guide.task_area = area
    guide.save_revision().publish()
    source, _ = TranslationSource.update_or_create_from_instance(guide)
    assert missing_texts(page) == (1, 7)
    translate(area, english, {"name": "New"})
    assert missing_texts(page) == (0, 7)
    assert source.translations.count() == 1


def test_changed_source_leaves_the_published_translation_as_it_was(
    guide, english, django_capture_on_commit_callbacks
):
    page = translate(guide, english, english_texts(guide))
    guide.purpose = "<p>Etwas Neues</p>"
    guide.save_revision().publish()
    translation = Translation.objects.get(source__object_id=guide.translation_key)
    translation.source.update_from_db()
    with pytest.raises(TranslationIncomplete), django_capture_on_commit_callbacks(execute=True):
        translation.save_target(publish=True)
    page.refresh_from_db()
    assert page.live
    assert "Contacts" in page.purpose


def test_draft_of_a_live_translation_leaves_the_live_text(guide, english):
    """wagtail-localize writes drafts into the live row; with texts missing, German would stand under /en/ at once."""
    page = translate(guide, english, english_texts(guide))
    guide.purpose = "<p>Etwas Neues</p>"
    guide.save_revision().publish()
    translation = Translation.objects.get(source__object_id=guide.translation_key)
    translation.source.update_from_db()
    translation.save_target(publish=False)
    page.refresh_from_db()
    assert page.live
    assert "Contacts" in page.purpose
    assert page.has_unpublished_changes
    assert "Etwas Neues" in page.get_latest_revision_as_object().purpose
    translate(guide, english, {**english_texts(guide), "purpose": "Something new"})
    page.refresh_from_db()
    assert "Something new" in page.purpose
    assert not page.has_unpublished_changes


def test_live_alias_that_becomes_a_translation_begins_as_a_draft(
    guide, english, django_capture_on_commit_callbacks
):
    guide.copy_for_translation(english, alias=True)
    with django_capture_on_commit_callbacks(execute=True):
        translate(guide, english, {"title": "Breakfast"}, publish=False)
    page = guide.get_translation(english)
    assert page.alias_of_id is None
    assert not page.live


def test_stopped_translation_is_its_editors_own(incomplete):
    """Once synchronisation is switched off, the page is an ordinary one and its editor answers for it."""
    incomplete.enabled = False
    incomplete.save()
    page = target(incomplete)
    assert missing_texts(page) == (0, 0)
    page.get_latest_revision().publish()
    assert target(incomplete).live


# --- Through the admin ---


def test_editor_view_says_what_is_missing(client, people, incomplete, django_capture_on_commit_callbacks):
    client.force_login(people.reviewer)
    page = target(incomplete)
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(
            reverse("wagtailadmin_pages:edit", args=[page.pk]), {"action": "publish"}, follow=True
        )
    told = [str(message) for message in response.context["messages"]]
    assert any("4 von 7" in message and page.title in message for message in told), told
    assert not target(incomplete).live


def publish(client, page, capture):
    with capture(execute=True):
        address = reverse("wagtailadmin_pages:edit", args=[page.pk])
        return client.post(address, {"action": "publish"}, follow=True)


def test_an_address_nobody_translated_is_made_of_the_title(
    client, people, guide, english, make_guide, site, django_capture_on_commit_callbacks
):
    texts = english_texts(guide) | {"slug": ""}
    page = translate(guide, english, texts, publish=False)
    make_guide("Taken", parent=site.toolbox_en, slug="breakfast")
    client.force_login(people.reviewer)
    publish(client, page, django_capture_on_commit_callbacks)
    page.refresh_from_db()
    assert (page.live, page.slug) == (True, "breakfast-2")


def test_an_address_that_was_translated_stays(
    client, people, guide, english, django_capture_on_commit_callbacks
):
    page = translate(guide, english, english_texts(guide) | {"slug": "morning"}, publish=False)
    client.force_login(people.reviewer)
    publish(client, page, django_capture_on_commit_callbacks)
    page.refresh_from_db()
    assert (page.live, page.slug) == (True, "morning")


def test_sync_view_publishes_nothing_incomplete_and_says_so(
    client, people, guide, english, django_capture_on_commit_callbacks
):
    page = translate(guide, english, english_texts(guide))
    guide.purpose = "<p>Etwas Neues</p>"
    guide.save_revision().publish()
    source = TranslationSource.objects.get(object_id=guide.translation_key)
    client.force_login(people.reviewer)
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(
            reverse("wagtail_localize:update_translations", args=[source.pk]),
            {"publish_translations": "on"},
            follow=True,
        )
    assert response.status_code == 200
    told = [str(message) for message in response.context["messages"]]
    assert any("1" in message and page.title in message for message in told), told
    page.refresh_from_db()
    assert "Contacts" in page.purpose


def test_sync_view_does_not_publish_for_somebody_who_may_not(client, people, guide, english):
    """wagtail-localize asks for the permission to translate only; that would go round the review."""
    page = translate(guide, english, english_texts(guide))
    page.unpublish()
    source = TranslationSource.objects.get(object_id=guide.translation_key)
    client.force_login(people.editor)
    address = reverse("wagtail_localize:update_translations", args=[source.pk])
    assert client.get(address).status_code == 200
    response = client.post(address, {"publish_translations": "on"})
    assert response.status_code in {302, 403}
    page.refresh_from_db()
    assert not page.live


def test_editor_cannot_replace_a_live_translation_by_an_alias(client, people, guide, english):
    page = translate(guide, english, english_texts(guide))
    translation = Translation.objects.get(source__object_id=guide.translation_key)
    translation.enabled = False
    translation.save()
    address = reverse("wagtail_localize:convert_to_alias", args=[page.pk])
    client.force_login(people.editor)
    client.post(address)
    page.refresh_from_db()
    assert page.alias_of_id is None
    client.force_login(people.reviewer)
    client.post(address)
    page.refresh_from_db()
    assert page.alias_of_id == guide.pk


# --- Aliases and schedules ---


def test_alias_in_another_language_sends_readers_to_the_original(client, guide, english):
    alias = guide.copy_for_translation(english, alias=True)
    assert alias.live
    response = client.get(alias.get_url())
    assert response.status_code == 302
    assert response.url == guide.get_url()
    assert not alias.specific.is_indexable


def test_synchronised_locale_shows_no_german_under_english(client, guide, german):
    """LocaleSynchronization fills a new language with aliases of everything."""
    french = Locale.objects.create(language_code="fr")
    LocaleSynchronization.objects.create(locale=french, sync_from=german)
    alias = Page.objects.get(translation_key=guide.translation_key, locale=french)
    assert alias.alias_of_id == guide.pk
    assert not alias.specific.is_indexable


def test_incomplete_translation_does_not_stop_the_schedule(make_guide, guide, english):
    page = translate(guide, english, english_texts(guide))
    page.unpublish()
    revision = page.save_revision()
    other = make_guide("Später", live=False).latest_revision
    for scheduled in (revision, other):
        scheduled.approved_go_live_at = timezone.now()
        scheduled.save()
    guide.purpose = "<p>Etwas Neues</p>"
    guide.save_revision().publish()
    TranslationSource.objects.get(object_id=guide.translation_key).update_from_db()
    publish_scheduled()
    page.refresh_from_db()
    assert not page.live
    assert Page.objects.get(pk=other.object_id).live
