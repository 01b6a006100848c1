"""What a practice guide demands before it is published, and what it refuses altogether."""

from __future__ import annotations

import datetime
import re
import time
from threading import Thread

import psycopg
import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import connection
from django.urls import reverse
from django.utils.translation import override
from wagtail.documents import get_document_model
from wagtail.models import Page
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from kb.toolbox.models import PracticeGuide, TemplatePage
from kb.toolbox.templatetags.guides import own_language_first
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


def test_files_in_the_readers_language_come_first():
    files = TemplatePage(
        files=[
            ("file", {"document": None, "language": language, "label": label})
            for language, label in [("de", "Plan"), ("en", "Plan A"), ("en", "Plan B")]
        ]
    ).files
    orders = {}
    for language in ("de", "en"):
        with override(language):
            orders[language] = [file.value["label"] for file in own_language_first(files)]
    assert orders == {"de": ["Plan", "Plan A", "Plan B"], "en": ["Plan A", "Plan B", "Plan"]}


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


def test_dates_are_asked_for_by_the_browsers_own_field_in_either_language(people, client, make_guide):
    """Wagtail's makes today of "31.12.2027"."""
    client.force_login(people.editor)
    guide = make_guide(next_review=datetime.date(2027, 12, 31))
    for language in ("de", "en"):
        html = client.get(
            reverse("wagtailadmin_pages:edit", args=[guide.pk]), HTTP_ACCEPT_LANGUAGE=language
        ).content.decode()
        assert re.search(r'<input type="date" name="next_review" value="2027-12-31"', html)
        assert re.search(r'<input type="datetime-local" name="go_live_at"', html)


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


# --- One form, one page: the browser saves a draft by itself while somebody presses "publish" ---


def key_of(client, site):
    """The page that a new form is going to make."""
    html = client.get(
        reverse("wagtailadmin_pages:add", args=["toolbox", "practiceguide", site.toolbox.pk])
    ).content.decode()
    return re.search(r'name="translation_key" value="([0-9a-f-]{36})"', html)[1]


def send_on(client, answer, data):
    """What a browser does when it is told to send the same form to another address."""
    assert answer.status_code == 307
    return client.post(answer.url, data)


def test_publishing_a_form_whose_draft_is_there_already_publishes_that_draft(reviewer, site, form):
    step = {"title": "Ankommen", "minutes": "10", "text": rich_text("<p>Kaffee</p>"), "media": "", "tip": ""}
    key = key_of(reviewer, site)
    address = reverse("wagtailadmin_pages:add", args=["toolbox", "practiceguide", site.toolbox.pk])
    draft = reviewer.post(
        address, form(title="Früh", slug="frueh", translation_key=key), HTTP_ACCEPT="application/json"
    )
    assert draft.json()["success"]

    data = form(
        purpose="<p>Kontakte</p>", steps=[("step", step)], translation_key=key, **{"action-publish": "1"}
    )
    for _press in range(2):
        assert send_on(reviewer, create(reviewer, site, data), data).status_code == 302

    guide = PracticeGuide.objects.get()
    assert (guide.live, guide.title, guide.slug, len(guide.steps)) == (True, "Frühstück", "fruehstueck", 1)
    assert not guide.has_unpublished_changes


def test_the_second_of_two_waits_for_the_first(reviewer, site, form):
    key = key_of(reviewer, site)
    waited = []
    with psycopg.connect(**connection.get_connection_params() | {"autocommit": True}) as other:
        lock = [key]
        other.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", lock)

        def let_go():
            while not other.execute(
                "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            ).fetchone():
                time.sleep(0.01)
            waited.append(True)
            other.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", lock)

        thread = Thread(target=let_go)
        thread.start()
        assert create(reviewer, site, form(translation_key=key)).status_code == 302
        thread.join()
    assert waited


def test_a_form_that_was_refused_is_still_the_same_form(reviewer, site, form):
    key = key_of(reviewer, site)
    refused = create(reviewer, site, form(translation_key=key, **{"action-publish": "1"}))
    assert key in refused.content.decode()


@pytest.mark.parametrize("sent", ["", "nonsense", "0" * 40])
def test_a_form_without_a_name_makes_a_page_as_well(editor, site, form, sent):
    assert create(editor, site, form(translation_key=sent)).status_code == 302


def test_the_name_of_somebody_elses_page_leads_nowhere(editor, site, form, make_guide):
    theirs = make_guide(slug="ihre")
    assert create(editor, site, form(translation_key=str(theirs.translation_key))).status_code == 302
    mine = PracticeGuide.objects.get(slug="fruehstueck")
    assert mine.translation_key != theirs.translation_key
    theirs.refresh_from_db()
    assert theirs.slug == "ihre"
