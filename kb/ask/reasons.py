"""Why a page is among the results, in words that somebody who never heard of stems understands."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from search.analysis import stem, words
from search.analysis.normalise import fold
from search.retrieval import Answer, Hit

MOST_WORDS = 6
"""of a kind: a question of a whole paragraph would make the reason longer than the excerpt"""


@dataclass(frozen=True)
class Reason:
    """`said` in the reader's language, then words of the page as they stand there, in `language`."""

    said: str
    found: tuple[str, ...] = ()
    language: str = ""


def reasons(hit: Hit, answer: Answer) -> list[Reason]:
    """The words found as asked, each word found otherwise with how, and where on the page they stand."""
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
        return [Reason(_("Says it in other words"))] if hit.by_meaning else []
    if place := _place(hit, [*hit.matched, *(found for _asked, found in pairs)]):
        shown.append(Reason(place))
    return shown


def _found_otherwise(pairs: Sequence[tuple[str, str]], hit: Hit, answer: Answer) -> list[Reason]:
    """One reason for each word of the page, with all asked words that it stands for; parts of one word together."""
    corrected = {(one.typed, one.meant) for one in answer.corrections}
    by_way: dict[tuple[str, str], dict[str, None]] = {}
    for asked, found in pairs:
        if (asked, found) in corrected:
            key = (asked, _("{words}: understood as"))
        elif _holds(found, asked, hit.language):
            by_way.setdefault((found, "compound"), {})[asked] = None
            continue
        elif _holds(asked, found, hit.language):
            key = (asked, _("{words}: in parts,"))
        elif hit.language == "en":
            key = (asked, _("{words}: in English"))
        else:
            key = (asked, _("{words}: in German"))
        by_way.setdefault(key, {})[found] = None
    shown = []
    for (word, way), others in by_way.items():
        if way == "compound":
            asked_words = ", ".join(others)
            shown.append(Reason(_("{words}: as part of").format(words=asked_words), (word,), hit.language))
        else:
            shown.append(Reason(way.format(words=word), tuple(others), hit.language))
    return shown


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
