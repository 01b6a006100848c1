"""A Markdown file as front matter and text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

# Above this a file is no guide that a person wrote; the longest of the 1,053 real ones has 0.2 MB.
MAX_BYTES = 2_000_000

FRONT_MATTER = re.compile(r"\A---[ \t]*\n(?:(?P<yaml>.*?)\n)??(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)


class SourceError(ValueError):
    """A file that cannot become a page; the message says why, for the person who wants to import it.

    In English as a text; `said()` gives it in the language that is active.
    """

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message % values)
        self._message, self._values = message, values

    def said(self) -> str:
        return gettext(self._message) % self._values


@dataclass(frozen=True)
class Source:
    """What stands in a file: the values above the text, and the text."""

    front_matter: Mapping[str, Any]
    body: str


def read_source(raw: bytes) -> Source:
    """Front matter (empty if there is none) and body of a file's bytes.

    Raises SourceError for what is no text in UTF-8, too large, empty, or has front matter that is no YAML mapping.
    """
    if len(raw) > MAX_BYTES:
        raise SourceError(_("larger than %(mb)s MB"), mb=MAX_BYTES // 1_000_000)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError(_("not UTF-8 (byte %(byte)s)"), byte=error.start + 1) from None
    if "\0" in text:
        raise SourceError(_("not a text file (it contains null characters)"))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise SourceError(_("empty"))
    found = FRONT_MATTER.match(text)
    if found is None:
        if re.match(r"---[ \t]*\n\w+:", text):
            raise SourceError(_("the front matter is not closed with ---"))
        return Source({}, text)
    return Source(_front_matter(found["yaml"] or ""), text[found.end() :])


def _front_matter(text: str) -> Mapping[str, Any]:
    try:
        values = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        # ValueError: a date such as 2026-02-31.
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or str(error).split("\n")[0]
        if mark:
            said = _("broken front matter, line %(line)s: %(reason)s")
            raise SourceError(said, line=mark.line + 2, reason=reason) from None
        raise SourceError(_("broken front matter: %(reason)s"), reason=reason) from None
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise SourceError(_("the front matter is not a list of “name: value” lines"))
    return {str(key): value for key, value in values.items()}
