"""Why a page is among the results, in words that somebody who never heard of stems understands."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from search.analysis import stem, words
from search.analysis.normalise import fold
from search.retrieval import Answer, Hit

MOST_WORDS = 6
"""of a kind: a question of a whole paragraph would make the reason longer than the excerpt"""
MOST_FOUND = 3
"""words of the page for one asked word"""
_HYPHEN = re.compile("[-‐‑]")


@dataclass(frozen=True)
class Reason:
    """`said` in the reader's language, then words of the page as they stand there, in `language`."""

    said: str
    found: tuple[str, ...] = ()
    language: str = ""


def reasons(hit: Hit, answer: Answer, *, asked_in: str) -> list[Reason]:
    """The words found as asked, each word found otherwise with how, and where on the page they stand.

    `asked_in` is the question's language. Of a page that was found in its other version, what the excerpt shows of
    the question; else words of that version, said to be its own.
    """
    if hit.found_language != hit.language:
        return _of_the_version_shown(hit, answer, asked_in) or _of_the_other_version(hit)
    shown = []
    # Words of two languages can share a stem: "minutes" stands for "Minuten" on a German page.
    foreign = asked_in != hit.language
    as_asked = _whole([_as_it_stands(word, hit) for word in hit.matched] if foreign else hit.matched)
    if as_asked:
        shown.append(_contains(as_asked))
    shown += _found_otherwise(hit, answer, foreign=foreign)[:MOST_WORDS]
    if not shown:
        return [Reason(_("Says it in other words"))]
    if place := _place(hit, [*as_asked, *(word for reason in shown for word in reason.found)]):
        shown.append(Reason(place))
    return shown


def _contains(as_asked: Sequence[str]) -> Reason:
    listed = ", ".join(as_asked[:MOST_WORDS]) + (" …" if len(as_asked) > MOST_WORDS else "")
    return Reason(_("Contains: {words}").format(words=listed))


def _whole(found: Sequence[str]) -> list[str]:
    """Without the parts of hyphenated words that are there themselves: "Start-ups" says "Start" and "ups" too."""
    parts = {part for word in found for part in _HYPHEN.split(word) if part != word}
    return [word for word in found if word not in parts]


def _of_the_version_shown(hit: Hit, answer: Answer, asked_in: str) -> list[Reason]:
    """The question's own words that title and excerpt show marked; none where it is in another language."""
    if asked_in != hit.language:
        return []
    parts = [*hit.title_fragments, *hit.passage.fragments]
    marked = {word.term for part in parts if part.marked for word in words(part.text, hit.language)}
    question = answer.question
    found = {
        question[word.start : word.end]: None for word in words(question, asked_in) if word.term in marked
    }
    if not found:
        return []
    place = _place(hit, found)
    return [_contains(_whole(list(found))), *([Reason(place)] if place else [])]


def _of_the_other_version(hit: Hit) -> list[Reason]:
    found = list(dict.fromkeys([*_whole(hit.matched), *(found for _asked, found in hit.matched_as)]))
    if not found:
        return [Reason(_("Says it in other words"))]
    english = hit.found_language == "en"
    said = _("In the English version:") if english else _("In the German version:")
    return [Reason(said, tuple(found[:MOST_WORDS]), hit.found_language)]


def _found_otherwise(hit: Hit, answer: Answer, *, foreign: bool) -> list[Reason]:
    """One way for each asked word: corrected, inside a longer word, in its parts, or translated."""
    corrected = {(one.typed, one.meant) for one in answer.corrections}
    spelled: dict[str, list[str]] = {}
    inside: dict[str, list[str]] = {}
    parts: dict[str, list[str]] = {}
    translated: dict[str, list[str]] = {}
    for asked, found in hit.matched_as:
        if (asked, found) in corrected:
            spelled.setdefault(asked, []).append(found)
        elif foreign:
            translated.setdefault(asked, []).append(found)
        elif _holds(found, asked, hit.language):
            inside.setdefault(found, []).append(asked)
        elif _holds(asked, found, hit.language):
            parts.setdefault(asked, []).append(found)
    shown = [_reason(_("{words}: understood as"), [asked], found, hit) for asked, found in spelled.items()]
    told = set(spelled)
    # The compound that stands for most words tells most: "Mitgliedergewinnung" rather than "Mitgliederliste".
    for found, words_in_it in sorted(inside.items(), key=lambda item: -len(item[1])):
        if not told.issuperset(words_in_it):
            told.update(words_in_it)
            shown.append(_reason(_("{words}: as part of"), words_in_it, [found], hit))
    shown += [
        _reason(_("{words}: in parts,"), [asked], found, hit)
        for asked, found in parts.items()
        if asked not in told and len(found) > 1  # one part alone is not why: they count together
    ]
    in_language = _("{words}: in English") if hit.language == "en" else _("{words}: in German")
    shown += [_reason(in_language, [asked], found, hit) for asked, found in translated.items()]
    return shown


def _reason(said: str, asked: Sequence[str], found: Sequence[str], hit: Hit) -> Reason:
    shown = dict.fromkeys(_as_it_stands(word, hit) for word in found)
    return Reason(said.format(words=", ".join(asked)), tuple(shown)[:MOST_FOUND], hit.language)


def _as_it_stands(found: str, hit: Hit) -> str:
    """The form that the reader sees marked in the excerpt, rather than another one of the same word."""
    wanted = stem(hit.language, fold(found))
    for part in [*hit.passage.fragments, *hit.title_fragments]:
        if part.marked and stem(hit.language, fold(part.text)) == wanted:
            return part.text
    return found


def _holds(longer: str, part: str, language: str) -> bool:
    """Whether a word is made of another and more: "Mitgliedergewinnung" of "Mitglieder"."""
    whole, inside = _plain(fold(longer)), _plain(stem(language, fold(part)))
    return len(inside) >= 3 and inside in whole and len(whole) > len(inside) + 2


def _plain(word: str) -> str:
    return word.translate(str.maketrans("äöü", "aou"))


def _place(hit: Hit, given: Iterable[str]) -> str:
    """Where words stand that are given as reasons. A mark is not enough: compounds of a word are marked, too."""
    stems = {word.term for written in given for word in words(written, hit.language)}
    in_title = _holds_one([hit.title], stems, hit.language)
    in_heading = _holds_one(hit.passage.heading_path, stems, hit.language)
    if in_title and in_heading:
        return _("in title and heading")
    if in_title:
        return _("in the title")
    return _("in the heading") if in_heading else ""


def _holds_one(texts: Iterable[str], stems: Collection[str], language: str) -> bool:
    return any(word.term in stems for text in texts for word in words(text, language))
