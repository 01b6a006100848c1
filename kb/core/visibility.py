"""Which pages a reader may see, as part of the query. Search asks the same, so the rule stands there."""

from __future__ import annotations

from search.visibility import closed_to, visible_to

__all__ = ["closed_to", "visible_to"]
