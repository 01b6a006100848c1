"""One vocabulary per language and database in each process, kept up with the table `search_lexeme`."""

from __future__ import annotations

import threading
import time

from django.db import connection

from search.analysis import ANALYSIS_VERSION
from search.conf import conf
from search.database import database_name
from search.vocabulary.words import Row, Vocabulary

OVERLAP = 500
"""Rows read again at each look: ids are given before rows are committed, so that a row can appear below the last."""

NEVER = float("-inf")

_lock = threading.Lock()


class Vocabularies(dict[str, Vocabulary]):
    """By language; an empty one for a language of which nothing is indexed."""

    def __missing__(self, language: str) -> Vocabulary:
        return Vocabulary(language)


class _Store:
    def __init__(self) -> None:
        self.languages = Vocabularies()
        self.last = 0
        self.looked = NEVER


_stores: dict[str, _Store] = {}


def current() -> Vocabularies:
    """The words of all languages, not older than `vocabulary_seconds`: at most one small query, usually none.

    A word that was published a moment ago is missing here for so long, which means: its compounds and slips. By
    itself it is found at once, since nothing but the statement decides that.
    """
    store = _stores.setdefault(database_name(connection), _Store())
    if time.monotonic() - store.looked >= conf().vocabulary_seconds and _lock.acquire(
        blocking=not store.last
    ):
        try:
            _read(store)
        finally:
            _lock.release()
    if connection.in_atomic_block:
        store.looked = NEVER  # what was read may be rolled back
    return store.languages


def forget() -> None:
    """Reads everything anew at the next question."""
    _stores.clear()


def _read(store: _Store) -> None:
    store.looked = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, language, word, stem, splits from search_lexeme "
            "where id > %s and analysis = %s order by id",
            (max(0, store.last - OVERLAP), ANALYSIS_VERSION),
        )
        rows = cursor.fetchall()
    grouped: dict[str, list[Row]] = {}
    for _, language, word, stem, splits in rows:
        grouped.setdefault(language, []).append((word, stem, tuple(splits)))
    for language, words in grouped.items():
        store.languages.setdefault(language, Vocabulary(language)).add(words)
    if rows:
        store.last = max(store.last, rows[-1][0])
