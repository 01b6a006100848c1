"""What an editor is told before a page is published; whoever may not edit it is told nothing."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import translation
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Page

from kb.checks import checking, duplicates
from search.index import services
from tests.integration.kb.conftest import case_form, make_private

pytest_plugins = ["tests.integration.kb.conftest"]
pytestmark = pytest.mark.django_db

LONG = "Dieser Satz hat " + "sehr " * 25 + "viele Wörter."


@pytest.fixture
def signed_in(people):
    def client(name: str) -> Client:
        found = Client()
        found.force_login(getattr(people, name))
        return found

    return client


def told(page, user, language="en"):
    with translation.override(language):
        return checking.check(page, user)


def about(findings, *path):
    return [one for one in findings if one.path[: len(path)] == path]


def step(text="<p>Kaffee</p>", **values):
    return ("step", {"title": "Ankommen", "minutes": 10, "text": text, "tip": "", **values})


def test_a_draft_hears_what_publishing_would_refuse_and_where(make_guide, people):
    draft = make_guide(live=False, purpose="<p></p>", steps=[], summary="")
    findings = told(draft, people.editor)
    needed = {one.path for one in findings if one.blocks}
    assert {("purpose",), ("steps",), ("summary",)} <= needed
    assert about(findings, "summary")[0].selector == '[data-contentpath="summary"]'
    assert about(told(draft, people.editor, "de"), "summary")[0].place == "Zusammenfassung"
    assert not [one for one in findings if "This link" in one.text]


def test_a_finished_guide_only_hears_advice(make_guide, people):
    findings = told(make_guide(), people.editor)
    assert not [one for one in findings if one.blocks]
    assert {one.path for one in findings if one.path} == {
        (name,) for name in ("contact", "licence", "next_review", "duration_min", "group_min")
    }


def test_a_step_without_a_title_is_named(make_guide, people):
    draft = make_guide(live=False, steps=[step(), step(title="")])
    (found,) = [one for one in about(told(draft, people.editor), "steps") if one.blocks]
    assert found.path == ("steps", draft.steps[1].id)


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_long_sentence_is_quoted_with_its_place(make_guide, people, language):
    guide = make_guide(steps=[step(f"<p>Kurz.</p><p>{LONG}</p>")], summary="z. B. am 3. Mai. Kurz ist gut.")
    (found,) = about(told(guide, people.editor, language), "steps")
    assert "Dieser Satz hat sehr" in found.text and "30" in found.text
    assert found.path == ("steps", guide.steps[0].id, "text")
    assert not about(told(guide, people.editor, language), "summary")


def test_only_the_longest_sentences_are_named_one_by_one(make_guide, people):
    guide = make_guide(purpose="".join(f"<p>{LONG}</p>" for _ in range(8)))
    assert len(about(told(guide, people.editor), "purpose")) == 5
    assert [one for one in told(guide, people.editor) if one.text.startswith("3 more sentences")]


def test_pictures_are_asked_for_their_alternative_text_in_the_language_of_the_page(make_guide, people):
    image = get_image_model().objects.create(
        title="Rampe", file=get_test_image_file(), alt_de="", alt_en="A ramp"
    )
    guide = make_guide(image=image, steps=[step(media=image)])
    findings = told(guide, people.editor)
    assert "no alternative text (German)" in about(findings, "image")[0].text
    assert about(findings, "image")[0].url == reverse("wagtailimages:edit", args=[image.pk])
    assert about(findings, "steps")[0].path[-1] == "media"
    image.alt_de = "IMG_2041.jpg"
    image.save()
    assert (
        "name of a file" in about(told(type(guide).objects.get(pk=guide.pk), people.editor), "image")[0].text
    )
    image.alt_de = "Eine Rampe am Morgen"
    image.save()
    assert not about(told(type(guide).objects.get(pk=guide.pk), people.editor), "image")


def test_links_that_lead_nowhere_are_told_apart(make_guide, people):
    draft, closed, open_ = make_guide("Entwurf", live=False), make_guide("Zu"), make_guide("Offen")
    make_private(closed)
    document = get_document_model().objects.create(title="Plan", file=ContentFile(b"x", name="plan.txt"))
    anchors = {
        "gone": '<a linktype="page" id="999999">A</a>',
        "draft": f'<a linktype="page" id="{draft.pk}">B</a>',
        "closed": f'<a linktype="page" id="{closed.pk}">C</a>',
        "open": f'<a linktype="page" id="{open_.pk}">D</a>',
        "file": '<a linktype="document" id="999999">E</a>',
        "there": f'<a linktype="document" id="{document.pk}">F</a>',
        "bare": '<a href="www.hamburg.de">G</a>',
        "outside": '<a href="https://www.hamburg.de/ziel">H</a>',
        "script": '<a href="javascript:alert(1)">I</a>',
        "mail": '<a href="mailto:info@example.org">J</a>',
    }
    guide = make_guide(purpose=f"<p>{' '.join(anchors.values())}</p>")
    texts = {one.text[10:11]: one.text for one in about(told(guide, people.editor), "purpose")}
    assert set(texts) == {"A", "B", "C", "E", "G", "I"}
    assert "not there any more" in texts["A"] and "not published" in texts["B"] and "open to" in texts["C"]


def test_a_link_between_private_pages_is_no_dead_end(make_guide, people, site):
    make_private(site.section)
    other = make_guide("Andere", parent=site.section)
    link = f'<p><a linktype="page" id="{other.pk}">dort</a></p>'
    assert about(told(make_guide(purpose=link), people.editor), "purpose")
    assert not about(told(make_guide(purpose=link, parent=site.section), people.editor), "purpose")


def test_a_chosen_page_that_was_deleted_is_named(make_guide, make_cluster, people):
    cluster = make_cluster()
    guide = make_guide(used_by=[("cluster", cluster)])
    Page.objects.get(pk=cluster.pk).delete()
    guide = type(guide).objects.get(pk=guide.pk)
    assert any("not there any more" in one.text for one in about(told(guide, people.editor), "used_by"))


@pytest.fixture
def twin(make_guide, settings):
    """A published guide, and a draft of the same subject."""
    from search.embedding import query_embedder

    there = make_guide("Unternehmensfrühstück", summary="Mitglieder treffen sich am Morgen im Betrieb")
    services.index_due()
    query_embedder().warm()
    draft = make_guide("Unternehmensfrühstück", summary="Mitglieder treffen sich am Morgen", live=False)
    return SimpleNamespace(there=there, draft=draft)


def doubles(page, user):
    return [one.text for one in duplicates.check(page, user)]


def test_a_double_is_named_and_a_page_is_not_its_own(twin, people, make_guide):
    assert [twin.there.title in text for text in doubles(twin.draft, people.editor)] == [True]
    assert not doubles(twin.there, people.editor)
    assert not doubles(make_guide("Steuern", summary="Belege sammeln und abgeben", live=False), people.editor)


def test_a_double_that_the_editor_may_not_read_leaves_no_trace(twin, people):
    make_private(twin.there, people.roles.members)
    assert not doubles(twin.draft, people.editor)
    assert doubles(twin.draft, people.admin)


def test_the_missing_translation_is_named(make_guide, people):
    guide = make_guide()
    (found,) = [one for one in told(guide, people.editor) if "English" in one.text]
    begin = reverse("wagtail_localize:submit_page_translation", args=[guide.pk])
    assert found.url == f"{begin}?select_locale=en"


def test_the_editor_shows_the_list_beside_the_form(make_guide, signed_in):
    guide = make_guide(live=False, summary="")
    shown = signed_in("editor").get(reverse("wagtailadmin_pages:edit", args=[guide.pk])).content.decode()
    assert 'data-side-panel="before-publishing"' in shown
    assert "data-contentpath=&quot;summary&quot;" in shown


def test_a_new_page_says_what_will_stand_there(site, signed_in):
    address = reverse("wagtailadmin_pages:add", args=["toolbox", "practiceguide", site.toolbox.pk])
    shown = signed_in("editor").get(address).content.decode()
    assert 'data-side-panel="before-publishing"' in shown


def test_the_list_on_its_own_page_checks_the_draft(make_guide, signed_in):
    guide = make_guide()
    guide.summary = LONG
    guide.save_revision(clean=False)
    shown = signed_in("editor").get(reverse("lotse_before_publishing", args=[guide.pk])).content.decode()
    assert "Dieser Satz hat sehr" in shown


@pytest.mark.parametrize(("who", "status"), [("member", 302), ("stranger", 302), ("editor", 200)])
def test_only_who_may_edit_the_page_reads_the_list(make_guide, signed_in, who, status):
    answer = signed_in(who).get(reverse("lotse_before_publishing", args=[make_guide().pk]))
    assert answer.status_code == status
    assert status == 200 or "/login" in answer.url or answer.url.startswith("/admin")


def test_who_edits_elsewhere_only_is_refused(make_guide, people, site):
    from django.contrib.auth.models import Permission
    from wagtail.models import GroupPagePermission

    people.other_group.permissions.add(Permission.objects.get(codename="access_admin"))
    GroupPagePermission.objects.create(
        group=people.other_group, page=site.cases, permission=Permission.objects.get(codename="change_page")
    )
    client = Client()
    client.force_login(type(people.stranger).objects.get(pk=people.stranger.pk))
    answer = client.get(reverse("lotse_before_publishing", args=[make_guide("Geheim").pk]))
    assert answer.status_code == 302 and "Geheim" not in answer.content.decode()


def test_publishing_is_not_held_up_and_says_what_is_left(site, signed_in, make_cluster):
    data = case_form(make_cluster(), summary=LONG)
    address = reverse("wagtailadmin_pages:add", args=["clusters", "casepage", site.cases.pk])
    answer = signed_in("reviewer").post(address, data, follow=True)
    assert Page.objects.get(slug="rampe").live
    assert re.search(r"könnten? noch besser sein", answer.content.decode())


# --- Files ---


@pytest.fixture
def upload(signed_in):
    def send(raw: bytes, name: str, *, title="Ablaufplan"):
        data = {"title": title, "file": ContentFile(raw, name=name), "collection": "1", "tags": ""}
        return signed_in("editor").post(reverse("wagtaildocs:add"), data)

    return send


@pytest.mark.parametrize(
    ("raw", "name"),
    [(b"%PDF-1.4\nnot really\n%%EOF", "plan.pdf"), (b"PK no zip", "plan.docx"), (b"", "plan.xlsx")],
)
def test_a_damaged_file_is_refused_in_place_and_nothing_typed_is_lost(upload, raw, name):
    answer = upload(raw, name, title="Mein Titel")
    assert answer.status_code == 200
    assert answer.context["form"].errors["file"]
    assert "Mein Titel" in answer.content.decode()
    assert not get_document_model().objects.exists()


def test_a_damaged_file_among_several_is_named_too(signed_in):
    file = ContentFile(b"%PDF-1.4\nnot really", name="plan.pdf")
    answer = signed_in("editor").post(
        reverse("wagtaildocs:add_multiple"),
        {"files[]": file, "collection": "1"},
        headers={"x-requested-with": "XMLHttpRequest"},
    )
    assert answer.json()["success"] is False
    assert "beschädigt" in answer.json()["error_message"]


def test_a_whole_file_is_taken(upload):
    assert upload(b"Ein Plan", "plan.txt").status_code == 302
    assert get_document_model().objects.get().title == "Ablaufplan"


def test_a_file_without_words_is_named(people, site):
    from kb.toolbox.models import TemplatePage
    from tests.integration.kb.conftest import add

    document = get_document_model().objects.create(title="Scan", file=ContentFile(b" ", name="scan.txt"))
    files = [("file", {"document": document, "language": "de", "label": ""})]
    page = add(site.templates, TemplatePage(title="Plan", summary="Plan", purpose="<p>x</p>", files=files))
    assert [one for one in about(told(page, people.editor), "files") if "scan" in one.text]
