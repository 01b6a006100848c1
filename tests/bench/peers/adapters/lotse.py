"""This project's search, through `search.retrieval.ask` and the index's own services."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tests.bench.peers.adapters.in_database import InDatabase
from tests.bench.peers.material import Asked, Material, Passage
from tests.bench.peers.peer import Found

TABLES = "indexedpage, passage, passagevector, posting, lexeme, relation, vectorfailure"


class Given:
    """The model in force with its vectors looked up: nobody's times contain any embedding."""

    def __init__(self, model: Any, material: Material, *, unknown: bool = False) -> None:
        """`unknown`: a text that is not in the material gets the vector of one that is."""
        self.name, self.languages, self.floor = model.name, model.languages, model.floor
        self.fingerprint, self.dimensions = material.model, material.vectors.shape[1]
        self.is_warm = True
        self._vector_of = material.vector_of
        self._unknown = material.vectors[0] if unknown else None

    def warm(self) -> None:
        """Nothing to load."""

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        return np.stack([self.embed_query(text) for text in texts])

    def embed_query(self, text: str) -> np.ndarray:
        if self._unknown is not None:
            return self._vector_of.get(text, self._unknown)
        return self._vector_of[text]

    def know(self, questions: Sequence[Asked]) -> None:
        """Also under their cleaned texts, which is what the search embeds."""
        from search.bilingual import table
        from search.retrieval.asking import site_languages
        from search.retrieval.question import parse

        for asked in questions:
            read = parse(asked.text, language=asked.language, languages=site_languages(), table=table())
            self._vector_of[read.text] = self._vector_of[asked.text]


class Adapter(InDatabase):
    packages = ("wagtail", "pgvector", "psycopg")
    method = (
        "words, 4-grams and dense, weighted, translations folded, visibility in one statement of PostgreSQL"
    )
    tables = "search\\_%"

    def __init__(self, folder: Path, material: Material) -> None:
        super().__init__(folder, material)
        from django.conf import settings

        from search.embedding import process

        name = settings.SEARCH_EMBEDDING_MODEL
        self.given = Given(process.embedder_named(name), material)
        process._embedders[name] = self.given  # type: ignore[assignment]

    def build(self) -> None:
        from search.index import approximate, services

        self.restrict()
        tables = ", ".join(f"search_{table.strip()}" for table in TABLES.split(","))
        self.rows(f"truncate {tables} cascade")
        services.index_due()
        approximate.keep()
        self.settle()

    def open(self) -> None:
        super().open()
        from search import vocabulary

        self.given.know(self.material.questions)
        vocabulary.current()

    def search(self, asked: Asked, *, pages: int, member: bool = True) -> list[Found]:
        from search.conf import using
        from search.evaluation.legs import PATIENT

        with using(**PATIENT):
            return self._ask(asked, pages, member)

    def ranked(self, asked: Asked, *, pages: int) -> list[Found]:
        from search.conf import using
        from search.evaluation.legs import LOOSE, PATIENT

        with using(**PATIENT, **LOOSE):
            return self._ask(asked, pages, True)

    def replace(self, passage: Passage) -> None:
        from search.index import services

        page = self.rewrite(passage.page, passage.language, passage.text)
        services.index_page(page.pk)

    def delete(self, page: str) -> None:
        self.remove(page)

    def _ask(self, asked: Asked, pages: int, member: bool) -> list[Found]:
        from search.reader import ANONYMOUS, Reader
        from search.retrieval import ask

        answer = ask(
            asked.text,
            reader=Reader(authenticated=True, superuser=True) if member else ANONYMOUS,
            language=asked.language,
            only_language=asked.only_language,
            limit=pages,
        )
        if answer.lexical_only or answer.timed_out:
            raise RuntimeError(f"answered without the model or not at all: {asked.text}")
        return [Found(str(hit.translation_key), hit.language) for hit in answer.hits]
