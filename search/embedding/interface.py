"""The seam: whatever turns text into vectors looks like this."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy
    import numpy.typing

    Vectors = numpy.typing.NDArray[numpy.float32]
else:
    Vectors = object


class EmbedderUnavailable(RuntimeError):
    """The model cannot be used now; the text says why, for the log and for an operator."""


class Embedder(Protocol):
    """Methods may be called by several threads. Those that compute, and `dimensions`, may load the model first and so
    raise EmbedderUnavailable."""

    @property
    def name(self) -> str:
        """Its key in search.embedding.models, its name on the hub, or what its folder is called."""

    @property
    def languages(self) -> frozenset[str]:
        """Languages that the model was trained on; "*" stands for many."""

    @property
    def floor(self) -> float:
        """Cosine below which a passage has nothing to do with a question (models.ModelDescription.floor)."""

    @property
    def dimensions(self) -> int: ...

    @property
    def fingerprint(self) -> str:
        """Changes whenever the same text could get another vector: weights, prefixes, dimensions, length."""

    @property
    def is_warm(self) -> bool:
        """Whether the next call answers without loading anything."""

    def warm(self) -> None:
        """Loads the model and embeds one word, so that the first question does not pay for it."""

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """float32, shape (len(texts), dimensions), every row of length 1."""

    def embed_query(self, text: str) -> Vectors:
        """float32, shape (dimensions,), of length 1."""
