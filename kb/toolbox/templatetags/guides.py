"""What the page of a practice guide needs beside its own fields: its contents list and the pages it names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import template
from wagtail.models import Page

from kb.core import listing
from kb.core.passages import anchor_of
from kb.core.reader import reader_of
from kb.core.translations import localized
from kb.toolbox.models.guide import HEADINGS, PracticeGuide

register = template.Library()


@dataclass(frozen=True)
class Entry:
    """A line of the contents list."""

    anchor: str
    title: str


@dataclass(frozen=True)
class Links:
    """Pages that a guide names, in the reader's language and visible to the reader."""

    templates: list[Page]
    used_by: list[Page]
    fields: list[Page]


@register.simple_tag
def guide_headings() -> dict[str, Any]:
    """Field name -> heading of its section."""
    return HEADINGS


@register.simple_tag
def guide_contents(guide: PracticeGuide) -> list[Entry]:
    """The sections this guide has, in the order of the page."""
    entries = [
        Entry(field.replace("_", "-"), str(title))
        for field, title in HEADINGS.items()
        if getattr(guide, field)
    ]
    entries += [
        Entry(anchor_of(child.id), child.value["heading"])
        for child in guide.body
        if child.block_type == "section"
    ]
    return entries


@register.simple_tag(takes_context=True)
def guide_links(context: template.Context, guide: PracticeGuide) -> Links:
    """Templates, clusters and co-learning fields of `guide`; one look-up for all of them."""
    streams = {
        name: [child.value for child in getattr(guide, name) if child.value is not None]
        for name in ("templates", "used_by", "co_learning_fields")
    }
    wanted = [page for pages in streams.values() for page in pages]
    found = {
        page.translation_key: page
        for page in localized(wanted, guide.locale.language_code, reader_of(context["request"]))
    }

    def pages(name: str) -> list[Page]:
        keys = dict.fromkeys(page.translation_key for page in streams[name])
        return [found[key] for key in keys if key in found]

    return Links(pages("templates"), pages("used_by"), pages("co_learning_fields"))


@register.simple_tag(takes_context=True)
def newest_guides(context: template.Context, count: int) -> list[PracticeGuide]:
    """The `count` visible guides below the home page that were published last."""
    guides = listing.descendants_of(context["page"], PracticeGuide, context["request"])
    return list(guides.order_by("-first_published_at", "-pk")[:count])
