"""The content folder as plain values."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from kb.toolbox.markdown import SourceError, read_source

CONTENT = Path(__file__).resolve().parent.parent / "content"
LANGUAGES = ("de", "en")

# Folders of pages, each after those whose pages it needs as parents.
FOLDERS = (
    "pages",
    "clusters",
    "pages_aviation",
    "fields",
    "templates",
    "guides",
    "guides_members",
    "cases",
    "needs_offers",
    "news",
    "bridges",
)
FILE_NAME = re.compile(r"([a-z0-9-]+)\.(de|en)\.md")


class ContentError(ValueError):
    """A file of the demo content that cannot be loaded; the message names it and what is wrong."""


@dataclass(frozen=True)
class Text:
    """A page in one language."""

    path: str  # relative to the content folder
    front_matter: Mapping[str, Any]
    body: str
    digest: str

    def __getitem__(self, name: str) -> Any:
        """A required value of the front matter. Raises ContentError when it is missing."""
        value = self.front_matter.get(name)
        if value is None or value == "":
            raise ContentError(f"{self.path}: the front matter lacks “{name}”")
        return value


@dataclass(frozen=True)
class Entry:
    """A page in the languages it is written in."""

    folder: str
    key: str
    texts: Mapping[str, Text]

    @property
    def name(self) -> str:
        return f"{self.folder}/{self.key}"

    @property
    def language(self) -> str:
        """The language it was written in first: German where there is a German text."""
        return next(language for language in LANGUAGES if language in self.texts)

    @property
    def source(self) -> Text:
        return self.texts[self.language]

    @property
    def translation(self) -> Text | None:
        return self.texts.get("en") if self.language == "de" else None

    @cached_property
    def digest(self) -> str:
        together = "".join(f"{language} {self.texts[language].digest} " for language in sorted(self.texts))
        return hashlib.sha256(together.encode()).hexdigest()


@dataclass(frozen=True)
class Picture:
    """A cover image with its alternative texts."""

    key: str
    path: Path
    title: str
    alt: Mapping[str, str]
    credit: str
    digest: str


@dataclass(frozen=True)
class Content:
    """Everything in the folder."""

    folder: Path
    entries: Mapping[str, Entry]  # by "folder/key", in the order in which pages are made
    pictures: Mapping[str, Picture]
    files: Mapping[str, Path]  # documents by file name

    def of(self, folder: str) -> list[Entry]:
        return [entry for entry in self.entries.values() if entry.folder == folder]

    @cached_property
    def guides(self) -> Mapping[str, Entry]:
        """Guides by key, those for members too."""
        return {entry.key: entry for folder in ("guides", "guides_members") for entry in self.of(folder)}


def read_content(folder: Path = CONTENT) -> Content:
    """Raises ContentError for the first file that cannot be read."""
    entries = {entry.name: entry for name in FOLDERS for entry in _entries(folder, name)}
    pictures = {picture.key: picture for picture in _pictures(folder / "images")}
    files = {path.name: path for path in sorted((folder / "files").glob("*.*")) if path.is_file()}
    return Content(folder, entries, pictures, files)


def _entries(folder: Path, name: str) -> Iterator[Entry]:
    texts: dict[str, dict[str, Text]] = {}
    for path in sorted((folder / name).glob("*.md")):
        found = FILE_NAME.fullmatch(path.name)
        if found is None:
            raise ContentError(f"{name}/{path.name}: a file is called <key>.de.md or <key>.en.md")
        texts.setdefault(found[1], {})[found[2]] = _text(path, f"{name}/{path.name}")
    for key, languages in texts.items():
        yield Entry(name, key, languages)


def _text(path: Path, name: str) -> Text:
    raw = path.read_bytes()
    try:
        source = read_source(raw)
    except SourceError as error:
        raise ContentError(f"{name}: {error}") from None
    text = Text(name, source.front_matter, source.body, hashlib.sha256(raw).hexdigest())
    if not isinstance(text["title"], str) or not isinstance(text["summary"], str):
        raise ContentError(f"{name}: title and summary are text in quotes")
    return text


def _pictures(folder: Path) -> Iterator[Picture]:
    listing = folder / "images.yaml"
    if not listing.exists():
        return
    try:
        described = yaml.safe_load(listing.read_text(encoding="utf-8")) or {}
    except yaml.YAMLError as error:
        raise ContentError(f"images/images.yaml: {str(error).splitlines()[0]}") from None
    items = described.items() if isinstance(described, dict) else ((item["key"], item) for item in described)
    for key, item in items:
        try:
            path = folder / item.get("file", f"{key}.webp")
            alt = (
                item["alt"]
                if "alt" in item
                else {language: item[f"alt_{language}"] for language in LANGUAGES}
            )
            digest = hashlib.sha256(path.read_bytes() + repr(sorted(item.items())).encode()).hexdigest()
            title = item.get("title", key)
            title = title["de"] if isinstance(title, dict) else str(title)
            yield Picture(
                key, path, title, {code: alt[code] for code in LANGUAGES}, item.get("credit", ""), digest
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ContentError(f"images/images.yaml: “{key}” lacks {error}") from None
        except OSError as error:
            raise ContentError(f"images/{path.name}: {error.strerror}") from None
