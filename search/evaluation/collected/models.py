"""A page whose passages are the sections of a Markdown text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from django.db import models
from wagtail.models import Page
from wagtail.search import index

from search.protocol import Passage, RelatedLink

_HEADING = re.compile(r"(?P<level>#{1,6})\s+(?P<heading>.*\S)\s*#*\s*")


class CollectedPage(Page):
    """A text of a collection as a page, in a database that holds nothing else."""

    text = models.TextField()

    search_kind = "text"
    search_fields = [*Page.search_fields, index.SearchField("text")]

    def passages(self) -> Iterator[Passage]:
        """One for each section, under its headings; the title is not repeated as one of them."""
        path: dict[int, str] = {}
        lines: list[str] = []
        for line in [*self.text.splitlines(), "# "]:
            if (match := _HEADING.fullmatch(line)) is None and line != "# ":
                lines.append(line)
                continue
            if text := "\n".join(lines).strip():
                headings = tuple(heading for _, heading in sorted(path.items()) if heading != self.title)
                yield Passage("", headings, text)
            lines = []
            if match is not None:
                level = len(match["level"])
                path = {above: heading for above, heading in path.items() if above < level}
                path[level] = match["heading"]

    def search_facets(self) -> Mapping[str, Sequence[str]]:
        return {}

    def search_keywords(self) -> str:
        return ""

    def related_links(self) -> Sequence[RelatedLink]:
        return ()
