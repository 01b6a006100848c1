"""Co-learning fields: topics that several clusters work on together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField

from kb.core import listing, passages
from kb.core.blocks import BodyBlock
from kb.core.models import BasePage, IndexPage
from kb.core.panels import tabs
from kb.toolbox.blocks.links import ClustersBlock, GuidesBlock
from search.protocol import Passage, RelatedLink


class FieldIndexPage(IndexPage):
    """Lists the co-learning fields."""

    template = "pages/field_index_page.html"
    parent_page_types = ["core.HomePage"]
    subpage_types = ["clusters.FieldPage"]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("overview of co-learning fields")
        verbose_name_plural = _("overviews of co-learning fields")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Adds `items`, the visible fields by name."""
        context = super().get_context(request, *args, **kwargs)
        context["items"] = listing.paginate(
            listing.children_of(self, FieldPage, request).order_by("title"), request
        )
        return context


class FieldPage(BasePage):
    """A topic in the form of a question, with the clusters and guides that belong to it."""

    search_kind = "field"
    shows_related = True

    question = models.CharField(
        _("question"), max_length=250, help_text=_("The topic as one question that clusters share.")
    )
    clusters = StreamField(ClustersBlock(required=False), verbose_name=_("clusters taking part"), blank=True)
    guides = StreamField(GuidesBlock(required=False), verbose_name=_("guides"), blank=True)
    body = StreamField(BodyBlock(), verbose_name=_("text"))

    template = "pages/field_page.html"
    parent_page_types = ["clusters.FieldIndexPage"]
    subpage_types: list[str] = []
    content_panels = [*BasePage.content_panels, FieldPanel("question"), FieldPanel("body")]
    edit_handler = tabs(
        content_panels,
        relations=[FieldPanel("clusters"), FieldPanel("guides")],
        maintenance=BasePage.keyword_panels,
    )

    class Meta:
        verbose_name = _("co-learning field")
        verbose_name_plural = _("co-learning fields")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Adds what `selectors.of_field` finds."""
        from kb.clusters import selectors

        context = super().get_context(request, *args, **kwargs)
        return {**context, **selectors.of_field(self, request)}

    def own_passages(self) -> Iterator[Passage]:
        yield from passages.from_text(self.question, "question")
        yield from passages.from_stream(self.body)

    def search_facets(self) -> Mapping[str, Sequence[str]]:
        return {"cluster": [str(child.value.translation_key) for child in self.clusters if child.value]}

    def related_links(self) -> Sequence[RelatedLink]:
        return [
            RelatedLink(kind, child.value.pk)
            for kind, stream in (("cluster", self.clusters), ("guide", self.guides))
            for child in stream
            if child.value
        ]
