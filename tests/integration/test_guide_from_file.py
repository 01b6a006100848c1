"""A Word or Markdown file becomes the filled-in form of a guide; nothing is saved, and nothing is lost unsaid."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from docx import Document
from PIL import Image

from kb.toolbox.models import PracticeGuide

pytest_plugins = ["tests.integration.kb.conftest"]
pytestmark = pytest.mark.django_db

MARKDOWN = """---
title: Frühstück an der Rampe
time: 90-120 min
farbe: blau
---
Ein Morgen, ein Betrieb.

## Ziel

Menschen **kennenlernen**.

## Ablauf

### Ankommen (20 min)

Kaffee.

### Runde (30 min)

Eine Frage.

## Anekdoten

Es regnete.
"""


def word(build) -> bytes:
    document = Document()
    build(document)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def breakfast(document):
    document.add_heading("Frühstück an der Rampe", 0)
    document.add_paragraph("Ein Morgen, ein Betrieb.")
    document.add_heading("Ziel", 1)
    document.add_paragraph("Menschen ").add_run("kennenlernen").bold = True
    document.add_heading("Ablauf", 1)
    document.add_heading("Ankommen (20 min)", 2)
    document.add_paragraph("Kaffee.")
    document.add_heading("Runde (30 min)", 2)
    document.add_paragraph("Eine Frage", style="List Bullet")
    document.add_heading("Anhang", 1)
    table = document.add_table(2, 2)
    for number, cell in enumerate(cell for row in table.rows for cell in row.cells):
        cell.text = f"Zelle{number}"


@pytest.fixture
def address(site):
    return reverse("lotse_guide_from_file", args=[site.toolbox.pk])


@pytest.fixture
def editor(client, people):
    client.force_login(people.editor)
    return client


def upload(client, address, name, raw):
    return client.post(address, {"file": SimpleUploadedFile(name, raw)})


def go_on(client, address, preview):
    form = preview.context["form"]
    return client.post(address, {"text": form["text"].value(), "name": form["name"].value()})


@pytest.mark.parametrize(
    ("name", "raw"),
    [("fruehstueck.md", MARKDOWN.encode()), ("Frühstück.docx", word(breakfast))],
    ids=["markdown", "word"],
)
def test_the_preview_says_what_goes_where_and_the_form_is_filled_in(editor, address, name, raw):
    preview = upload(editor, address, name, raw)
    shown = preview.content.decode()
    for words in (
        "Was wohin kommt",
        "Frühstück an der Rampe",
        "2 Einträge: Ankommen · Runde",
        "„Ziel“",
        "Zusammenfassung",
    ):
        assert words in shown, words
    assert "kennenlernen ." not in shown
    form = go_on(editor, address, preview)
    assert form.status_code == 200
    page = form.context["form"].instance
    assert page.title == "Frühstück an der Rampe"
    assert [step.value["minutes"] for step in page.steps] == [20, 30]
    assert "kennenlernen</b>" in page.purpose
    assert page.slug == "fruehstueck-an-der-rampe"
    # Sent off, it goes to Wagtail's own view.
    assert re.search(r'action="/admin/pages/add/toolbox/practiceguide/\d+/"', form.content.decode())
    assert 'data-side-panel="before-publishing"' in form.content.decode()
    assert not PracticeGuide.objects.exists()


def test_what_has_no_field_is_said(editor, address):
    preview = upload(editor, address, "x.md", MARKDOWN.encode())
    assert preview.context["unused"] == {"farbe": "blau"}
    assert preview.context["sections"] == ["Anekdoten"]
    assert preview.context["lost"] == []


def test_words_of_a_header_are_named_as_not_taken_over(editor, address):
    def build(document):
        breakfast(document)
        document.add_paragraph("Kaffee")
        document.sections[0].header.paragraphs[0].text = "Vertraulich"

    preview = upload(editor, address, "x.docx", word(build))
    # Text of the header is not part of the guide; where the reader of words sees it, it is said.
    assert set(preview.context["lost"]) <= {"Vertraulich"}


def test_a_picture_leaves_its_description(editor, address):
    def build(document):
        breakfast(document)
        picture = io.BytesIO()
        Image.new("RGB", (9, 9)).save(picture, "PNG")
        picture.seek(0)
        document.add_picture(picture)
        shape = document.inline_shapes[0]
        shape._inline.docPr.set("descr", "Ein Gabelstapler")

    preview = upload(editor, address, "x.docx", word(build))
    assert "Ein Gabelstapler" in preview.context["form"]["text"].value()


def test_a_file_without_a_title_is_called_after_its_name(editor, address):
    preview = upload(
        editor, address, "runder_tisch-fachkraefte.md", b"## Ziel\n\nReden.\n\n## Ablauf\n\nSetzen.\n"
    )
    assert preview.context["draft"].title == "Runder tisch fachkraefte"


def bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"\0" * 120_000_000)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "raw", "said"),
    [
        ("x.pdf", b"%PDF", "Bitte wählen Sie eine Word-Datei"),
        ("x.md", b"", "leer"),
        ("x.md", b"\xff\xfe", "nicht UTF-8"),
        ("x.md", b"a\0b", "keine Textdatei"),
        ("x.md", b"---\ntitle: [\n---\nText", "Kopf der Datei"),
        ("x.docx", b"PK\x03\x04 kaputt", "keine Word-Datei"),
        ("x.docx", b"", "leer"),
        ("x.docx", bomb(), "größer als"),
        ("x.md", ("# " + "x" * 300 + "\n\nText").encode(), "Titel"),
    ],
)
def test_what_cannot_be_read_says_why_in_german(editor, address, name, raw, said):
    response = upload(editor, address, name, raw)
    assert response.status_code == 422
    shown = response.content.decode()
    assert said in re.sub(r"\s+", " ", shown)


def test_nothing_chosen_and_a_broken_second_step_ask_again(editor, address):
    assert editor.post(address).status_code == 422
    assert editor.post(address, {"text": ""}).status_code == 422
    assert editor.post(address, {"text": "---\ntitle: [\n---\n"}).status_code == 422


def test_the_button_stands_at_the_toolbox_and_nowhere_else(editor, site, address):
    assert address in editor.get(reverse("wagtailadmin_explore", args=[site.toolbox.pk])).content.decode()
    other = editor.get(reverse("wagtailadmin_explore", args=[site.clusters.pk])).content.decode()
    assert "guide-from-file" not in other


def test_who_may_not_add_a_guide_there_is_refused(client, people, site, address):
    for user in (people.member, people.stranger):
        client.force_login(user)
        for send in (client.get, client.post):
            assert send(address).url.startswith("/admin/login/")
    client.force_login(people.editor)
    elsewhere = reverse("lotse_guide_from_file", args=[site.clusters.pk])
    assert client.get(elsewhere).status_code == 302
    assert client.get(reverse("lotse_guide_from_file", args=[999_999]), follow=True).status_code == 404
