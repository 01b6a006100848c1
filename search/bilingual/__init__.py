"""The lexical bridge: which English stems a German one is translated by, and the reverse, with weights."""

from search.bilingual.current import table
from search.bilingual.lookup import Clause, Translations, clauses, is_word, shipped, translations
from search.bilingual.rows import Row
from search.bilingual.site import RowStore, mine_site

__all__ = [
    "Clause",
    "Row",
    "RowStore",
    "Translations",
    "clauses",
    "is_word",
    "mine_site",
    "shipped",
    "table",
    "translations",
]
