"""Questions that the site does not answer yet, noted without the person who asked.

Read in the order in which a question travels: noting (is it one, one insert) -> masking (rid of what names a person)
-> wording (the same question in other words) -> checking (would a visitor have found it?) -> ageing (after 30 days
only counts) -> selectors and report (what editors see).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from search.retrieval import Answer

__all__ = ["note"]


def note(question_text: str, language: str, answer: Answer) -> bool:
    """Notes a question that found no answer. Whoever answers a question calls this with every answer.

    `question_text` is what was typed, `language` the reader's, `answer` what this reader was given. What is not a
    gap is recognised here (answered, timed out, words alone, malformed, too long), except for what the answer does
    not say: call it for the first page of an unfiltered question that somebody sent off, never for suggestions.

    Takes no reader, on purpose: nothing about one can be noted. Never raises; one short insert at most. Returns True
    where the question is noted, just now or a moment ago, so that the page can say so.
    """
    # Not imported before: this package is loaded while Django still gathers its apps.
    from search.gaps import noting

    return noting.note(question_text, language, answer)
