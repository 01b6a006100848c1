"""All tables of search, where Django looks for them."""

from search.index.models import (
    EmbeddingModel,
    IndexedPage,
    Lexeme,
    ModelChoice,
    Passage,
    PassageVector,
    Posting,
    VectorFailure,
)
from search.related.models import Relation

__all__ = [
    "EmbeddingModel",
    "IndexedPage",
    "Lexeme",
    "ModelChoice",
    "Passage",
    "PassageVector",
    "Posting",
    "Relation",
    "VectorFailure",
]
