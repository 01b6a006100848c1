"""Pages that belong with a page, and why."""

from search.related.read import Related, related_to, suggestions

__all__ = ["Related", "related_to", "suggestions"]
