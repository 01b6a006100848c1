"""txtai: Faiss and its own BM25, fused by it (weighted, 0.5 each), texts in SQLite."""

from collections.abc import Callable
from threading import Lock
from typing import Any

import numpy as np
from txtai import Embeddings

from tests.bench.peers.adapters.words import stop_words
from tests.bench.peers.material import Asked, Passage
from tests.bench.peers.peer import PASSAGES_PER_PAGE, Found, Peer

WIDER = 10
"""txtai's own factor between what it returns and the candidates it filters in SQL"""


class Adapter(Peer):
    packages = ("txtai", "faiss-cpu")
    method = "dense (Faiss, every vector compared) and BM25 (words as they are written), weighted"
    needed = (
        "stop words of both languages; it has no stems. A lock, since the process ends with a segmentation fault when "
        "threads share its SQLite connection"
    )

    def build(self) -> None:
        stops = sorted({word for language in self.material.languages for word in stop_words(language)})
        words = {
            "method": "bm25",
            "terms": True,
            "normalize": True,
            "tokenizer": {"stopwords": stops, "alphanum": False},
        }
        embeddings = Embeddings(
            method="external", transform=self._transform(), hybrid=True, content=True, scoring=words
        )
        embeddings.index(self._rows(list(self.material.passages)))
        embeddings.save(str(self.folder / "index"))
        embeddings.close()

    def open(self) -> None:
        self.lock = Lock()
        self.embeddings = Embeddings()
        self.embeddings.load(str(self.folder / "index"), config={"transform": self._transform()})

    def search(self, asked: Asked, *, pages: int, member: bool = True) -> list[Found]:
        limit = pages * PASSAGES_PER_PAGE
        conditions = [f"similar(:asked, {limit * WIDER})"]
        if asked.only_language:
            conditions.append(f"language = '{asked.only_language}'")
        if not member:
            conditions.append("open = 1")
        statement = (
            f"select page, language, text, score from txtai where {' and '.join(conditions)} limit {limit}"
        )
        with self.lock:
            rows = self.embeddings.search(statement, parameters={"asked": asked.text})
        return [Found(row["page"], row["language"]) for row in rows]

    def replace(self, passage: Passage) -> None:
        self.embeddings.upsert(self._rows([passage]))

    def delete(self, page: str) -> None:
        self.embeddings.delete([passage.id for passage in self.material.passages if passage.page == page])

    def close(self) -> None:
        self.embeddings.close()

    def _rows(self, passages: list[Passage]) -> list[tuple[int, dict[str, Any], None]]:
        return [
            (
                passage.id,
                {
                    "text": passage.text,
                    "page": passage.page,
                    "language": passage.language,
                    "open": int(passage.open),
                },
                None,
            )
            for passage in passages
        ]

    def _transform(self) -> Callable[[list[str]], np.ndarray]:
        """A function proper: txtai calls anything else, methods too, to get one."""
        return lambda texts: np.stack([self.material.vector_of[text] for text in texts])
