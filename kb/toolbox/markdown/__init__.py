"""Markdown with front matter -> the parts of a practice guide. Plain values, no models.

`source` reads a file, `outline` makes a tree of headings and blocks of it, `parse` maps the tree to the fields of a
guide, `leftover` proves that no word was lost on the way.
"""

from kb.toolbox.markdown.draft import GuideDraft
from kb.toolbox.markdown.leftover import leftover
from kb.toolbox.markdown.parse import parse_guide
from kb.toolbox.markdown.source import Source, SourceError, read_source
from kb.toolbox.markdown.word import markdown_of

__all__ = ["GuideDraft", "Source", "SourceError", "leftover", "markdown_of", "parse_guide", "read_source"]
