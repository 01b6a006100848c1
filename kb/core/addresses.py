"""Addresses made of titles: ASCII, umlauts written out as Germans do where they have none ("für" is "fuer", not "fur").

Three things make them: the admin's form while a title is typed (`AddressInput`), Wagtail where a page comes without an
address (`BasePage`), and whatever of ours makes pages (`slug_of`).
"""

from __future__ import annotations

import unicodedata
from typing import Any

from django.utils.text import slugify
from wagtail.admin.forms.pages import CopyForm
from wagtail.admin.widgets import SlugInput

WRITTEN_OUT = {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "ẞ": "SS"}
SLUG_CHARACTERS = 80
_TABLE = {ord(letter): written for letter, written in WRITTEN_OUT.items()}


def slug_of(title: str, otherwise: str = "seite") -> str:
    """An address of at most SLUG_CHARACTERS characters; `otherwise` for a title without a letter that ASCII knows."""
    # An umlaut may also be typed as a letter and a mark: NFC makes one character of them.
    whole = unicodedata.normalize("NFC", title).translate(_TABLE)
    return slugify(whole)[:SLUG_CHARACTERS].strip("-") or otherwise


class AddressInput(SlugInput):
    """Wagtail's field, which follows the title; its own table of letters has no German."""

    def __init__(self, attrs: dict[str, Any] | None = None, locale: object | None = None) -> None:
        super().__init__(attrs, formatters=list(WRITTEN_OUT.items()), locale=locale)


class CopyPageForm(CopyForm):
    """Wagtail's form names its widget itself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_slug"].widget = AddressInput(locale=self.page.locale)
