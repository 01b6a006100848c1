"""The excerpt under a result: the sentence that answers best, what stands around it, the asked words marked."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from itertools import pairwise

from search.analysis import Occurrences, Sentence, Word, sentences
from search.conf import conf
from search.retrieval.answer import Fragment

_sentences = lru_cache(maxsize=4_096)(sentences)
"""Of passages, thirty of which an answer cuts; what answers often is asked for often."""
_LINE_END = re.compile("\n")
CLOSING = ".!?:;,…–-“”»"
"""What a line may end with that needs no dot before the next."""


def excerpt(text: str, asked: Occurrences) -> tuple[Fragment, ...]:
    """About `fragment_chars` of a text around its best sentence; the beginning where no asked word occurs.

    `asked` finds the terms of the question in the text's language, compounds included. A line end becomes a space, and
    a dot between two items of a list.
    """
    found = _sentences(text)
    if not found:
        return ()
    marks = _marks(text, asked)
    best = _best(found, marks)
    start, end = _window(text, found, best, marks)
    matter = (
        found[best]
        if any(mark.start < found[best].end and mark.end > found[best].start for mark in marks)
        else None
    )
    fragments = _cut(text, start, end, marks, matter)
    if start > 0:
        fragments.insert(0, Fragment("… "))
    if end < len(text.rstrip()):
        fragments.append(Fragment(" …"))
    return tuple(fragments)


def marked(text: str, asked: Occurrences) -> tuple[Fragment, ...]:
    """A whole short text (a title) with the asked words marked."""
    return tuple(_cut(text, 0, len(text), _marks(text, asked), None))


def _marks(text: str, asked: Occurrences) -> list[Word]:
    """Places of asked words, in order, not overlapping: a hyphenated word is marked whole or in its parts."""
    found: list[Word] = []
    for word in asked(text):
        if not (found and word.start < found[-1].end):
            found.append(word)
    return found


def _best(found: list[Sentence], marks: list[Word]) -> int:
    """Index of the sentence with most different asked terms, then most of them; the first of equals."""
    if not marks:
        return 0
    starts = [sentence.start for sentence in found]
    inside: dict[int, list[str]] = {}
    for mark in marks:
        inside.setdefault(max(bisect_right(starts, mark.start) - 1, 0), []).append(mark.term)
    return max(inside, key=lambda index: (len(set(inside[index])), len(inside[index]), -index))


def _window(text: str, found: list[Sentence], best: int, marks: list[Word]) -> tuple[int, int]:
    """The best sentence and as many neighbours as fit, later ones first; a stretch of it if it is too long."""
    limit = conf().fragment_chars
    start, end = found[best].start, found[best].end
    if end - start > limit:
        first = next((mark.start for mark in marks if start <= mark.start < end), start)
        begin = (
            start if first - start < limit // 2 else text.rfind(" ", start, first - limit // 4) + 1 or start
        )
        stop = text.rfind(" ", begin, begin + limit)
        return begin, stop if stop > begin else begin + limit
    after, before = best + 1, best - 1
    while after < len(found) or before >= 0:
        if after < len(found) and found[after].end - start <= limit:
            end = found[after].end
            after += 1
        elif before >= 0 and end - found[before].start <= limit:
            start = found[before].start
            before -= 1
        else:
            break
    return start, end


def _cut(text: str, start: int, end: int, marks: list[Word], matter: Sentence | None) -> list[Fragment]:
    marks = [mark for mark in marks if mark.start < end and mark.end > start]
    edges = {start, end}
    edges.update(edge for mark in marks for edge in (mark.start, mark.end))
    if matter is not None:
        edges.update((matter.start, matter.end))
    places = sorted(edge for edge in edges if start <= edge <= end)
    fragments = []
    following = 0  # the first mark that ends behind `left`
    for left, right in pairwise(places):
        while following < len(marks) and marks[following].end <= left:
            following += 1
        fragments.append(
            Fragment(
                text=_in_one_line(text, left, right),
                marked=following < len(marks) and marks[following].start <= left,
                best=matter is not None and matter.start <= left and right <= matter.end,
            )
        )
    return fragments


def _in_one_line(text: str, left: int, right: int) -> str:
    """text[left:right]. An item of a list mostly ends without a mark and would run into the next."""

    def between(end: re.Match[str]) -> str:
        return " " if text[left + end.start() - 1] in CLOSING else " · "

    piece = text[left:right]
    return _LINE_END.sub(between, piece) if "\n" in piece else piece
