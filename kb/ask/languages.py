"""The switch between results of one language and of both: links that keep the question and the other filters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from kb.ask.presentation import address

ONLY = {"de": "nur Deutsch", "en": "English only"}
"""Each said in its own language, since it is for those who read no other."""


@dataclass(frozen=True)
class Choice:
    value: str
    """a language code, "" for all"""
    label: str
    language: str
    """of the label; "" for the reader's own"""
    count: int | None
    url: str
    chosen: bool


def language_choices(
    counts: Mapping[str, int], *, question: str, filters: Mapping[str, str]
) -> tuple[Choice, ...]:
    """All and each language; nothing where every result is in one language and none was chosen.

    `counts` are results by language, as if no language had been chosen.
    """
    chosen = filters.get("language", "")
    if len(counts) < 2 and not chosen:
        return ()
    others = {name: value for name, value in filters.items() if name != "language"}
    choices = [Choice("", _("All"), "", None, address(question, others), not chosen)]
    choices += [
        Choice(
            value=code,
            label=label,
            language=code,
            count=counts.get(code, 0),
            url=address(question, {**others, "language": code}),
            chosen=code == chosen,
        )
        for code, label in ONLY.items()
    ]
    return tuple(choices)
