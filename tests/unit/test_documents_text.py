"""The words in a document, and what happens with files that are not what they say."""

import io
import logging
import time
import zipfile
from datetime import datetime

import pytest
from docx import Document
from openpyxl import Workbook
from pptx import Presentation

from kb.toolbox import documents
from kb.toolbox.documents import extract_text


def read(raw, name):
    return extract_text(io.BytesIO(raw), name)


def saved(thing):
    file = io.BytesIO()
    thing.save(file)
    return file.getvalue()


@pytest.fixture
def docx():
    document = Document()
    document.add_heading("Einladung")
    document.add_paragraph("Wir treffen uns\nam Hafen.")
    table = document.add_table(1, 3)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "Uhrzeit"
    table.cell(0, 2).text = "Ort"
    document.sections[0].header.paragraphs[0].text = "Clusterbüro"
    document.sections[0].footer.paragraphs[0].text = "Vorlage 1.2"
    return saved(document)


def pdf(text):
    """The smallest file that a PDF reader takes: one page with one line."""
    content = f"BT /F1 12 Tf 20 100 Td ({text}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 5 0 R"
        b" /Resources << /Font << /F1 4 0 R >> >> >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
    ]
    body, places = b"%PDF-1.4\n", []
    for number, thing in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, thing)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 6\n0000000000 65535 f \n" + table
    return body + head + b"trailer << /Root 1 0 R /Size 6 >>\nstartxref\n%d\n%%%%EOF" % len(body)


def test_docx(docx):
    assert read(docx, "Einladung.DOCX") == "Clusterbüro\nEinladung\nWir treffen uns\nam Hafen.\nUhrzeit · Ort"


def test_xlsx():
    book = Workbook()
    book.active.title = "Ablauf"
    book.active.append(["Zeit", None, "Thema"])
    book.active.append([9, None, "Begrüßung"])
    book.active.append([datetime(2027, 2, 26), None, datetime(2027, 2, 26, 9, 30)])

    assert (
        read(saved(book), "a.xlsx") == "Ablauf\nZeit · Thema\n9 · Begrüßung\n2027-02-26 · 2027-02-26 09:30:00"
    )


def test_pptx_with_notes():
    show = Presentation()
    slide = show.slides.add_slide(show.slide_layouts[5])
    slide.shapes.title.text = "Karte"
    slide.notes_slide.notes_text_frame.text = "Langsam sprechen"

    assert read(saved(show), "a.pptx") == "Karte\nLangsam sprechen"


def test_pdf():
    assert read(pdf("Guten Morgen"), "a.pdf") == "Guten Morgen"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_plain_text_in_common_encodings(encoding):
    assert read("Name;Größe\nMöwe;groß".encode(encoding), "a.csv") == "Name;Größe\nMöwe;groß"


def test_null_characters_are_left_out():
    assert read(b"a\0b", "a.txt") == "ab"


def test_other_formats_have_no_text():
    assert read(b"\x89PNG", "a.png") == read(b"PK", "a.zip") == read(b"", "noending") == ""


@pytest.mark.parametrize("name", ["a.pdf", "a.docx", "a.xlsx", "a.pptx"])
@pytest.mark.parametrize("raw", [b"", b"not what it says", b"PK\x03\x04 cut off", b"%PDF-1.4\n%%EOF"])
def test_a_broken_file_costs_nothing_but_a_warning(name, raw, caplog):
    with caplog.at_level(logging.WARNING):
        assert read(raw, name) == ""
    assert name in caplog.text or not raw.strip()


def test_a_file_cut_in_half_raises_nothing(docx):
    assert read(docx[: len(docx) // 2], "a.docx") == ""


def test_a_zip_of_an_office_name_without_a_document_raises_nothing():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("hello.txt", "hello")
    assert read(file.getvalue(), "a.docx") == read(file.getvalue(), "a.xlsx") == ""


def test_a_zip_bomb_is_not_unpacked(monkeypatch, docx, caplog):
    monkeypatch.setattr(documents, "MAX_UNPACKED_BYTES", 1_000)

    assert read(docx, "a.docx") == ""
    assert "unpacked" in caplog.text


def test_a_file_too_large_is_not_read(monkeypatch, caplog):
    monkeypatch.setattr(documents, "MAX_BYTES", 10)

    assert read(b"x" * 11, "a.txt") == ""
    assert "bytes" in caplog.text


def test_text_is_cut_at_the_limit(monkeypatch):
    monkeypatch.setattr(documents, "MAX_CHARACTERS", 100)

    assert len(read(b"word\n" * 1000, "a.txt")) == 100


def test_a_reader_that_never_ends_is_stopped(monkeypatch, caplog):
    ended = []

    def endless(raw):
        try:
            yield "Anfang"
            while True:
                sum(range(100))
        except documents.OutOfTime:
            ended.append(True)
            raise

    monkeypatch.setattr(documents, "MAX_SECONDS", 0.2)
    monkeypatch.setitem(documents.READERS, ".pdf", endless)

    assert read(b"%PDF", "a.pdf") == "Anfang"
    assert "stopped" in caplog.text
    for _ in range(100):
        if ended:
            break
        time.sleep(0.05)
    assert ended
