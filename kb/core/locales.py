"""The code of a page's language without asking the database for each page of a list."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save
from wagtail.models import Locale

_codes: dict[int, str] = {}


def code_of(locale_id: int) -> str:
    """The language code of a locale. Asked once per process, as Django asks for content types: an operator who gives
    an existing locale another language restarts the site. Raises Locale.DoesNotExist."""
    if locale_id not in _codes:
        _codes[locale_id] = Locale.objects.values_list("language_code", flat=True).get(pk=locale_id)
    return _codes[locale_id]


def connect() -> None:
    """Called once, when the app is ready."""
    for signal in (post_save, post_delete):
        signal.connect(_forget, sender=Locale, dispatch_uid=f"kb.core.locales.{id(signal)}")


def _forget(**_: Any) -> None:
    _codes.clear()
