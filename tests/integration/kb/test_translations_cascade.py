"""Unpublishing, deleting and moving a source page takes its translations along, never the other way round."""

from __future__ import annotations

import pytest
from django.urls import reverse
from wagtail.models import Page

from kb.core.translating import translate
from kb.core.translations import is_translation, source_of, translations_of
from kb.toolbox.models import GuideSectionPage, PracticeGuide
from tests.integration.kb.conftest import add, english_texts, make_private


@pytest.fixture
def guide(make_guide):
    return make_guide()


@pytest.fixture
def translation(guide, english):
    return translate(guide, english, english_texts(guide))


def alive(page):
    return Page.objects.filter(pk=page.pk, live=True).exists()


def move(page, target):
    """Moves with fresh instances: treebeard trusts the counts of those it is given."""
    Page.objects.get(pk=page.pk).specific.move(Page.objects.get(pk=target.pk), pos="last-child")


def there(page):
    return Page.objects.filter(pk=page.pk).exists()


def test_source_and_translation_know_each_other(guide, translation):
    assert not is_translation(guide)
    assert is_translation(translation)
    assert source_of(translation).pk == guide.pk
    assert [page.pk for page in translations_of(guide)] == [translation.pk]
    assert not translations_of(translation).exists()


def test_english_original_is_the_source_of_its_german_translation(site, german):
    guide = add(
        site.toolbox_en,
        PracticeGuide(
            title="Hosting",
            summary="Guests",
            kind="process",
            task_area=site.area_en,
            purpose="<p>Hosts</p>",
            steps=[("step", {"title": "Ask", "minutes": 5, "text": "<p>Who</p>", "tip": ""})],
        ),
    )
    german_guide = guide.copy_for_translation(german)
    # Without wagtail-localize's record the default language counts as the source…
    assert is_translation(guide)
    german_guide.delete()
    texts = {f"steps.{guide.steps[0].id}.title": "Fragen", f"steps.{guide.steps[0].id}.text": "Wer"}
    translated = translate(
        guide,
        german,
        {"title": "Gäste", "slug": "gaeste", "summary": "Gäste", "purpose": "Gastgeber", **texts},
    )
    # …with it, what was translated from what.
    assert not is_translation(guide)
    assert is_translation(translated)


def test_unpublishing_the_source_in_code_unpublishes_the_translation(guide, translation):
    guide.unpublish()
    assert not alive(translation)


def test_unpublishing_the_translation_leaves_the_source(guide, translation):
    translation.unpublish()
    assert alive(guide)


def test_deleting_the_source_in_code_deletes_the_translation(
    guide, translation, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        guide.delete()
    assert not there(translation)


def test_deleting_through_the_queryset_deletes_the_translation(
    guide, translation, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        Page.objects.filter(pk=guide.pk).delete()
    assert not there(translation)


def test_deleting_a_section_deletes_the_translations_of_its_guides(
    site, english, make_guide, django_capture_on_commit_callbacks
):
    """Also of a guide whose translation was moved elsewhere."""
    guide = make_guide(parent=site.section)
    translation = translate(guide, english, english_texts(guide))
    move(translation, site.toolbox_en)
    with django_capture_on_commit_callbacks(execute=True):
        site.section.delete()
    assert not there(translation)
    assert not there(site.section_en)
    site.toolbox_en.refresh_from_db()
    assert site.toolbox_en.numchild == site.toolbox_en.get_children().count() == 0


def test_deleting_the_translation_leaves_the_source(guide, translation, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        translation.delete()
    assert alive(guide)


def test_moving_the_source_moves_the_translation(site, guide, translation):
    move(guide, site.section)
    translation.refresh_from_db()
    assert translation.get_parent().pk == site.section_en.pk
    assert not Page.find_problems()[0]


def test_moved_translation_gets_a_free_address(site, guide, translation, english, make_guide):
    other = make_guide("Anderes", parent=site.section)
    translate(other, english, {**english_texts(other), "title": "Other", "slug": "breakfast"})
    move(guide, site.section)
    slugs = sorted(Page.objects.child_of(site.section_en).values_list("slug", flat=True))
    assert slugs == ["breakfast", "breakfast-1"]


def test_moving_the_translation_leaves_the_source(site, guide, translation):
    move(translation, site.section_en)
    guide.refresh_from_db()
    assert guide.get_parent().pk == site.toolbox.pk


def test_translation_that_cannot_follow_into_a_private_section_goes_offline(site, guide, translation):
    section = add(site.toolbox, GuideSectionPage(title="Nur deutsch", slug="nur-deutsch", summary="…"))
    make_private(section)
    move(guide, section)
    assert not alive(translation)


def test_reordering_moves_nothing_else(site, guide, translation):
    Page.objects.get(pk=guide.pk).move(Page.objects.get(pk=site.section.pk), pos="left")
    translation.refresh_from_db()
    assert translation.get_parent().pk == site.toolbox_en.pk
    assert alive(translation)


# --- The same through the admin ---


def test_admin_names_the_translation_before_it_deletes_both(
    client, people, guide, translation, django_capture_on_commit_callbacks
):
    client.force_login(people.admin)
    address = reverse("wagtailadmin_pages:delete", args=[guide.pk])
    response = client.get(address)
    assert response.context["translation_count"] == 1
    with django_capture_on_commit_callbacks(execute=True):
        client.post(address)
    assert not there(guide)
    assert not there(translation)
    assert not Page.find_problems()[0]


def test_admin_unpublishes_both(client, people, guide, translation):
    client.force_login(people.admin)
    address = reverse("wagtailadmin_pages:unpublish", args=[guide.pk])
    assert client.get(address).context["translation_count"] == 1
    client.post(address)
    assert not alive(guide)
    assert not alive(translation)


def test_admin_moves_both_and_keeps_the_tree_sound(client, people, site, guide, translation):
    client.force_login(people.admin)
    client.post(reverse("wagtailadmin_pages:move_confirm", args=[guide.pk, site.section.pk]))
    guide.refresh_from_db()
    translation.refresh_from_db()
    assert guide.get_parent().pk == site.section.pk
    assert translation.get_parent().pk == site.section_en.pk
    assert Page.find_problems() == ([], [], [], [], [])


def test_deleting_a_translation_in_the_admin_names_no_other_page(client, people, guide, translation):
    client.force_login(people.admin)
    response = client.get(reverse("wagtailadmin_pages:delete", args=[translation.pk]))
    assert response.context["translation_count"] == 0
