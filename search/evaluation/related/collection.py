"""A folder with texts and the links that their editors made between them, as plain values.

    docs.jsonl[.gz]   {"id": …, "lang": …, "title": …, "text": …, "tags": […]}, a line for each text
    related.tsv       id, other id, kind (with or without a line of headings)

`tags` may be missing. A link holds in both directions; where there is none, nobody said that two texts do not belong
together.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from search.evaluation.collection import CollectionError, Document, key_of


@dataclass(frozen=True)
class LinkedCollection:
    """The texts of a folder, or as many of them as were asked for, with the links between those."""

    folder: Path
    name: str
    texts: dict[str, list[Document]]
    """by language"""
    tags: dict[tuple[str, str], tuple[str, ...]]
    """(key of a text, language) -> its tags"""
    links: frozenset[frozenset[tuple[str, str]]]
    """pairs of (key, language)"""

    @property
    def languages(self) -> list[str]:
        return sorted(self.texts)

    def documents(self, language: str) -> Iterator[Document]:
        return iter(self.texts[language])


def read(folder: Path, *, languages: set[str] | None = None, pages: int = 0) -> LinkedCollection:
    """Of the texts in `languages` (None: all) at most `pages` (0: all), drawn by their ids: always the same ones.

    Raises CollectionError.
    """
    if not folder.is_dir():
        raise CollectionError(f"{folder} is no folder")
    path = next(
        (folder / name for name in ("docs.jsonl", "docs.jsonl.gz") if (folder / name).is_file()), None
    )
    if path is None or not (folder / "related.tsv").is_file():
        raise CollectionError(f"{folder} needs docs.jsonl (or docs.jsonl.gz) and related.tsv")
    rows = [row for row in _rows(path) if languages is None or row["lang"] in languages]
    if pages:
        rows = sorted(rows, key=lambda row: _lot(row["id"]))[:pages]
    node = {row["id"]: (str(key_of(row["id"])), str(row["lang"])) for row in rows}
    links = frozenset(
        frozenset((node[one], node[other]))
        for one, other in _links(folder / "related.tsv")
        if one in node and other in node and node[one] != node[other]
    )
    if not links:
        raise CollectionError(f"{folder}: no link of related.tsv is between two of these texts")
    texts: dict[str, list[Document]] = {}
    for row in rows:
        texts.setdefault(row["lang"], []).append(Document(row["id"], row["title"], row["text"]))
    return LinkedCollection(
        folder=folder,
        name="related_" + re.sub(r"[^a-z0-9]+", "_", folder.resolve().name.lower()).strip("_"),
        texts=texts,
        tags={node[row["id"]]: tuple(row.get("tags") or ()) for row in rows},
        links=links,
    )


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(_lines(path), start=1):
        try:
            row = json.loads(line)
        except ValueError:
            raise CollectionError(f"{path.name}, line {number}: no JSON") from None
        if not isinstance(row, dict) or not all(
            isinstance(row.get(name), str) for name in ("id", "lang", "text")
        ):
            raise CollectionError(f"{path.name}, line {number}: “id”, “lang” and “text” were expected")
        row["title"] = str(row.get("title") or "")
        # PostgreSQL stores no NUL.
        row["text"] = row["text"].replace("\x00", "") or row["title"]
        yield row


def _links(path: Path) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(_lines(path), start=1):
        columns = line.split("\t")
        if len(columns) < 2:
            raise CollectionError(f"{path.name}, line {number}: two ids, divided by a tab")
        yield columns[0], columns[1]


def _lines(path: Path) -> Iterator[str]:
    try:
        with (
            gzip.open(path, "rt", encoding="utf-8")
            if path.suffix == ".gz"
            else path.open(encoding="utf-8") as file
        ):
            for line in file:
                if line.strip():
                    yield line.rstrip("\n")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise CollectionError(f"{path.name} cannot be read: {error}") from None


def _lot(document_id: str) -> str:
    return hashlib.blake2b(document_id.encode(), digest_size=8).hexdigest()
