"""A Markdown file as front matter and text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

# Above this a file is no guide that a person wrote; the longest of the 1,053 real ones has 0.2 MB.
MAX_BYTES = 2_000_000

FRONT_MATTER = re.compile(r"\A---[ \t]*\n(?:(?P<yaml>.*?)\n)??(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)


class SourceError(ValueError):
    """A file that cannot become a page; the message says why, for the person who wants to import it."""


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
        raise SourceError(f"larger than {MAX_BYTES // 1_000_000} MB")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError(f"not UTF-8 (byte {error.start + 1})") from None
    if "\0" in text:
        raise SourceError("not a text file (it contains null characters)")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise SourceError("empty")
    found = FRONT_MATTER.match(text)
    if found is None:
        if re.match(r"---[ \t]*\n\w+:", text):
            raise SourceError("the front matter is not closed with ---")
        return Source({}, text)
    return Source(_front_matter(found["yaml"] or ""), text[found.end() :])


def _front_matter(text: str) -> Mapping[str, Any]:
    try:
        values = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        # ValueError: a date such as 2026-02-31.
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 2}" if mark else ""
        reason = getattr(error, "problem", None) or str(error).split("\n")[0]
        raise SourceError(f"broken front matter{where}: {reason}") from None
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise SourceError("the front matter is not a list of “name: value” lines")
    return {str(key): value for key, value in values.items()}
