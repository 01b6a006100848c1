"""Judged questions about the demo content: from judgements.yaml beside it into the tables of search.evaluation."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import yaml
from django.db import transaction
from wagtail.models import Page

from demo.loader.content import LANGUAGES, ContentError
from demo.loader.pages import key_of
from demo.loader.records import Records
from search.evaluation.models import JudgedQuestion, Judgement
from search.protocol import Passage, Searchable

# Part of every digest: change it when the same row makes other judgements.
VERSION = 1
FOLDER = "judgements"


@dataclass(frozen=True)
class Answer:
    page: str  # "guides/barcamp"
    grade: int
    heading: str


@dataclass(frozen=True)
class Row:
    """A question of the file."""

    id: str
    text: str
    language: str
    kind: str
    split: str
    reader: str
    answers: tuple[Answer, ...]

    @property
    def source(self) -> str:
        return f"demo:{self.id}"

    @property
    def record(self) -> str:
        return f"{FOLDER}/{self.id}"

    @property
    def digest(self) -> str:
        return hashlib.sha256(f"{VERSION} {self!r}".encode()).hexdigest()


def read_judgements(path: Path) -> list[Row]:
    """Raises ContentError, which names the question, for a row that cannot be used."""
    try:
        rows = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    except yaml.YAMLError as error:
        raise ContentError(f"{path.name}: {str(error).splitlines()[0]}") from None
    found: dict[str, Row] = {}
    for number, row in enumerate(rows, start=1):
        read = _row(row, f"{path.name}, question {number}")
        if read.id in found:
            raise ContentError(f"{path.name}: “{read.id}” is there twice")
        found[read.id] = read
    return list(found.values())


def _row(row: Any, place: str) -> Row:
    try:
        place = f"{place} ({row['id']})"
        answers = tuple(
            Answer(str(answer["page"]), int(answer["grade"]), str(answer.get("heading") or ""))
            for answer in row["answers"]
        )
        read = Row(
            id=str(row["id"]),
            text=str(row["question"]).strip(),
            language=row["language"],
            kind=row.get("kind") or "",
            split=row.get("split") or "",
            reader=row.get("reader") or JudgedQuestion.Asker.VISITOR,
            answers=answers,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ContentError(f"{place}: {error} is missing or not what it should be") from None
    allowed: Mapping[str, Any] = {
        "language": LANGUAGES,
        "kind": JudgedQuestion.Kind.values,
        "split": JudgedQuestion.Split.values,
        "reader": JudgedQuestion.Asker.values,
    }
    for name, values in allowed.items():
        if getattr(read, name) not in values:
            raise ContentError(f"{place}: there is no {name} “{getattr(read, name)}”")
    if any(answer.grade not in Judgement.Grade.values for answer in read.answers):
        raise ContentError(f"{place}: a grade is 0, 1, 2 or 3")
    if not 0 < len(read.text) <= 500:
        raise ContentError(f"{place}: a question has 1 to 500 characters")
    return read


def load_judgements(*, path: Path, records: Records) -> list[str]:
    """Load what is new or changed, forget what is gone from the file. Returns what could not be found.

    What editors changed or deleted stays so until the file says something new about that question.
    """
    if not path.exists():
        return []
    rows = read_judgements(path)
    names = {row.record for row in rows}
    gone = [name for name in records.names if name.startswith(f"{FOLDER}/") and name not in names]
    due = [row for row in rows if not records.knows(row.record, row.digest)]
    if not due and not gone:
        return []
    headings = _Headings()
    missing: list[str] = []
    with transaction.atomic():
        for name in gone:
            JudgedQuestion.objects.filter(source=f"demo:{name.removeprefix(f'{FOLDER}/')}").delete()
            records.forget(name)
        for row in due:
            lost = [f"{path.name}, {row.id}: {problem}" for problem in _load(row, headings)]
            missing += lost
            if not lost:
                records.keep(row.record, row.digest)
    return missing


def _load(row: Row, headings: _Headings) -> Iterator[str]:
    """Writes a question; yields what its judgements name and the site does not have."""
    same = JudgedQuestion.objects.filter(text=row.text, language=row.language, reader=row.reader)
    if same.exclude(source=row.source).exists():
        return  # an editor asked the same: theirs stands
    question, _made = JudgedQuestion.objects.update_or_create(
        source=row.source,
        defaults={
            "text": row.text,
            "language": row.language,
            "kind": row.kind,
            "split": row.split,
            "reader": row.reader,
        },
    )
    judgements: dict[tuple[UUID, str], Judgement] = {}
    for answer in row.answers:
        key = key_of(answer.page)
        anchor = ""
        if not headings.there(key):
            yield f"there is no {answer.page}"
        elif answer.heading and (found := headings.anchor(key, answer.heading, row.language)) is None:
            yield f"{answer.page} has no passage “{answer.heading}”"
        elif answer.heading:
            anchor = found or ""
        judgement = Judgement(
            question=question,
            translation_key=key,
            anchor=anchor,
            heading=answer.heading,
            grade=answer.grade,
        )
        before = judgements.get((key, anchor))
        if before is None or before.grade < judgement.grade:
            judgements[key, anchor] = judgement
    question.judgements.all().delete()
    Judgement.objects.bulk_create(judgements.values())


class _Headings:
    """Passages of pages, each page read once."""

    def __init__(self) -> None:
        self._pages: dict[UUID, dict[str, list[Passage]]] = {}

    def there(self, key: UUID) -> bool:
        return bool(self._read(key))

    def anchor(self, key: UUID, heading: str, language: str) -> str | None:
        """Anchor of the passage under a heading, which is written in `language` or in the page's only one. The
        translations of a page share their anchors."""
        pages = self._read(key)
        for code in sorted(pages, key=lambda code: code != language):
            under = [passage for passage in pages[code] if heading in passage.heading_path]
            under.sort(key=lambda passage: passage.heading_path[-1] != heading)
            if under:
                return under[0].anchor
        return None

    def _read(self, key: UUID) -> dict[str, list[Passage]]:
        if key not in self._pages:
            pages = Page.objects.filter(translation_key=key, live=True).select_related("locale")
            self._pages[key] = {
                page.locale.language_code: list(cast(Searchable, page.specific).passages())
                for page in pages
                if hasattr(page.specific_class, "passages")
            }
        return self._pages[key]
