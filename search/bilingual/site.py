"""The site's own translations as a term table: rows mined from its pages, put before the shipped ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from search.bilingual.lookup import Translations, Weighted, shipped
from search.bilingual.mining import Mined, Settings, mine
from search.bilingual.rows import Row

MIN_KNOWN = 0.1
"""Sum of weights below which a row is left out where the shipped table has none: "it was once seen beside" is less
than the word's parts, or the word itself, can say."""

SITE_SETTINGS = Settings(split_up_to=4, doubt=2.0)
"""A site has hundreds of paragraphs where the shared texts have hundreds of thousands."""

TRUST_HALF = 4
"""pairs in which a term was seen on the site until the site's row counts as much as the shipped one"""


Direction = tuple[str, str]
"""(source language, target language)"""


class RowStore(Protocol):
    """Where the site's rows are kept."""

    def replace(self, rows: Mapping[Direction, Iterable[Row]]) -> None:
        """Takes the place of all rows. All or nothing."""


class Rows(Protocol):
    """Rows of one direction; a dict by term is one."""

    def get(self, term: str, /) -> Row | None: ...


def mine_site(
    pairs: Iterable[tuple[str, str]],
    store: RowStore,
    *,
    table: Translations | None = None,
    settings: Settings = SITE_SETTINGS,
) -> Mined:
    """Mines aligned (German, English) paragraphs and hands the rows to `store`.

    The general table (`table`, the shipped one if None) explains the words it knows, so that few paragraphs are
    enough to learn the others. No rows are kept of `pairs` themselves.
    """
    general = table or shipped()
    mined = mine(pairs, settings, prior=lambda term: dict(general.row(term, "de", "en")))
    kept = Mined(_sure(mined.de, general, "de", "en"), _sure(mined.en, general, "en", "de"))
    store.replace({("de", "en"): kept.de, ("en", "de"): kept.en})
    return kept


def _sure(rows: Iterable[Row], general: Translations, source: str, target: str) -> list[Row]:
    return [
        row
        for row in rows
        if sum(weight for _, weight in row.translations) >= MIN_KNOWN or general.row(row.term, source, target)
    ]


class SiteFirst:
    """A table of both: the site's row counts the more, the more often the site has the term."""

    def __init__(self, rows: Mapping[Direction, Rows], general: Translations) -> None:
        self._rows = rows
        self._general = general

    def row(self, term: str, source: str, target: str) -> Weighted:
        rows = self._rows.get((source, target))
        own = rows.get(term) if rows is not None else None
        general = self._general.row(term, source, target)
        return blended(own, general) if own else general


def blended(own: Row, general: Weighted, *, keep: int = 5) -> Weighted:
    """Linear interpolation by evidence; a term that the general table does not know is the site's alone."""
    if not general:
        return own.translations
    trust = own.evidence / (own.evidence + TRUST_HALF)
    merged = {term: weight * (1 - trust) for term, weight in general}
    for term, weight in own.translations:
        merged[term] = merged.get(term, 0.0) + weight * trust
    return tuple(sorted(merged.items(), key=lambda entry: (-entry[1], entry[0]))[:keep])
