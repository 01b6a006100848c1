"""The lists on overview pages."""

from __future__ import annotations

from typing import Any, TypeVar

from django.core.paginator import Page as PageOfItems
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from wagtail.models import Page

from kb.core.reader import reader_of
from kb.core.visibility import visible_to

PER_PAGE = 24

Item = TypeVar("Item", bound=Page)


def children_of(index: Page, model: type[Item], request: HttpRequest) -> Any:
    """Visible children of `index` that are of `model`, with what a list entry shows."""
    return _shown(model.objects.child_of(index), request)


def descendants_of(index: Page, model: type[Item], request: HttpRequest) -> Any:
    """Visible pages of `model` at any depth below `index`."""
    return _shown(model.objects.descendant_of(index), request)


def paginate(items: QuerySet[Any], request: HttpRequest, *, count: int | None = None) -> PageOfItems[Any]:
    """The page of `items` that `?page=` asks for; the nearest one when there is no such page.

    `count` spares the query for it where their number is known.
    """
    paginator = Paginator(items, PER_PAGE)
    if count is not None:
        paginator.count = count  # a cached property: what stands there is not asked for
    return paginator.get_page(request.GET.get("page"))


def _shown(pages: Any, request: HttpRequest) -> Any:
    # An alias shows another page's text: in another language it would be listed under the wrong one.
    return (
        visible_to(pages, reader_of(request))
        .filter(alias_of__isnull=True)
        .select_related("image", "locale")
        .prefetch_related("image__renditions")
        .defer_streamfields()
    )
