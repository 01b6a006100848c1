"""Addresses made of titles."""

from __future__ import annotations

import unicodedata

from django.utils.text import slugify

UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})
SLUG_CHARACTERS = 80


def slug_of(title: str) -> str:
    """An address in ASCII, umlauts written out."""
    plain = unicodedata.normalize("NFKD", title.translate(UMLAUTS)).encode("ascii", "ignore").decode()
    return slugify(plain)[:SLUG_CHARACTERS].strip("-") or "praxisleitfaden"
