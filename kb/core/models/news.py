"""News, newest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date as Date
from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField

from kb.core import listing, passages
from kb.core.ancestors import clusters_above
from kb.core.blocks import BodyBlock
from kb.core.models.base import BasePage, IndexPage
from kb.core.panels import tabs
from search.protocol import Passage


class NewsIndexPage(IndexPage):
    """Lists the news of the site, or of the cluster it stands below."""

    template = "pages/news_index_page.html"
    parent_page_types = ["core.HomePage", "clusters.ClusterPage"]
    subpage_types = ["core.NewsPage"]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("news overview")
        verbose_name_plural = _("news overviews")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Adds `items`, a page of visible news, newest first."""
        context = super().get_context(request, *args, **kwargs)
        news = listing.children_of(self, NewsPage, request).order_by("-date", "-pk")
        context["items"] = listing.paginate(news, request)
        return context


class NewsPage(BasePage):
    """A short report with a date."""

    search_kind = "news"

    date = models.DateField(_("date"), default=timezone.localdate)
    body = StreamField(BodyBlock(), verbose_name=_("text"))

    template = "pages/news_page.html"
    parent_page_types = ["core.NewsIndexPage"]
    subpage_types: list[str] = []
    content_panels = [*BasePage.content_panels, FieldPanel("date"), FieldPanel("body")]
    edit_handler = tabs(content_panels, maintenance=BasePage.keyword_panels)

    class Meta:
        verbose_name = _("news item")
        verbose_name_plural = _("news items")

    def own_passages(self) -> Iterator[Passage]:
        yield from passages.from_stream(self.body)

    def search_facets(self) -> Mapping[str, Sequence[str]]:
        return {"cluster": clusters_above(self)}

    def dated_on(self) -> Date:
        return self.date
