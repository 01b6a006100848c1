"""Vectors made of the words alone, for tests where meaning does not matter: quick, deterministic, no model."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache

from search.analysis import ANALYSIS_VERSION, words
from search.embedding.interface import Vectors


class HashingEmbedder:
    """Feature hashing (Weinberger et al., ICML 2009) of word stems and of the 4-grams of the words."""

    languages = frozenset({"*"})
    is_warm = True
    floor = 0.0

    def __init__(self, name: str = "hashing-64", dimensions: int = 64) -> None:
        self.name = name
        self.dimensions = dimensions
        self.fingerprint = f"{name}:{ANALYSIS_VERSION}"

    def warm(self) -> None:
        """Nothing to load."""

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        import numpy

        vectors = numpy.zeros((len(texts), self.dimensions), dtype=numpy.float32)
        for row, text in zip(vectors, texts, strict=True):
            for word in words(text, "de"):
                self._add(row, word.term, 1.0)
                grams = [word.folded[i : i + 4] for i in range(len(word.folded) - 3)]
                for gram in grams:
                    self._add(row, gram, 0.5 / len(grams) ** 0.5)
            length = float(numpy.linalg.norm(row))
            # A text without words still needs a direction: cosine distance to a zero vector is no number.
            row[:] = row / length if length else 1.0 / self.dimensions**0.5
        return vectors

    def embed_query(self, text: str) -> Vectors:
        return self.embed_passages([text])[0]

    def _add(self, row: Vectors, feature: str, weight: float) -> None:
        place, sign = _hashed(feature)
        row[place % self.dimensions] += sign * weight


@lru_cache(maxsize=65_536)
def _hashed(feature: str) -> tuple[int, int]:
    digest = hashlib.blake2b(feature.encode(), digest_size=8).digest()
    return int.from_bytes(digest[:7], "big"), 1 if digest[7] & 1 else -1
