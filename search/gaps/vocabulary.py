"""Which words of a question are words: of German or English, or of what the site says in public."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db import connection

from search.analysis import splits, stem
from search.bilingual import shipped
from search.reader import ANONYMOUS
from search.retrieval.statement import sql, visible_params

_NAME_ENDINGS = """
bach bauer baum becker bein berg brink brock bruch burg dorf feld fischer hagen hammer hausen haus heim hof hoff horst
kamp kopf macher mann meier meyer müller richter schmidt schneider stein vogel wald weber
"""
NAME_ENDINGS = tuple(_NAME_ENDINGS.split())
"""Last parts of family names that are words as well: "Hoffmann" could be taken apart, and is no compound."""

_SQL = sql("../gaps/vocabulary.sql")


def known(words: Iterable[str]) -> frozenset[str]:
    """Those of the folded `words` that are known. Asks the database only for what the term table does not know.

    Pages that not everybody may read count for nothing: what is masked would otherwise tell what they mention.
    """
    asked = set(words)
    found = {word for word in asked if _of_the_language(word)}
    rest = sorted(asked - found)
    if rest:
        languages = [code for code, _ in settings.LANGUAGES]
        terms = {f"{code}:{stem(code, word)}": word for word in rest for code in languages}
        with connection.cursor() as cursor:
            cursor.execute(_SQL, visible_params(ANONYMOUS) | {"terms": list(terms)})
            found |= {terms[term] for (term,) in cursor.fetchall()}
    return frozenset(found)


def _of_the_language(word: str) -> bool:
    return _has_row(word, "de", "en") or _has_row(word, "en", "de") or _is_compound(word)


def _has_row(word: str, source: str, target: str) -> bool:
    return bool(shipped().row(stem(source, word), source, target))


def _is_compound(word: str) -> bool:
    """ "Hafenrundfahrt", so that two nouns beside each other are not taken for somebody's two names."""
    if word.endswith(NAME_ENDINGS):
        return False
    return any(all(shipped().row(part, "de", "en") for part in split) for split in splits("de", word))
