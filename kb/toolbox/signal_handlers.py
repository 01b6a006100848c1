"""Where a file arrives whose words the index should know."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_save

from kb.core.models import LotseDocument
from kb.toolbox.documents import extract_text


def connect() -> None:
    """Called once, when the app is ready."""
    post_save.connect(read_text, sender=LotseDocument, dispatch_uid="toolbox.read_text")


def read_text(instance: LotseDocument, raw: bool = False, **kwargs: Any) -> None:
    """Reads the text of a new or replaced file. A file without any keeps an empty text."""
    if raw or not instance.file:
        return
    file_hash = instance.get_file_hash()
    if instance.text_of == file_hash:
        return
    with instance.open_file() as file:
        text = extract_text(file, instance.filename)
    # PostgreSQL refuses NUL characters, and files contain anything.
    instance.text, instance.text_of = text.replace("\x00", ""), file_hash
    instance.save(update_fields=["text", "text_of"])
