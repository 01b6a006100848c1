"""Texts that are kept in both languages, in fields beside each other."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from search.reader import reading_language


def said(record: Any, name: str) -> tuple[str, str]:
    """(text, its language) of the fields `name`_de and `name`_en of `record`: in the language being read, the other one
    where it is missing."""
    own = reading_language()
    for code in (own, *dict(settings.LANGUAGES)):
        if text := getattr(record, f"{name}_{code}", ""):
            return text, code
    return "", own
