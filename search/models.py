"""All tables of search, where Django looks for them."""

from search.index.models import EmbeddingModel, IndexedPage, Lexeme, Passage, PassageVector, Posting
from search.related.models import Relation

__all__ = ["EmbeddingModel", "IndexedPage", "Lexeme", "Passage", "PassageVector", "Posting", "Relation"]
