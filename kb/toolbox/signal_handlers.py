"""Where a file arrives whose words the index should know."""

from __future__ import annotations

import logging
from typing import Any

from django.db.models.signals import post_save

from kb.core.models import LotseDocument

logger = logging.getLogger(__name__)


def connect() -> None:
    """Called once, when the app is ready."""
    post_save.connect(read_text, sender=LotseDocument, dispatch_uid="toolbox.read_text")


def read_text(instance: LotseDocument, raw: bool = False, **kwargs: Any) -> None:
    """Reads the text of a new or replaced file. A file that cannot be read keeps an empty text, and is not tried again."""
    if raw or not instance.file:
        return
    try:
        from kb.toolbox.documents import extract_text
    except ImportError:
        return

    file_hash = instance.get_file_hash()
    if instance.text_of == file_hash:
        return
    try:
        with instance.open_file() as file:
            text = extract_text(file, instance.filename)
    except Exception:
        logger.exception("No text could be read from document %s (%s)", instance.pk, instance.filename)
        text = ""
    # PostgreSQL refuses NUL characters, and files contain anything.
    instance.text, instance.text_of = text.replace("\x00", ""), file_hash
    instance.save(update_fields=["text", "text_of"])
