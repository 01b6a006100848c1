"""Images and documents, each uploaded once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from django.core.files.base import ContentFile

from demo.loader.content import Content, Picture
from demo.loader.records import Records
from kb.core.models import LotseDocument, LotseImage

Say = Callable[[str], None]


def load_pictures(*, content: Content, records: Records, say: Say) -> dict[str, LotseImage]:
    """The image of each key; an image whose file or texts changed is replaced in place."""
    there = LotseImage.objects.in_bulk(
        [pk for key in content.pictures if (pk := records.object_id(f"images/{key}")) is not None]
    )
    loaded: dict[str, LotseImage] = {}
    for number, (key, picture) in enumerate(content.pictures.items(), start=1):
        name = f"images/{key}"
        image = there.get(records.object_id(name) or 0)
        if image is None or not records.knows(name, picture.digest):
            say(f"Image {number} of {len(content.pictures)}: {key}")
            image = _picture(picture, image or LotseImage())
            records.keep(name, picture.digest, image.pk)
        loaded[key] = image
    return loaded


def _picture(picture: Picture, image: LotseImage) -> LotseImage:
    image.title = picture.title
    image.alt_de, image.alt_en = picture.alt["de"], picture.alt["en"]
    image.credit = picture.credit
    image.file = ContentFile(picture.path.read_bytes(), name=picture.path.name)
    image.file_hash = ""
    image.save()
    return image


def load_documents(*, content: Content, records: Records, say: Say) -> dict[str, LotseDocument]:
    """The document of each file name; titles come from the template that offers the file."""
    titles = _titles(content)
    there = LotseDocument.objects.in_bulk(
        [pk for name in content.files if (pk := records.object_id(f"files/{name}")) is not None]
    )
    loaded: dict[str, LotseDocument] = {}
    for number, (name, path) in enumerate(content.files.items(), start=1):
        title, language = titles.get(name, (path.stem, ""))
        digest = hashlib.sha256(path.read_bytes() + f"{title} {language}".encode()).hexdigest()
        record = f"files/{name}"
        document = there.get(records.object_id(record) or 0)
        if document is None or not records.knows(record, digest):
            say(f"Document {number} of {len(content.files)}: {name}")
            document = _document(document or LotseDocument(), path, title, language)
            records.keep(record, digest, document.pk)
        loaded[name] = document
    return loaded


def _document(document: LotseDocument, path: Path, title: str, language: str) -> LotseDocument:
    document.title, document.language = title, language
    document.file = ContentFile(path.read_bytes(), name=path.name)
    document.file_hash, document.file_size = "", path.stat().st_size
    document.save()
    return document


def _titles(content: Content) -> dict[str, tuple[str, str]]:
    titles: dict[str, tuple[str, str]] = {}
    for entry in content.of("templates"):
        for file in entry.source.front_matter.get("files") or []:
            language = file.get("language", entry.language)
            text = entry.texts.get(language, entry.source)
            titles[file["file"]] = (text["title"], language)
    return titles
