"""What the home page shows of kb.core: news, and the overviews below it; what an empty list refers to."""

from __future__ import annotations

from django import template
from django.db.models import Exists, OuterRef
from wagtail.models import Page

from kb.core import listing
from kb.core.models import HomePage, IndexPage, NewsPage
from kb.core.reader import reader_of
from kb.core.visibility import visible_to

register = template.Library()


@register.simple_tag(takes_context=True)
def overview_pages(context: template.Context) -> dict[str, Page]:
    """Visible pages right below the home page by model name ("toolboxpage"), the first of each."""
    home: HomePage = context["page"]
    pages = visible_to(Page.objects.child_of(home), reader_of(context["request"])).filter(
        alias_of__isnull=True
    )
    return {page.cached_content_type.model: page for page in reversed(pages)}


@register.simple_tag(takes_context=True)
def filled_overviews(context: template.Context) -> list[Page]:
    """Pages of the menu, in its order, below which this reader finds more than further lists."""
    home = context["navigation"]["home"]
    if home is None:
        return []
    reader = reader_of(context["request"])
    below = Page.objects.not_type(IndexPage).filter(path__startswith=OuterRef("path"), alias_of=None)
    pages = visible_to(Page.objects.child_of(home).filter(show_in_menus=True, alias_of=None), reader)
    return list(pages.filter(Exists(visible_to(below, reader))).order_by("path"))


@register.simple_tag(takes_context=True)
def latest_news(context: template.Context, count: int) -> list[NewsPage]:
    """The `count` newest visible news items in the language of the home page."""
    return list(
        listing.descendants_of(context["page"], NewsPage, context["request"]).order_by("-date", "-pk")[:count]
    )
