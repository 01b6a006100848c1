"""What a practice guide demands before it is published, and what it refuses altogether."""

from __future__ import annotations

import datetime
import re

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.urls import reverse
from wagtail.documents import get_document_model
from wagtail.models import Page
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from kb.toolbox.models import PracticeGuide, TemplatePage
from tests.integration.kb.conftest import add

TODAY = datetime.date.today()


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"group_min": 20, "group_max": 10}, "group_max"),
        ({"duration_min": 90, "duration_max": 60}, "duration_max"),
        ({"duration_min": -5}, "duration_min"),
        ({"duration_min": 0}, "duration_min"),
        ({"group_min": 0}, "group_min"),
        ({"lead_time_days": -1}, "lead_time_days"),
        ({"effort_days": -1}, "effort_days"),
        ({"reviewed_on": TODAY, "next_review": TODAY - datetime.timedelta(days=1)}, "next_review"),
        ({"reviewed_on": TODAY + datetime.timedelta(days=1)}, "reviewed_on"),
        ({"summary": "x" * 301}, "summary"),
        ({"summary": ""}, "summary"),
        ({"kind": "party"}, "kind"),
        ({"kind": ""}, "kind"),
        ({"purpose": ""}, "purpose"),
        ({"steps": []}, "steps"),
        ({"contact": "nobody"}, "contact"),
        ({"source_url": "javascript:alert(1)"}, "source_url"),
    ],
)
def test_what_cannot_be_is_refused(make_guide, fields, wrong):
    with pytest.raises(ValidationError) as refused:
        make_guide(**fields)
    assert list(refused.value.message_dict) == [wrong]


@pytest.mark.parametrize(
    "fields",
    [
        {"group_min": 10, "group_max": 10},
        {"duration_min": 90},
        {"duration_max": 90},
        {"group_max": 12},
        {"lead_time_days": 0, "effort_days": 0},
        {"kind": "checklist", "steps": [], "preparation": [("item", "Raum buchen")]},
    ],
)
def test_what_can_be_is_published(make_guide, fields):
    assert make_guide(**fields).live


def test_draft_may_be_unfinished(make_guide):
    assert not make_guide(live=False, purpose="", steps=[], summary="").live


def test_task_area_in_use_cannot_be_deleted(site, make_guide):
    from django.db.models import ProtectedError

    make_guide()
    with pytest.raises(ProtectedError):
        site.area.delete()


def test_template_needs_a_file(site):
    with pytest.raises(ValidationError) as refused:
        add(site.templates, TemplatePage(title="Leer", summary="Ein Plan", purpose="<p>Planen</p>"))
    assert list(refused.value.message_dict) == ["files"]


@pytest.mark.parametrize(("languages", "read"), [(["de", "en"], ["de"]), (["en"], ["en"])])
def test_template_is_found_by_the_words_of_files_in_its_language(site, languages, read, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    files = []
    for language in languages:
        content = ContentFile(f"words in {language}".encode(), name=f"{language}.txt")
        document = get_document_model().objects.create(title=language, file=content)
        files.append(("file", {"document": document, "language": language, "label": ""}))
    page = add(
        site.templates, TemplatePage(title="Plan", summary="Ein Plan", purpose="<p>Planen</p>", files=files)
    )

    found = [passage.text for passage in page.passages() if passage.anchor == "files"]
    assert found == [f"words in {language}" for language in read]


# --- In the admin ---

RICH_TEXTS = ["purpose", "when_to_use", "when_not_to_use", "inclusive_delivery"]
STREAMS = [
    "roles", "preparation", "materials", "steps", "pitfalls", "variants", "success", "body", "used_by",
    "co_learning_fields", "templates", "related_guides",
]  # fmt: skip


@pytest.fixture
def form(site):
    """What a browser sends from the form of a new guide; fields can be replaced."""

    def form(**fields):
        steps = fields.pop("steps", [])
        values = {
            "title": "Frühstück",
            "slug": "fruehstueck",
            "summary": "Ein Morgen",
            "kind": "method",
            "status": "draft",
            "task_area": str(site.area.pk),
            "comments-TOTAL_FORMS": "0",
            "comments-INITIAL_FORMS": "0",
        } | fields
        texts = {
            name: rich_text(values.pop(name, ""))
            for name in ("purpose", "when_to_use", "when_not_to_use", "inclusive_delivery")
        }
        streams = {name: streamfield(steps if name == "steps" else []) for name in STREAMS}
        return nested_form_data(values | texts | streams)

    return form


def create(client, site, data):
    return client.post(
        reverse("wagtailadmin_pages:add", args=["toolbox", "practiceguide", site.toolbox.pk]), data
    )


def test_editor_saves_an_unfinished_draft(client, people, site, form):
    client.force_login(people.editor)
    response = create(client, site, form(summary=""))
    assert response.status_code == 302, response.context["form"].errors
    assert not PracticeGuide.objects.get(title="Frühstück").live


def test_a_summary_is_written_in_a_field_that_shows_it_and_stays_one_paragraph(client, people, site, form):
    client.force_login(people.editor)
    html = client.get(
        reverse("wagtailadmin_pages:add", args=["toolbox", "practiceguide", site.toolbox.pk])
    ).content.decode()
    assert re.search(r'<textarea[^>]+name="summary"[^>]+maxlength="300"', html)
    create(client, site, form(summary="Ein Morgen.\r\nUnd ein Kaffee. "))
    assert PracticeGuide.objects.get(title="Frühstück").summary == "Ein Morgen. Und ein Kaffee."


def test_publishing_an_unfinished_guide_names_what_is_missing(client, people, site, form):
    client.force_login(people.reviewer)
    response = create(client, site, form(**{"action-publish": "1", "summary": ""}))
    assert response.status_code == 200
    assert set(response.context["form"].errors) == {"summary", "purpose", "steps"}
    assert not PracticeGuide.objects.exists()


def test_contradiction_is_named_even_in_a_draft(client, people, site, form):
    client.force_login(people.editor)
    response = create(client, site, form(group_min="20", group_max="10"))
    assert set(response.context["form"].errors) == {"group_max"}


def test_reviewer_publishes_a_finished_guide(client, people, site, form, django_capture_on_commit_callbacks):
    client.force_login(people.reviewer)
    step = {"title": "Ankommen", "minutes": "10", "text": rich_text("<p>Kaffee</p>"), "media": "", "tip": ""}
    data = form(purpose="<p>Kontakte</p>", steps=[("step", step)], **{"action-publish": "1"})
    with django_capture_on_commit_callbacks(execute=True):
        response = create(client, site, data)
    assert response.status_code == 302, response.context["form"].errors
    assert PracticeGuide.objects.get().live


def test_an_address_that_is_taken_meanwhile_is_told_in_the_form_and_nothing_is_lost(
    reviewer, site, form, make_guide, monkeypatch
):
    make_guide(slug="fruehstueck")
    asked = iter([True])  # the form finds it free, and then the other page is there
    real = Page._slug_is_available
    monkeypatch.setattr(
        Page, "_slug_is_available", staticmethod(lambda *args: next(asked, None) or real(*args))
    )
    step = {"title": "Ankommen", "minutes": "10", "text": rich_text("<p>Kaffee</p>"), "media": "", "tip": ""}
    data = form(purpose="<p>Kontakte</p>", steps=[("step", step)], **{"action-publish": "1"})
    response = create(reviewer, site, data)
    assert response.status_code == 200
    assert set(response.context["form"].errors) == {"slug"}
    assert "Ein Morgen" in response.content.decode()
    assert PracticeGuide.objects.count() == 1
    assert create(reviewer, site, data | {"slug": "fruehstueck-2"}).status_code == 302


def test_editor_cannot_publish_but_submit(client, people, site, form):
    client.force_login(people.editor)
    step = {"title": "Ankommen", "minutes": "10", "text": rich_text("<p>Kaffee</p>"), "media": "", "tip": ""}
    create(client, site, form(purpose="<p>Kontakte</p>", steps=[("step", step)], **{"action-publish": "1"}))
    assert not PracticeGuide.objects.get().live


def test_editing_form_has_the_four_tabs(client, people, site, make_guide):
    client.force_login(people.editor)
    response = client.get(reverse("wagtailadmin_pages:edit", args=[make_guide().pk]))
    headings = [str(panel.heading) for panel in response.context["edit_handler"].children]
    assert len(headings) == 4


def test_tree_takes_each_kind_of_page_where_it_belongs(site):
    def allowed(parent):
        return {model.__name__ for model in parent.specific_class.allowed_subpage_models()}

    assert allowed(site.toolbox) == {"PracticeGuide", "GuideSectionPage"}
    assert allowed(site.section) == {"PracticeGuide"}
    assert allowed(site.clusters) == {"ClusterPage"}
    assert "PracticeGuide" not in allowed(site.home)
    assert {
        model.__name__ for model in Page.get_first_root_node().specific_class.allowed_subpage_models()
    } >= {"HomePage"}
