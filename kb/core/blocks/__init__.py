"""Building blocks of page bodies, one subject a file. `body` puts them together."""

from kb.core.blocks.body import BodyBlock

__all__ = ["BodyBlock"]
