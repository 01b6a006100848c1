"""One page type that follows the search protocol. Text: blank lines between passages, `# Heading {anchor}`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.contrib.postgres.fields import ArrayField
from django.db import models
from wagtail.models import Page
from wagtail.snippets.models import register_snippet

from search.protocol import Passage, RelatedLink

_HEADING = re.compile(r"^# (?P<heading>.+?)(?: \{(?P<anchor>[\w-]+)\})?$")


@register_snippet
class Topic(models.Model):
    """Something that notes show and that changes without them."""

    name = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.name


class Note(Page):
    """A page whose passages are the sections of its text."""

    kind = models.CharField(max_length=20, default="guide")
    text = models.TextField(blank=True)
    keywords = models.CharField(max_length=250, blank=True)
    task_area = models.CharField(max_length=40, blank=True)
    complements = ArrayField(models.IntegerField(), default=list, blank=True)
    topic = models.ForeignKey(Topic, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    @property
    def search_kind(self) -> str:
        return self.kind

    def passages(self) -> Iterator[Passage]:
        if self.topic:
            yield Passage("topic", ("Topic",), self.topic.name)
        heading, anchor, lines = "", "", list[str]()
        for line in [*self.text.splitlines(), "# end"]:
            if match := _HEADING.match(line):
                if text := "\n".join(lines).strip():
                    yield Passage(anchor, (heading,) if heading else (), text)
                heading, anchor, lines = match["heading"], match["anchor"] or "", []
            else:
                lines.append(line)

    def search_facets(self) -> dict[str, list[str]]:
        return {"task_area": [self.task_area]} if self.task_area else {}

    def search_keywords(self) -> str:
        return self.keywords

    def related_links(self) -> list[RelatedLink]:
        return [RelatedLink("complements", page_id) for page_id in self.complements]
