"""The words in a PDF, DOCX, XLSX, PPTX, TXT or CSV file. Whatever is wrong with a file costs nobody their upload."""

from __future__ import annotations

import ctypes
import io
import logging
import threading
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from datetime import time as time_of_day
from pathlib import PurePath
from typing import IO, Any

logger = logging.getLogger(__name__)

# A page of text has 3,000 characters: this is a book of 130 pages, beyond what a passage of a template is about.
MAX_CHARACTERS = 400_000
MAX_BYTES = 50_000_000
# Office files are zip archives; more than this unpacked is not for reading (a "zip bomb" reaches it in no time).
MAX_UNPACKED_BYTES = 300_000_000
# The 24 files of the demo take 0.05 s each.
MAX_SECONDS = 10.0


class TooMuch(Exception):
    """A file beyond one of the limits above."""


class OutOfTime(Exception):
    """Raised inside the reading thread when its time is over."""


def extract_text(file: IO[bytes], name: str) -> str:
    """The text of a file, one paragraph, row or cell a line; "" and a logged warning where there is none to get.

    `name` decides by its ending how the file is read. Never raises.
    """
    reader = READERS.get(PurePath(name).suffix.lower())
    if reader is None:
        return ""
    try:
        raw = file.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise TooMuch(f"more than {MAX_BYTES:,} bytes")
        return _within_time(reader, raw)
    except Exception as error:
        # Parsers of foreign formats raise anything; the reason goes to the log, the document stays usable.
        logger.warning("No text read from %s: %s: %s", name, type(error).__name__, error)
        return ""


def is_damaged(file: IO[bytes], name: str) -> bool:
    """Whether the file is not what its name says. What is too large or takes too long to look at is not called damaged.

    Leaves `file` at its beginning.
    """
    opener = OPENERS.get(PurePath(name).suffix.lower())
    if opener is None:
        return False
    file.seek(0)
    raw = file.read(MAX_BYTES + 1)
    file.seek(0)
    if len(raw) > MAX_BYTES:
        return False
    try:
        _within_time(opener, raw)
    except TooMuch:
        return False
    except Exception:  # parsers of foreign formats raise anything
        return True
    return False


def _within_time(reader: Callable[[bytes], Iterable[str]], raw: bytes) -> str:
    """The joined lines of `reader`, as far as they came within MAX_SECONDS and MAX_CHARACTERS."""
    lines: list[str] = []
    problem: list[Exception] = []

    def read() -> None:
        try:
            _collect(reader(raw), lines)
        except Exception as error:
            problem.append(error)

    thread = threading.Thread(target=read, name="extract-text", daemon=True)
    thread.start()
    thread.join(MAX_SECONDS)
    if thread.is_alive():
        # All readers are Python code, which this reaches; an endless loop in a broken PDF ends here.
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(thread.ident or 0), ctypes.py_object(OutOfTime)
        )
        logger.warning("Reading a file's text was stopped after %s s, with %s lines", MAX_SECONDS, len(lines))
    elif problem and not lines:
        raise problem[0]
    elif problem:
        logger.warning("A file's text was read in part: %s: %s", type(problem[0]).__name__, problem[0])
    return "\n".join(lines)[:MAX_CHARACTERS]


def _collect(parts: Iterable[str], lines: list[str]) -> None:
    characters = 0
    deadline = time.monotonic() + MAX_SECONDS
    for part in parts:
        for line in part.replace("\0", "").splitlines():
            if words := " ".join(line.split()):
                lines.append(words)
                characters += len(words)
        if characters > MAX_CHARACTERS or time.monotonic() > deadline:
            return


# --- One reader for each format ---


def _pdf(raw: bytes) -> Iterator[str]:
    from pypdf import PdfReader

    for page in PdfReader(io.BytesIO(raw)).pages:
        yield page.extract_text()


def _docx(raw: bytes) -> Iterator[str]:
    from docx import Document
    from docx.table import Table

    document = Document(io.BytesIO(_checked(raw)))

    def words(parent: Any) -> Iterator[str]:
        for part in parent.iter_inner_content():
            if isinstance(part, Table):
                for row in part.rows:
                    yield _row(_once(cell.text for cell in row.cells))
            else:
                yield part.text

    # No footers: "Page 1 of 2, version 1.2" answers nobody and would be shown as the passage that does.
    for section in document.sections:
        yield from words(section.header)
    yield from words(document)


def _xlsx(raw: bytes) -> Iterator[str]:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(_checked(raw)), read_only=True, data_only=True)
    try:
        for sheet in book.worksheets:
            yield sheet.title
            for row in sheet.iter_rows(values_only=True):
                yield _row(_written(cell) for cell in row if cell is not None)
    finally:
        book.close()


def _pptx(raw: bytes) -> Iterator[str]:
    from pptx import Presentation

    def words(shapes: Any) -> Iterator[str]:
        for shape in shapes:
            if hasattr(shape, "shapes"):
                yield from words(shape.shapes)
            elif shape.has_text_frame:
                yield shape.text_frame.text
            elif getattr(shape, "has_table", False):
                for row in shape.table.rows:
                    yield _row(cell.text for cell in row.cells)

    for slide in Presentation(io.BytesIO(_checked(raw))).slides:
        yield from words(slide.shapes)
        if slide.has_notes_slide:
            yield slide.notes_slide.notes_text_frame.text


def _plain(raw: bytes) -> Iterator[str]:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            yield raw[: 4 * MAX_CHARACTERS].decode(encoding)
        except UnicodeDecodeError:
            continue
        return
    yield raw[: 4 * MAX_CHARACTERS].decode("utf-8", errors="replace")


READERS: dict[str, Callable[[bytes], Iterable[str]]] = {
    ".pdf": _pdf,
    ".docx": _docx,
    ".xlsx": _xlsx,
    ".pptx": _pptx,
    ".txt": _plain,
    ".csv": _plain,
}


def _pages(raw: bytes) -> Iterator[str]:
    from pypdf import PdfReader

    # An encrypted file is whole: who has the password can open it.
    reader = PdfReader(io.BytesIO(raw))
    if not reader.is_encrypted and not len(reader.pages):
        raise ValueError("no pages")
    yield ""


def _entries(raw: bytes) -> Iterator[str]:
    _checked(raw)
    yield ""


OPENERS: dict[str, Callable[[bytes], Iterable[str]]] = {
    ".pdf": _pages,
    ".docx": _entries,
    ".xlsx": _entries,
    ".pptx": _entries,
    ".odt": _entries,
    ".zip": _entries,
}


def _checked(raw: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED_BYTES:
            raise TooMuch(f"more than {MAX_UNPACKED_BYTES:,} bytes unpacked")
    return raw


def _written(cell: Any) -> str:
    """A cell as a reader of the table sees it: spreadsheets know no days, only midnights."""
    if isinstance(cell, datetime) and cell.time() == time_of_day.min:
        return cell.date().isoformat()
    return str(cell)


def _row(cells: Iterable[str]) -> str:
    return " · ".join(" ".join(cell.split()) for cell in cells if cell.strip())


def _once(cells: Iterable[str]) -> Iterator[str]:
    """Merged cells come once for each column they span."""
    before = None
    for cell in cells:
        if cell != before:
            yield cell
        before = cell
