"""The site's own translations as a term table: rows mined from its pages, put before the shipped ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from search.bilingual.lookup import Translations, Weighted, shipped
from search.bilingual.mining import Mined, Settings, mine
from search.bilingual.rows import Row

SITE_SETTINGS = Settings(split_up_to=4, doubt=2.0)
"""A site has hundreds of paragraphs where the shared texts have hundreds of thousands."""

TRUST_HALF = 4
"""pairs in which a term was seen on the site until the site's row counts as much as the shipped one"""


class RowStore(Protocol):
    """Where the site's rows are kept."""

    def replace(self, rows: Mapping[tuple[str, str], Iterable[Row]]) -> None:
        """Takes the place of all rows; keys are (source language, target language). All or nothing."""


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
    store.replace({("de", "en"): mined.de, ("en", "de"): mined.en})
    return mined


class SiteFirst:
    """A table of both: the site's row counts the more, the more often the site has the term."""

    def __init__(self, rows: Mapping[tuple[str, str], Mapping[str, Row]], general: Translations) -> None:
        """`rows`: (source, target) -> term -> row, as far as a question needs them."""
        self._rows = rows
        self._general = general

    def row(self, term: str, source: str, target: str) -> Weighted:
        own = self._rows.get((source, target), {}).get(term)
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
