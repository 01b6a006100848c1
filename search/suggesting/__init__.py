"""What could be meant while somebody is still typing: words, titles and headings, never an embedding."""

from search.suggesting.offering import suggest
from search.suggesting.suggestion import Suggestion

__all__ = ["Suggestion", "suggest"]
