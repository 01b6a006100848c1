"""Why a page is among the results, in words that somebody who never heard of stems understands."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from search.analysis import stem, words
from search.analysis.languages import guess
from search.analysis.normalise import fold
from search.retrieval import Answer, Hit

MOST_WORDS = 6
"""of a kind: a question of a whole paragraph would make the reason longer than the excerpt"""
MOST_FOUND = 3
"""words of the page for one asked word"""


@dataclass(frozen=True)
class Reason:
    """`said` in the reader's language, then words of the page as they stand there, in `language`."""

    said: str
    found: tuple[str, ...] = ()
    language: str = ""


def reasons(hit: Hit, answer: Answer) -> list[Reason]:
    """The words found as asked, each word found otherwise with how, and where on the page they stand.

    Words of a translation that is not the one shown are said to be its own.
    """
    if (found_in := getattr(hit, "found_language", hit.language)) != hit.language:
        return _of_the_translation(hit, found_in)
    as_it_is = {asked for asked, found in hit.matched_as if fold(asked) == fold(found)}
    pairs = [(asked, found) for asked, found in hit.matched_as if asked not in as_it_is]
    otherwise = {asked for asked, _found in pairs}
    as_asked = [word for word in hit.matched if word not in otherwise]
    shown = []
    if as_asked:
        listed = ", ".join(as_asked[:MOST_WORDS]) + (" …" if len(as_asked) > MOST_WORDS else "")
        shown.append(Reason(_("Contains: {words}").format(words=listed)))
    shown += _found_otherwise(pairs, hit, answer)[:MOST_WORDS]
    if not shown:
        return [Reason(_("Says it in other words"))]
    if place := _place(hit, [*hit.matched, *(found for _asked, found in pairs)]):
        shown.append(Reason(place))
    return shown


def _of_the_translation(hit: Hit, language: str) -> list[Reason]:
    found = list(dict.fromkeys([*hit.matched, *(found for _asked, found in hit.matched_as)]))
    if not found:
        return [Reason(_("Says it in other words"))]
    said = _("In the English version:") if language == "en" else _("In the German version:")
    return [Reason(said, tuple(found[:MOST_WORDS]), language)]


def _found_otherwise(pairs: Sequence[tuple[str, str]], hit: Hit, answer: Answer) -> list[Reason]:
    """One way for each asked word: corrected, inside a longer word, in its parts, or translated."""
    foreign = guess(answer.question, get_language() or hit.language) != hit.language
    corrected = {(one.typed, one.meant) for one in answer.corrections}
    spelled: dict[str, list[str]] = {}
    inside: dict[str, list[str]] = {}
    parts: dict[str, list[str]] = {}
    translated: dict[str, list[str]] = {}
    for asked, found in pairs:
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
        if asked not in told
    ]
    in_language = _("{words}: in English") if hit.language == "en" else _("{words}: in German")
    shown += [_reason(in_language, [asked], found, hit) for asked, found in translated.items()]
    return shown


def _reason(said: str, asked: Sequence[str], found: Sequence[str], hit: Hit) -> Reason:
    return Reason(said.format(words=", ".join(asked)), tuple(found[:MOST_FOUND]), hit.language)


def _holds(longer: str, part: str, language: str) -> bool:
    """Whether a word is made of another and more: "Mitgliedergewinnung" of "Mitglieder"."""
    whole, inside = _plain(fold(longer)), _plain(stem(language, fold(part)))
    return len(inside) >= 3 and inside in whole and len(whole) > len(inside) + 2


def _plain(word: str) -> str:
    return word.translate(str.maketrans("äöü", "aou"))


def _place(hit: Hit, found: Iterable[str]) -> str:
    in_title = any(part.marked for part in hit.title_fragments)
    stems = {word.term for written in found for word in words(written, hit.language)}
    in_heading = _heads(hit.passage.heading_path, stems, hit.language)
    if in_title and in_heading:
        return _("in title and heading")
    if in_title:
        return _("in the title")
    return _("in the heading") if in_heading else ""


def _heads(headings: Iterable[str], stems: Collection[str], language: str) -> bool:
    return any(word.term in stems for heading in headings for word in words(heading, language))
