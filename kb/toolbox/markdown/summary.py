"""A summary for a guide whose source has none."""

from __future__ import annotations

import re

MAX_CHARACTERS = 300
SENTENCES = 2

SENTENCE_END = re.compile(r"(?<=[.!?…])[\"“”)]?\s+(?=[\"„“(]?[A-ZÄÖÜ0-9])")

# A full stop after one of these ends no sentence, whatever follows.
ABBREVIATION = re.compile(r"\b(?:\w|Abs|bzw|ca|Dr|evtl|ggf|inkl|Mr|Mrs|Ms|No|Nr|Prof|St|vgl|vs)\.$")


def first_sentences(text: str, limit: int = MAX_CHARACTERS) -> str:
    """The first one or two sentences of plain text, at most `limit` characters, cut at a word where one is longer."""
    ends = [
        found.start()
        for found in SENTENCE_END.finditer(text)
        if not ABBREVIATION.search(text, 0, found.start())
    ]
    fitting = [
        end for end in [*ends[:SENTENCES], *([] if len(ends) >= SENTENCES else [len(text)])] if end <= limit
    ]
    return text[: fitting[-1]].strip() if fitting else cut_at_word(text, limit)


def cut_at_word(text: str, limit: int) -> str:
    """`text` itself, or its first words and “…” within `limit` characters."""
    text = " ".join(text.split())
    if len(text) <= limit:
        return text
    shortened = text[: limit - 2]
    return (shortened.rsplit(" ", 1)[0] or shortened).rstrip(" ,;:–-") + " …"
