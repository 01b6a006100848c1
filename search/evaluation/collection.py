"""A folder with texts, questions and judgements, as plain values.

    corpus.<language>.jsonl[.gz]    {"id": …, "text": …, "title": …}, a line for each text
    queries.<language>.jsonl[.gz]   {"id": …, "text": …, "split": …}
    qrels.tsv                       question, text, grade (0 to 3; with or without a line of headings)

`title` and `split` may be missing; one language suffices. A text has the same id in every language, or one that
differs in a part ":de:" alone. A question that qrels.tsv does not name is taken as one that nothing answers.
"""

from __future__ import annotations

import gzip
import json
import re
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from search.evaluation.questions import UNANSWERABLE, Question, QuestionSet, split_of

_FILE = re.compile(r"(corpus|queries)\.([a-z]{2,3}(?:-[A-Za-z]+)?)\.jsonl(?:\.gz)?")
_LANGUAGE_PART = re.compile(r":[a-z]{2}:")
_NAMESPACE = uuid.UUID("6f1d2c1e-9d0b-5f57-9a55-1f4d0e4c7b11")


class CollectionError(ValueError):
    """A collection that cannot be used; the text names file, line and what is wrong."""


@dataclass(frozen=True)
class Document:
    """A text of a collection; `id` is the same in every language."""

    id: str
    title: str
    text: str

    @property
    def key(self) -> uuid.UUID:
        return key_of(self.id)


@dataclass(frozen=True)
class Collection:
    """Files of texts and questions that belong together; texts are read when asked for."""

    folder: Path
    name: str
    corpora: dict[str, Path]
    """file by language"""
    queries: dict[str, Path]
    qrels: dict[str, dict[str, int]]
    """question id -> text id -> grade above 0"""

    @property
    def languages(self) -> list[str]:
        return sorted(self.corpora)

    def documents(self, language: str) -> Iterator[Document]:
        """Texts of a language in the order of the file. Raises CollectionError."""
        path = self.corpora[language]
        seen: set[uuid.UUID] = set()
        for line, row in _rows(path):
            title = _text(row, "title", path, line, missing="")
            document = Document(
                id=_text(row, "id", path, line),
                title=title,
                # A page of nothing but a title, as tables of contents are, can still be what is looked for.
                text=_text(row, "text", path, line, missing=title or None),
            )
            if document.key in seen:
                raise CollectionError(f"{path.name}, line {line}: the id “{document.id}” is there twice")
            seen.add(document.key)
            yield document


def key_of(document_id: str) -> uuid.UUID:
    """Translation key of a text: the same in every language."""
    return uuid.uuid5(_NAMESPACE, _LANGUAGE_PART.sub(":", document_id))


def read_collection(folder: Path) -> Collection:
    """Which files there are, and the judgements. Raises CollectionError, or for a folder that is none."""
    if not folder.is_dir():
        raise CollectionError(f"{folder} is no folder")
    files: dict[str, dict[str, Path]] = {"corpus": {}, "queries": {}}
    for path in sorted(folder.iterdir()):
        if match := _FILE.fullmatch(path.name):
            files[match[1]].setdefault(match[2], path)
    for kind, example in (("corpus", "corpus.de.jsonl.gz"), ("queries", "queries.de.jsonl")):
        if not files[kind]:
            raise CollectionError(f"{folder} holds no file like {example}")
    if not (folder / "qrels.tsv").is_file():
        raise CollectionError(f"{folder} holds no qrels.tsv")
    return Collection(
        folder=folder,
        name=re.sub(r"[^a-z0-9]+", "_", folder.resolve().name.lower()).strip("_") or "collection",
        corpora=files["corpus"],
        queries=files["queries"],
        qrels=_qrels(folder / "qrels.tsv"),
    )


def questions(collection: Collection, text_languages: Sequence[str] | None = None) -> QuestionSet:
    """Every question, once for the texts of each language (`text_languages`, by default all that have texts).

    Raises CollectionError for a broken line or a collection without a single question that can be answered.
    """
    wanted_languages = [
        code for code in collection.languages if text_languages is None or code in text_languages
    ]
    there = {
        language: {str(document.key) for document in collection.documents(language)}
        for language in wanted_languages
    }
    found: list[Question] = []
    lost = 0
    for asked_in, path in collection.queries.items():
        seen: set[str] = set()
        for line, row in _rows(path):
            question_id = _text(row, "id", path, line)
            if question_id in seen:
                raise CollectionError(f"{path.name}, line {line}: the id “{question_id}” is there twice")
            seen.add(question_id)
            grades: dict[str, int] = {}
            for document, grade in collection.qrels.get(question_id, {}).items():
                key = str(key_of(document))
                grades[key] = max(grade, grades.get(key, 0))
            text = _text(row, "text", path, line)
            split = split_of(str(row.get("split") or ""), question_id)
            for language in wanted_languages:
                wanted = {key: grade for key, grade in grades.items() if key in there[language]}
                if grades and not wanted:
                    lost += 1
                    continue
                found.append(
                    Question(
                        id=f"{asked_in}:{question_id}",
                        text=text,
                        language=asked_in,
                        wanted=wanted,
                        text_language=language,
                        only_language=language,
                        kind="" if wanted else UNANSWERABLE,
                        split=split,
                    )
                )
    if not any(question.answerable for question in found):
        raise CollectionError(
            f"{collection.folder}: no question of qrels.tsv has both its text and its answer here; "
            "are the ids the same in all files?"
        )
    warnings = (
        (f"{lost} times a question's answers are missing among the texts of a language",) if lost else ()
    )
    return QuestionSet(collection.name, tuple(found), warnings)


def _qrels(path: Path) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for number, line in enumerate(_lines(path), start=1):
        if not line.strip():
            continue
        columns = line.rstrip("\n").split("\t")
        if len(columns) == 4:  # as trec_eval writes them: question, iteration, text, grade
            columns = [columns[0], *columns[2:]]
        if len(columns) != 3:
            raise CollectionError(f"{path.name}, line {number}: question, text and grade, divided by tabs")
        question, document, score = columns
        try:
            grade = int(float(score))
        except ValueError:
            if number == 1:
                continue  # headings
            raise CollectionError(f"{path.name}, line {number}: “{score}” is no grade") from None
        if grade > 0:
            found.setdefault(question, {})[document] = grade
    if not found:
        raise CollectionError(f"{path.name} names no answer")
    return found


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(_lines(path), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError:
            raise CollectionError(f"{path.name}, line {number}: no JSON") from None
        if not isinstance(row, dict):
            raise CollectionError(f"{path.name}, line {number}: no JSON object")
        yield number, row


def _lines(path: Path) -> Iterator[str]:
    try:
        with (
            gzip.open(path, "rt", encoding="utf-8-sig")
            if path.suffix == ".gz"
            else path.open(encoding="utf-8-sig") as lines
        ):
            yield from lines
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise CollectionError(f"{path.name} cannot be read: {error}") from None


def _text(row: dict[str, Any], name: str, path: Path, line: int, *, missing: str | None = None) -> str:
    value = row.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if missing is not None and (value is None or (isinstance(value, str) and not value.strip())):
        return missing
    if not isinstance(value, str) or not value.strip():
        raise CollectionError(f"{path.name}, line {line}: “{name}” is missing or no text")
    # PostgreSQL stores no NUL.
    return value.replace("\x00", "")
