"""Text -> vectors: the models behind one small interface."""

from search.embedding.in_force import (
    ask_with,
    asking_with,
    choice,
    index_embedder,
    model_state,
    query_embedder,
)
from search.embedding.interface import Embedder, EmbedderUnavailable, Vectors
from search.embedding.process import embedder_named, query_vector, reset, warm_in_background

__all__ = [
    "Embedder",
    "EmbedderUnavailable",
    "Vectors",
    "ask_with",
    "asking_with",
    "choice",
    "embedder_named",
    "index_embedder",
    "model_state",
    "query_embedder",
    "query_vector",
    "reset",
    "warm_in_background",
]
