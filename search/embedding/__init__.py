"""Text -> vectors: the models behind one small interface."""

from search.embedding.interface import Embedder, EmbedderUnavailable, Vectors
from search.embedding.process import (
    embedder_named,
    model_state,
    query_embedder,
    query_vector,
    reset,
    warm_in_background,
)

__all__ = [
    "Embedder",
    "EmbedderUnavailable",
    "Vectors",
    "embedder_named",
    "model_state",
    "query_embedder",
    "query_vector",
    "reset",
    "warm_in_background",
]
