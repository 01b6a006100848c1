"""The clusters and network initiatives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.search import index

from kb.clusters.blocks.topics import TopicsBlock
from kb.core import listing, passages
from kb.core.blocks import BodyBlock
from kb.core.models import BasePage, IndexPage
from kb.core.panels import tabs
from search.protocol import Passage


class ClusterIndexPage(IndexPage):
    """Lists the clusters."""

    template = "pages/cluster_index_page.html"
    parent_page_types = ["core.HomePage"]
    subpage_types = ["clusters.ClusterPage"]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("overview of clusters")
        verbose_name_plural = _("overviews of clusters")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Adds `items`, the visible clusters by name."""
        context = super().get_context(request, *args, **kwargs)
        context["items"] = listing.paginate(
            listing.children_of(self, ClusterPage, request).order_by("title"), request
        )
        return context


class ClusterPage(BasePage):
    """A cluster or network initiative, with its needs and offers below it."""

    class Kind(models.TextChoices):
        CLUSTER = "cluster", _("Cluster")
        INITIATIVE = "initiative", _("Network initiative")

    search_kind = "cluster"
    shows_related = True

    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.CLUSTER)
    field = models.CharField(_("industry"), max_length=120, help_text=_("For example “Aviation”."))
    organisation = models.CharField(
        _("organisation"), max_length=160, blank=True, help_text=_("Legal form in words.")
    )
    region = models.CharField(_("region"), max_length=120, blank=True)
    founded = models.PositiveSmallIntegerField(
        _("founded in"), null=True, blank=True, validators=[MinValueValidator(1800)]
    )
    topics = StreamField(TopicsBlock(required=False), verbose_name=_("topics"), blank=True)
    contact_email = models.EmailField(_("contact"), blank=True)
    website = models.URLField(_("website"), blank=True)
    body = StreamField(BodyBlock(required=False), verbose_name=_("profile"), blank=True)

    search_fields = [*BasePage.search_fields, index.SearchField("field"), index.FilterField("kind")]

    template = "pages/cluster_page.html"
    parent_page_types = ["clusters.ClusterIndexPage"]
    subpage_types = ["clusters.NeedOfferPage", "core.ContentPage", "core.NewsIndexPage"]
    content_panels = [*BasePage.content_panels, FieldPanel("body")]
    edit_handler = tabs(
        content_panels,
        facts=[
            MultiFieldPanel(
                [FieldPanel("kind"), FieldPanel("field"), FieldPanel("topics")], heading=_("Subject")
            ),
            MultiFieldPanel(
                [
                    FieldPanel("organisation"),
                    FieldRowPanel([FieldPanel("region"), FieldPanel("founded")]),
                    FieldPanel("contact_email"),
                    FieldPanel("website"),
                ],
                heading=_("Organisation"),
            ),
        ],
        maintenance=BasePage.keyword_panels,
    )

    class Meta:
        verbose_name = _("cluster")
        verbose_name_plural = _("clusters")

    def clean(self) -> None:
        """Raises ValidationError for a year that is still to come."""
        super().clean()
        if self.founded and self.founded > timezone.localdate().year:
            raise ValidationError({"founded": _("This year is in the future.")})

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Adds what `selectors.of_cluster` finds."""
        from kb.clusters import selectors

        context = super().get_context(request, *args, **kwargs)
        return {**context, **selectors.of_cluster(self, request)}

    def own_passages(self) -> Iterator[Passage]:
        yield from passages.from_stream(self.body)
        yield from passages.from_items(self.topics, "topics", (str(_("Topics")),))

    def search_facets(self) -> Mapping[str, Sequence[str]]:
        return {"cluster": [str(self.translation_key)]}

    def search_keywords(self) -> str:
        words = [self.keywords, self.field, *(str(child.value) for child in self.topics)]
        return ", ".join(word for word in words if word)
