"""What leads to somebody without being a name: mail, web, accounts, streets, telephone, dates, long numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

_DOMAIN = r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{2,}"
_AT = r"\s?(?:@|\(at\)|\[at\]|\{at\}|\s(?:at|ät)\s)\s?"
_DOT = r"\s?(?:\.|\(dot\)|\[dot\]|\(punkt\)|\[punkt\]|\s(?:dot|punkt)\s)\s?"

_PATTERNS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # Mail, also as people disguise it: name (at) firma.de, name at firma punkt de. And what begins with @.
        rf"[\w.+%'-]+{_AT}{_DOMAIN}",
        rf"[\w.+%'-]+{_AT}[\w-]+{_DOT}\w{{2,}}\b",
        r"[\w.+'-]*@[\w.-]+",
        # Web addresses, with a scheme, with a path, or ending like one. No ".hamburg": clusters are called so.
        r"\b[a-z][a-z0-9+.-]{1,15}://\S+",
        r"\bwww\.\S+",
        rf"\b{_DOMAIN}/\S*",
        r"\b(?:[\w-]+\.)+(?:de|com|org|net|eu|info|io|at|ch|uk|dev|app|edu|gov)\b",
        # Accounts: IBAN in groups or in one
        r"\b[a-z]{2}\d{2}(?:\s?[a-z0-9]{4}){3,7}(?:\s?[a-z0-9]{1,4})?\b",
        # Streets with a house number. Not "-ring": Sponsoring 2026.
        r"\b[^\W\d_]*(?:stra(?:ß|ss)e|str\.|weg|allee|gasse|ufer|damm|chaussee|twiete|deich)\s*\d{1,3}\s?[a-z]?\b",
        # Five digits in a row are no year: postal codes, keys of files, customers, members
        r"\b[\w-]*\d{5,}[\w-]*\b",
    )
]

# Digits with what separates them in telephone numbers, dates and keys: six of them are too many …
_DIGITS = re.compile(r"(?<!\w)\+?\(?\d(?:[\d\s()./–-]*\d)+(?!\w)")
FEW_DIGITS = 5
# … unless they are a sum, a range of something, or years.
_YEARS = re.compile(r"^(?:19|20)\d{2}\s?[-–/]\s?(?:(?:19|20)\d{2}|\d{2})$")
_SUM_OR_RANGE = re.compile(r"^[1-9]\d{0,2}(?:[. ]\d{3})+$|^[1-9]\d{0,3}\s?[-–]\s?\d{1,4}$")
_UNIT = re.compile(
    r"^\s?(?:euro?\b|€|tsd|mio|mill|prozent|percent|%|people|persone?n?|teilnehm|mitglied|member|unternehm)",
    re.I,
)


def find(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each, in any order; they may overlap."""
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            yield match.span()
    for match in _DIGITS.finditer(text):
        digits = match.group()
        if sum(character.isdigit() for character in digits) <= FEW_DIGITS or _YEARS.match(digits):
            continue
        if _SUM_OR_RANGE.match(digits) and _UNIT.match(text[match.end() :]):
            continue
        yield match.span()
