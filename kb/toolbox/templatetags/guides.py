"""What the page of a practice guide needs beside its own fields: its contents list and the pages it names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import template
from django.db.models import Count, F
from django.utils.translation import gettext as _
from wagtail.blocks import StreamValue
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page

from kb.clusters.selectors import with_example_of
from kb.core import listing
from kb.core.passages import anchor_of
from kb.core.reader import reader_of
from kb.core.translations import localized
from kb.toolbox.models.guide import HEADINGS, PracticeGuide
from search.reader import reading_language

register = template.Library()

WORDS_A_MINUTE = 200
"""238 for English non-fiction (Brysbaert 2019, doi:10.1016/j.jml.2019.104047); German words are longer."""
LONGEST_DAY = 12 * 60
TEXTS = [
    field.name for field in PracticeGuide._meta.get_fields() if isinstance(field, RichTextField | StreamField)
]


@dataclass(frozen=True)
class Entry:
    """A line of the contents list."""

    anchor: str
    title: str


@dataclass(frozen=True)
class Links:
    """Pages that stand around a guide, in the reader's language and visible to the reader."""

    templates: list[Page]
    used_by: list[Page]
    """clusters that it names, then those with an example of it"""
    fields: list[Page]


@register.simple_tag
def guide_headings() -> dict[str, Any]:
    """Field name -> heading of its section."""
    return HEADINGS


@register.filter
def own_language_first(files: StreamValue) -> list[StreamValue.StreamChild]:
    """The files of a template, in their order, with those in the reader's language on top."""
    return sorted(files, key=lambda file: file.value["language"] != reading_language())


@register.filter
def in_one_day(minutes: int) -> bool:
    """Can these minutes be planned by the clock of one day? A process over weeks cannot."""
    return 0 < minutes <= LONGEST_DAY


@register.filter
def reading_minutes(guide: PracticeGuide) -> int:
    """Minutes it takes to read `guide`, at least one."""
    words = sum(
        len(re.findall(r"\w+", re.sub(r"<[^>]*>", " ", text)))
        for field in TEXTS
        for text in _texts(guide, field)
    )
    return max(1, round(words / WORDS_A_MINUTE))


@register.simple_tag
def guide_contents(guide: PracticeGuide, links: Links, examples: list[Page]) -> list[Entry]:
    """The sections this guide has, in the order of the page, and what stands around it."""
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
    around = (
        ("templates", _("Templates to download"), links.templates),
        ("examples", _("Case examples"), examples),
        ("used-by", _("Used by"), links.used_by),
    )
    entries += [Entry(name, str(title)) for name, title, pages in around if pages]
    return [*entries, Entry("about", str(_("About this guide")))]


@register.simple_tag(takes_context=True)
def guide_links(context: template.Context, guide: PracticeGuide) -> Links:
    """Templates, clusters and co-learning fields of `guide`; one look-up for all of them."""
    reader = reader_of(context["request"])
    streams: dict[str, list[Page]] = {
        name: [child.value for child in getattr(guide, name) if child.value is not None]
        for name in ("templates", "used_by", "co_learning_fields")
    }
    streams["used_by"] += with_example_of(guide, reader)
    wanted = [page for pages in streams.values() for page in pages]
    found = {page.translation_key: page for page in localized(wanted, guide.language, reader)}

    def pages(name: str) -> list[Page]:
        keys = dict.fromkeys(page.translation_key for page in streams[name])
        return [found[key] for key in keys if key in found]

    return Links(pages("templates"), pages("used_by"), pages("co_learning_fields"))


@register.simple_tag(takes_context=True)
def newest_guides(context: template.Context, count: int) -> list[PracticeGuide]:
    """The `count` visible guides below the home page that were published last."""
    guides = listing.descendants_of(context["page"], PracticeGuide, context["request"])
    return list(guides.order_by("-first_published_at", "-pk")[:count])


@register.simple_tag(takes_context=True)
def task_areas_in_use(context: template.Context) -> list[dict[str, Any]]:
    """`area_name`, `area_slug` and number of `guides` of each task area with a visible guide below the home page; one
    query."""
    guides = listing.descendants_of(context["page"], PracticeGuide, context["request"]).prefetch_related(None)
    areas = guides.values(area_name=F("task_area__name"), area_slug=F("task_area__slug"))
    return list(areas.annotate(guides=Count("pk")).order_by("task_area__sort_order", "area_name"))


def _texts(guide: PracticeGuide, field: str) -> Iterator[str]:
    """The stored texts of a field, as they are: turning blocks into values would cost queries."""
    value = getattr(guide, field)
    waiting: list[Any] = [list(value.raw_data) if isinstance(value, StreamValue) else value]
    while waiting:
        found = waiting.pop()
        if isinstance(found, str):
            yield found
        elif isinstance(found, dict):
            waiting += [part for name, part in found.items() if name not in ("id", "type")]
        elif isinstance(found, list):
            waiting += found
