"""Which model questions are asked with in this process, and which one the index works for.

The choice is a row (search.index.models.ModelChoice), read anew for every question, so that all processes follow
within one. A vector is only ever compared with those of the model that made it: whoever has a model gets its
fingerprint with it, and the statement names that.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.conf import settings
from django.db import Error, connection

from search.embedding import process
from search.embedding.interface import Embedder, EmbedderUnavailable, Vectors

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class KnownModel:
    """A row of search_embeddingmodel."""

    id: int
    name: str
    source: str
    """what process.embedder_named takes"""
    fingerprint: str


@dataclass(frozen=True)
class Choice:
    """The row of ModelChoice; all None as long as nothing was ever embedded: then the setting decides."""

    current: KnownModel | None = None
    previous: KnownModel | None = None
    candidate: KnownModel | None = None


_last = Choice()
_asking_with: ContextVar[str | None] = ContextVar("search_asking_with", default=None)


def choice() -> Choice:
    """What the database says now, or said last where it cannot be asked."""
    global _last
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                """
                select m.id, m.name, m.source, m.fingerprint,
                    m.id = c.current_id, m.id = c.previous_id, m.id = c.candidate_id
                from search_modelchoice c
                join search_embeddingmodel m on m.id in (c.current_id, c.previous_id, c.candidate_id)
                where c.id = 1
                """
            )
            rows = cursor.fetchall()
    except Error as error:
        logger.warning("The database does not say which model is in force: %s", error)
        return _last
    found: dict[str, KnownModel] = {}
    for *columns, is_current, is_previous, is_candidate in rows:
        known = KnownModel(*columns)
        for name, it_is in (("current", is_current), ("previous", is_previous), ("candidate", is_candidate)):
            if it_is:
                found[name] = known
    _last = Choice(**found)
    return _last


def query_embedder() -> Embedder:
    """The model to ask a question with, here and now.

    The one in force. A process that has not loaded it yet goes on with the one before, whose vectors are still
    there, and loads the new one in the background; with neither, words alone answer meanwhile.
    """
    other = _asking_with.get()
    if other is not None:
        return process.embedder_named(other)
    chosen = choice()
    if chosen.current is None:
        return process.embedder_named(settings.SEARCH_EMBEDDING_MODEL)
    current = embedder_of(chosen.current)
    if current is not None and current.is_warm:
        if chosen.previous is not None and chosen.candidate is None:
            process.release(chosen.previous.source, but=current)
        return current
    if chosen.previous is not None and process.is_loaded(chosen.previous.source):
        previous = embedder_of(chosen.previous)
        if previous is not None and previous.is_warm:
            if current is not None:
                process.warm_in_background(current)
            return previous
    return current or Absent(chosen.current)


def index_embedder() -> Embedder:
    """The model whose vectors the rows are to have: the one in force, as its files are now.

    Where they have changed under the same name, the index works for the new ones, and `query_embedder` answers by
    words until all is there and search.model_change switches.
    """
    chosen = choice()
    return process.embedder_named(
        settings.SEARCH_EMBEDDING_MODEL if chosen.current is None else chosen.current.source
    )


def embedder_of(known: KnownModel) -> Embedder | None:
    """The embedder that made this model's vectors; None where its files are gone or others now."""
    try:
        embedder = process.embedder_named(known.source)
        return embedder if embedder.fingerprint == known.fingerprint else None
    except (EmbedderUnavailable, ImportError, OSError, ValueError) as error:
        logger.error("The model %s cannot be had: %s", known.name, error)
        return None


def model_state() -> str:
    """ "ready", "loading" (or not asked for yet) or "unavailable": for an operator's monitoring."""
    return process.state_of(query_embedder())


def ask_with(source: str) -> None:
    """Asks all questions of this process (context) with another model than the one in force: for measuring it."""
    _asking_with.set(source)


@contextmanager
def asking_with(source: str) -> Iterator[Embedder]:
    """The same inside a `with`. Raises ValueError for a folder that describes itself wrongly."""
    embedder = process.embedder_named(source)
    token = _asking_with.set(source)
    try:
        yield embedder
    finally:
        _asking_with.reset(token)


class Absent:
    """A model whose vectors are there and whose files are not: nothing can be compared with them."""

    is_warm = False
    dimensions = 0
    languages: frozenset[str] = frozenset()
    floor = 0.0

    def __init__(self, known: KnownModel) -> None:
        self.name, self.fingerprint = known.name, known.fingerprint
        self._why = f"The files of the model {known.name} are not those that the index was computed with."

    def warm(self) -> None:
        raise EmbedderUnavailable(self._why)

    def embed_passages(self, texts: object) -> Vectors:
        raise EmbedderUnavailable(self._why)

    def embed_query(self, text: str) -> Vectors:
        raise EmbedderUnavailable(self._why)
