"""Pages that belong with a page, and why."""

from search.related.read import Related, related_to

__all__ = ["Related", "related_to"]
