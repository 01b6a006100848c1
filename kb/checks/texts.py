"""Everything an editor has written into a page, each with its place in the form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.text import capfirst
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.fields import RichTextField, StreamField
from wagtail.images.blocks import ImageChooserBlock
from wagtail.models import Page

KEYS = frozenset({"keywords", "slug", "seo_title", "search_description"})
"""Texts that no reader reads as sentences."""


@dataclass(frozen=True)
class Piece:
    """A single value of a page."""

    kind: str
    """"text", "rich" (stored HTML), "image", "page" or "document" """
    value: Any
    """a str, or the image, page or document; None for a chooser whose target was deleted"""
    path: tuple[str, ...]
    place: str


def pieces(page: Page) -> Iterator[Piece]:
    """The values of `page` in the order of its fields."""
    for field in page._meta.get_fields():
        # One to one: the row of Wagtail's own page, of which this one is the rest.
        if not getattr(field, "editable", False) or field.one_to_one or field.name in KEYS:
            continue
        if (field.name != "title" and field.model is Page) or not hasattr(page, field.name):
            continue
        yield from _of_field(page, field)


def _of_field(page: Page, field: Any) -> Iterator[Piece]:
    place, path = name_of(field), (field.name,)
    if isinstance(field, StreamField):
        for number, child in enumerate(getattr(page, field.name), start=1):
            yield from _of_block(child.block, child.value, (*path, child.id or ""), f"{place} {number}")
        return
    if isinstance(field, models.ForeignKey):
        if (target := getattr(page, field.name)) is not None:
            yield from _target(target, path, place)
        return
    value = getattr(page, field.name)
    if isinstance(field, RichTextField):
        yield Piece("rich", value or "", path, place)
    elif type(field) in (models.CharField, models.TextField) and not field.choices:
        yield Piece("text", value or "", path, place)


def _target(target: Any, path: tuple[str, ...], place: str) -> Iterator[Piece]:
    if isinstance(target, Page):
        yield Piece("page", target, path, place)
    elif hasattr(target, "default_alt_text"):
        yield Piece("image", target, path, place)


def _of_block(block: Any, value: Any, path: tuple[str, ...], place: str) -> Iterator[Piece]:
    if isinstance(block, blocks.StructBlock):
        for name, child in block.child_blocks.items():
            label = f"{place} › {child.label}" if child.label else place
            yield from _of_block(child, value.get(name), (*path, name), label)
    elif isinstance(block, blocks.StreamBlock):
        for child in value or []:
            yield from _of_block(child.block, child.value, (*path, child.id or ""), place)
    elif isinstance(block, blocks.ListBlock):
        for child in value.bound_blocks if value else []:
            yield from _of_block(child.block, child.value, (*path, child.id or ""), place)
    elif isinstance(block, blocks.RichTextBlock):
        yield Piece("rich", value.source if value else "", path, place)
    elif isinstance(block, blocks.PageChooserBlock):
        yield Piece("page", value, path, place)
    elif isinstance(block, DocumentChooserBlock):
        yield Piece("document", value, path, place)
    elif isinstance(block, ImageChooserBlock):
        if value is not None:
            yield Piece("image", value, path, place)
    elif isinstance(block, (blocks.CharBlock, blocks.TextBlock)):
        yield Piece("text", value or "", path, place)


def name_of(field: Any) -> str:
    return str(capfirst(field.verbose_name))
