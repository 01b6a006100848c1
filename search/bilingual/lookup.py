"""A word of a question -> what to look for in the other language."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Protocol

from search.analysis import splits, stem
from search.bilingual.mining import best_split
from search.bilingual.rows import TermFile

Weighted = tuple[tuple[str, float], ...]
"""(stem of the target language, weight), best first; the sum of the weights is at most 1"""

logger = logging.getLogger(__name__)

FOLDER = Path(__file__).parent / "terms"
SHIPPED = (("de", "en"), ("en", "de"))
"""(source, target): the directions of which there is a file"""

LONGEST = 80
"""letters of a word that is split at all: the index holds no longer ones"""
LONGEST_OF_THREE = 45
"""letters up to which three parts are tried: their number grows with the square of the length"""
PART_WEIGHT = 0.85
"""A part of a compound counts so much as a word by itself: the parts together say little more than one word.
0.5 to 1 tried (docs/decisions/term-table.md)."""
MIN_PART_WEIGHT = 0.3
"""sum of a part's weights that makes it known enough to explain a compound with"""
DOUBT_SHARE = 0.25
"""What a row leaves to doubt goes by this share to its compound's parts, or to the word as it is written."""
LONE_WEIGHT = 0.4
"""Weight of a compound's last part where its first is unknown: "Hydraulikpresse" is a press, but a
"Gewerbesteuerhebesatz" no "Besatz" (crew). 0.85 gained 0.006 on d365po (train) and such answers."""
MIN_LONE_PART = 5
"""letters of a last part that may speak for a compound whose first part is unknown"""
SURE = 0.3
"""sum of the weights of a word's translations from which the table knows it"""


class Translations(Protocol):
    """A table of both directions, such as the shipped one or one with the site's own rows before it. Its rows never
    change: answers are remembered for as long as the object is in use."""

    def row(self, term: str, source: str, target: str) -> Weighted: ...

    def __hash__(self) -> int: ...


@dataclass(frozen=True)
class Clause:
    """Stems of which any may stand for one word, or one part of a compound: a query term of a structured query."""

    alternatives: Weighted
    weight: float = 1.0
    """of the clause as a whole, beside the question's other words"""


class Shipped:
    """The table that comes with the code."""

    def row(self, term: str, source: str, target: str) -> Weighted:
        row = _file(source, target).get(term)
        return row.translations if row else ()


@cache
def shipped() -> Shipped:
    return Shipped()


@cache
def _file(source: str, target: str) -> TermFile:
    """Empty for other languages, and where the file is missing or broken: said once, and questions are answered
    without it."""
    if (source, target) not in SHIPPED:
        return TermFile(b"")
    path = FOLDER / f"{source}-{target}.tsv"
    try:
        return TermFile.at(path)
    except (OSError, ValueError) as error:
        logger.error(
            "Questions are not translated word by word from %s to %s: %s cannot be used (%s). "
            "Restore it from the release, or build it: python -m search.bilingual.build",
            source,
            target,
            path,
            error,
        )
        return TermFile(b"")


def translations(
    stem: str, source: str, target: str, *, word: str = "", table: Translations | None = None
) -> Weighted:
    """Translations of an index term (a stem of `search.analysis`), at most a handful.

    `word` is the folded word it came from: compounds are split better and names keep their spelling with it. Parts
    of an unknown compound are translated with less weight. Unknown terms, numbers and names are themselves:
    the answer is never empty. Other pairs of languages than German and English have no rows.
    """
    merged: dict[str, float] = {}
    found = clauses(stem, source, target, word=word, table=table)
    for clause in found:
        for term, weight in clause.alternatives:
            merged[term] = merged.get(term, 0.0) + weight * clause.weight / len(found)
    return tuple(sorted(merged.items(), key=lambda entry: (-entry[1], entry[0])))


def clauses(
    stem: str, source: str, target: str, *, word: str = "", table: Translations | None = None
) -> tuple[Clause, ...]:
    """As `translations`, with one clause for each part of an unknown compound: "Angebotszeile" is a quote's line,
    not a quote or a line. Never empty."""
    return _clauses(stem, source, target, word or stem, shipped() if table is None else table)


@lru_cache(maxsize=16_384)
def _clauses(term: str, source: str, target: str, word: str, table: Translations) -> tuple[Clause, ...]:
    return _found(term, source, target, word, table)


@lru_cache(maxsize=65_536)
def is_word(stem: str, language: str, table: Translations) -> bool:
    """Whether the table surely translates a stem from this language, so that it is a word whoever uses it."""
    others = (target for source, target in SHIPPED if source == language)
    return any(sum(weight for _, weight in table.row(stem, language, other)) >= SURE for other in others)


def forget() -> None:
    """Drops what is remembered of tables: to be called when one is not used any more."""
    _clauses.cache_clear()
    is_word.cache_clear()


def _found(term: str, source: str, target: str, word: str, table: Translations) -> tuple[Clause, ...]:
    same = stem(target, word)
    if source == target or any(character.isdigit() for character in term):
        return (Clause(((same, 1.0),)),)
    row = table.row(term, source, target)
    parts = _parts(word, source, target, table)
    if row:
        if not parts:
            return (Clause(_topped_up(row, ((same, 1.0),))),)
        share = 1 / len(parts)
        rest = tuple((other, weight * share) for part in parts for other, weight in part)
        return (Clause(_topped_up(row, rest)),)
    for form in _verb_stems(term, source):
        row = table.row(form, source, target)
        if sum(weight for _, weight in row) >= MIN_PART_WEIGHT:
            return (Clause(row),)
    if parts:
        return tuple(Clause(part, PART_WEIGHT if len(parts) > 1 else 1.0) for part in parts)
    return (Clause(((same, 1.0),)),)


_PARTICLE = (
    "ab|an|auf|aus|bei|durch|ein|fest|her|hin|los|mit|nach|uber|um|unter|vor|weg|weiter|zu|zuruck|zusammen"
)
_VERB_FORMS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"^(?P<particle>(?:{_PARTICLE})?)ge(?P<stem>\w{{3,}}?)(?:e?t)?$",  # geplant, eingeplant, gelesen
        rf"^(?P<particle>{_PARTICLE})zu(?P<stem>\w{{3,}})$",  # einzuplanen
        r"^(?P<particle>)(?P<stem>\w{4,}?)e?t$",  # verlangt, arbeitete
    )
)
"""Forms of German verbs that Snowball keeps apart from the infinitive. Those whose vowel changes stay unknown."""


def _verb_stems(term: str, language: str) -> Iterator[str]:
    """Stems of the infinitives that a German stem could be a form of, whether they exist or not."""
    if language == "de":
        for form in _VERB_FORMS:
            if found := form.match(term):
                yield found["particle"] + found["stem"]


def _topped_up(row: Weighted, rest: Weighted) -> Weighted:
    doubt = 1 - sum(weight for _, weight in row)
    merged = dict(row)
    for term, weight in rest:
        merged[term] = merged.get(term, 0.0) + weight * max(doubt, 0.0) * DOUBT_SHARE
    kept = [(term, weight) for term, weight in merged.items() if weight >= 0.01]
    return tuple(sorted(kept, key=lambda entry: (-entry[1], entry[0])))


def _parts(word: str, source: str, target: str, table: Translations) -> tuple[Weighted, ...]:
    """Translations of the parts of a German compound; of its last part alone when only that is known."""

    if len(word) > LONGEST:
        return ()

    @cache
    def known(part: str) -> float:
        return sum(weight for _, weight in table.row(part, source, target))

    def fit(part: str) -> float:
        return known(part) * len(part)

    candidates = [split for split in splits(source, word) if min(map(known, split)) >= MIN_PART_WEIGHT]
    if not candidates and len(word) <= LONGEST_OF_THREE:
        candidates = [
            split for split in splits(source, word, parts=3) if min(map(known, split)) >= MIN_PART_WEIGHT
        ]
    split = best_split(candidates, fit, 0.0)
    if not split:
        lasts = {split[-1:] for split in splits(source, word) if len(split[-1]) >= MIN_LONE_PART}
        split = max(
            (last for last in lasts if known(last[0]) >= MIN_PART_WEIGHT),
            key=lambda last: (len(last[0]), last),
            default=(),
        )
        if split:
            return (
                tuple((term, weight * LONE_WEIGHT) for term, weight in table.row(split[0], source, target)),
            )
    return tuple(table.row(part, source, target) for part in split)
