"""Judged questions through the product's own `search.retrieval.ask`, one after another."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from search import conf
from search.embedding import EmbedderUnavailable, asking_with, query_embedder
from search.evaluation.questions import Question
from search.evaluation.readers import member, reader_of
from search.index.models import EmbeddingModel
from search.reader import Reader
from search.retrieval import Answer, ask

DEPTH = 50
"""Results asked for: recall is measured at 50."""


class NoModel(RuntimeError):
    """The embedding model cannot be used; the text says why."""


@dataclass(frozen=True)
class Found:
    """A result: a page by its translation key, the language it is shown in, and the passage it leads to."""

    key: str
    language: str = ""
    anchor: str = ""


@dataclass(frozen=True)
class Outcome:
    """What came of a question."""

    question: Question
    found: tuple[Found, ...]
    seconds: float
    """from the question to its answer"""
    database_seconds: float = 0.0
    """of these, spent waiting for PostgreSQL"""
    confidence: float | None = None
    answered: bool = True
    lexical_only: bool = False
    timed_out: bool = False
    evidence: Mapping[str, float] = field(default_factory=dict)
    """what the pipeline knows about how well the question was answered (Answer.evidence)"""

    @property
    def ranked(self) -> list[str]:
        return [found.key for found in self.found]


def require_model() -> str:
    """Loads the model, so that no question is answered without it. Returns its fingerprint; raises NoModel."""
    embedder = query_embedder()
    try:
        embedder.warm()
        return embedder.fingerprint
    except EmbedderUnavailable as error:
        raise NoModel(str(error)) from error


@contextmanager
def asked_with(fingerprint: str) -> Iterator[None]:
    """Asks with this model, whichever is in force; "" stands for that one. Raises NoModel where its vectors or its
    files are not there."""
    if not fingerprint:
        yield
        return
    known = EmbeddingModel.objects.filter(fingerprint=fingerprint).first()
    if known is None:
        raise NoModel(f"The vectors of {fingerprint} have been dropped")
    try:
        with asking_with(known.source or known.name) as embedder:
            if embedder.fingerprint != fingerprint:
                raise NoModel(f"The files of the model {known.name} are gone or others now")
            yield
    except ValueError as error:
        raise NoModel(str(error)) from error


def ask_all(
    questions: Iterable[Question],
    figures: Mapping[str, Any],
    *,
    progress: Callable[[int], None] | None = None,
) -> list[Outcome]:
    """Every question once under these figures, in order. Call `require_model` before."""
    who = member()
    outcomes = []
    with conf.using(**figures):
        for number, question in enumerate(questions, start=1):
            outcomes.append(ask_one(question, reader=reader_of(question, member=who)))
            if progress is not None:
                progress(number)
    return outcomes


def ask_one(question: Question, *, reader: Reader) -> Outcome:
    """One question under the figures in force."""
    with _database_time() as database:
        began = time.perf_counter()
        answer = ask(
            question.text,
            reader=reader,
            language=question.language,
            only_language=question.only_language,
            limit=DEPTH,
        )
        seconds = time.perf_counter() - began
    return Outcome(
        question=question,
        found=_found(answer),
        seconds=seconds,
        database_seconds=sum(database),
        confidence=answer.confidence,
        answered=answer.answered and bool(answer.hits),
        lexical_only=answer.lexical_only,
        timed_out=answer.timed_out,
        evidence=dict(getattr(answer, "evidence", {})),
    )


def _found(answer: Answer) -> tuple[Found, ...]:
    return tuple(Found(str(hit.translation_key), hit.language, hit.passage.anchor) for hit in answer.hits)


@contextmanager
def _database_time() -> Iterator[list[float]]:
    """Seconds of every statement inside, as this process sees them: sent, computed, fetched."""
    spent: list[float] = []

    def timed(execute: Callable[..., Any], *args: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(*args)
        finally:
            spent.append(time.perf_counter() - began)

    with connection.execute_wrapper(timed):
        yield spent
