"""The proof that nothing is lost: every word of a source stands in its draft, as often as there."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import unquote

from kb.toolbox.markdown.draft import GuideDraft

WORD = re.compile(r"[^\W_]+")
NOT_TEXT = re.compile(
    r"<!--(?s:.*?)-->"  # a comment
    r"|</?[A-Za-z][^>\n]*>"  # a tag; its text stays
    r"|^[ \t>*+-]*\d+[.)](?=[ \t])"  # the number of a list item
    r"|[ \t]*\{[#.:][^{}]*\}[ \t]*$"  # an id or class behind a heading
    r"|^[ \t]*\[[^\]\n]+\]:[ \t]+\S+.*$",  # where a reference link goes; used links carry it
    re.MULTILINE,
)


def leftover(markdown: str, draft: GuideDraft) -> Counter[str]:
    """The words of a Markdown text (without front matter) that the draft has less often; empty when all is there.

    Goes another way than the parser, over the bare characters, so that a block the parser forgets shows up here.
    """
    return source_words(markdown) - words_of(dataclasses.asdict(draft))


def source_words(markdown: str) -> Counter[str]:
    """The words of a Markdown text, without what is only markup."""
    return Counter(WORD.findall(unquote(unescape(NOT_TEXT.sub(" ", markdown)))))


def words_of(value: Any) -> Counter[str]:
    """The words in all texts of a nested value; rich text counts with its addresses, not its marks."""
    return Counter(word for text in _texts(value) for word in WORD.findall(unquote(text)))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        addresses = re.findall(r'<a href="([^"]*)"', value)
        yield unescape(re.sub(r"</?(?:p|h[1-6]|ul|ol|li|b|i|a|br)\b[^>]*>", " ", value))
        yield from map(unescape, addresses)
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, int):
        yield str(value)
