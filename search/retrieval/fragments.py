"""The excerpt under a result: the sentence that answers best, what stands around it, the asked words marked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise

from search.analysis import Sentence, sentences, words
from search.conf import conf
from search.retrieval.answer import Fragment


@dataclass(frozen=True)
class _Mark:
    start: int
    end: int
    term: str


def excerpt(text: str, language: str, terms: Collection[str]) -> tuple[Fragment, ...]:
    """About `fragment_chars` of a text around its best sentence; the beginning where no asked term occurs.

    `terms` are those of the text's language, compounds included. Line ends become spaces.
    """
    marks = _marks(text, language, terms)
    found = sentences(text)
    if not found:
        return ()
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


def marked(text: str, language: str, terms: Collection[str]) -> tuple[Fragment, ...]:
    """A whole short text (a title) with the asked words marked."""
    return tuple(_cut(text, 0, len(text), _marks(text, language, terms), None))


def _marks(text: str, language: str, terms: Collection[str]) -> list[_Mark]:
    """Places of asked words, in order, not overlapping: a hyphenated word is marked whole or in its parts."""
    found: list[_Mark] = []
    for word in words(text, language):
        if word.term in terms and not (found and word.start < found[-1].end):
            found.append(_Mark(word.start, word.end, word.term))
    return found


def _best(found: list[Sentence], marks: list[_Mark]) -> int:
    """Index of the sentence with most different asked terms, then most of them; the first of equals."""

    def worth(sentence: Sentence) -> tuple[int, int]:
        inside = [mark.term for mark in marks if sentence.start <= mark.start < sentence.end]
        return len(set(inside)), len(inside)

    return max(range(len(found)), key=lambda index: (worth(found[index]), -index))


def _window(text: str, found: list[Sentence], best: int, marks: list[_Mark]) -> tuple[int, int]:
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


def _cut(text: str, start: int, end: int, marks: list[_Mark], matter: Sentence | None) -> list[Fragment]:
    edges = {start, end}
    edges.update(edge for mark in marks for edge in (mark.start, mark.end))
    if matter is not None:
        edges.update((matter.start, matter.end))
    places = sorted(edge for edge in edges if start <= edge <= end)
    fragments = []
    for left, right in pairwise(places):
        fragments.append(
            Fragment(
                text=" ".join(text[left:right].split("\n")),
                marked=any(mark.start <= left and right <= mark.end for mark in marks),
                best=matter is not None and matter.start <= left and right <= matter.end,
            )
        )
    return fragments
