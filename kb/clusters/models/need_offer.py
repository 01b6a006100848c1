"""What clusters look for and what they offer (Gesuche und Angebote)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.search import index

from kb.clusters.models.cluster import ClusterPage
from kb.core import listing, passages, rich_text
from kb.core.models import BasePage, IndexPage
from kb.core.panels import tabs
from search.protocol import Passage, RelatedLink


class NeedsOffersIndexPage(IndexPage):
    """Lists the needs and offers of all clusters; they live below their clusters."""

    template = "pages/needs_offers_index_page.html"
    parent_page_types = ["core.HomePage"]
    subpage_types: list[str] = []
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("overview of needs and offers")
        verbose_name_plural = _("overviews of needs and offers")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Adds `items` (current ones of every cluster), `kinds` (those that there are) and `selected` (the filters in
        force)."""
        from kb.clusters import selectors

        context = super().get_context(request, *args, **kwargs)
        found = selectors.current(self, request)
        kinds = set(found.prefetch_related(None).order_by().values_list("kind", flat=True))
        selected = {}
        if (kind := request.GET.get("kind")) in NeedOfferPage.Kind.values:
            selected["kind"] = kind
            found = found.filter(kind=kind)
        context["items"] = listing.paginate(found, request)
        context["kinds"] = [choice for choice in NeedOfferPage.Kind.choices if choice[0] in kinds]
        context["selected"] = selected
        return context


class NeedOfferPage(BasePage):
    """Something a cluster looks for or offers, for a limited time."""

    class Kind(models.TextChoices):
        NEED = "need", _("Need")
        OFFER = "offer", _("Offer")

    search_reads = ("task_area",)
    shows_related = True

    kind = models.CharField(_("kind"), max_length=5, choices=Kind.choices)
    valid_until = models.DateField(
        _("valid until"),
        null=True,
        blank=True,
        help_text=_("Afterwards it leaves the lists; the page stays. Empty: until you take it down."),
    )
    task_area = models.ForeignKey(
        "core.TaskArea",
        verbose_name=_("task area"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    body = RichTextField(
        _("text"), features=rich_text.TEXT, help_text=_("What, for whom, until when, and how to reach you.")
    )

    search_fields = [
        *BasePage.search_fields,
        index.SearchField("body"),
        index.FilterField("kind"),
        index.FilterField("valid_until"),
    ]

    template = "pages/need_offer_page.html"
    parent_page_types = ["clusters.ClusterPage"]
    subpage_types: list[str] = []
    content_panels = [*BasePage.content_panels, FieldPanel("kind"), FieldPanel("body")]
    edit_handler = tabs(
        content_panels,
        facts=[FieldPanel("valid_until"), FieldPanel("task_area")],
        maintenance=BasePage.keyword_panels,
    )

    class Meta:
        verbose_name = _("need or offer")
        verbose_name_plural = _("needs and offers")

    @property
    def search_kind(self) -> str:  # type: ignore[override]
        """ "need" or "offer"."""
        return self.kind

    @property
    def has_ended(self) -> bool:
        """True after the last day on which it was valid."""
        return self.valid_until is not None and self.valid_until < timezone.localdate()

    @cached_property
    def cluster(self) -> ClusterPage | None:
        """The cluster whose need or offer this is."""
        parent = self.get_parent()
        specific = parent.specific if parent is not None else None
        return specific if isinstance(specific, ClusterPage) else None

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Adds `cluster`, None while the cluster itself is not published."""
        context = super().get_context(request, *args, **kwargs)
        context["cluster"] = self.cluster if self.cluster and self.cluster.live else None
        return context

    def own_passages(self) -> Iterator[Passage]:
        yield from passages.from_rich_text(self.body, "text")

    def search_facets(self) -> Mapping[str, Sequence[str]]:
        return {
            "task_area": [str(self.task_area.translation_key)] if self.task_area else [],
            "cluster": [str(self.cluster.translation_key)] if self.cluster else [],
        }

    def search_keywords(self) -> str:
        words = [self.keywords, self.get_kind_display() if self.kind else ""]
        if self.task_area:
            words.append(self.task_area.name)
        return ", ".join(str(word) for word in words if word)

    def related_links(self) -> Sequence[RelatedLink]:
        return [RelatedLink("cluster", self.cluster.pk)] if self.cluster else []
