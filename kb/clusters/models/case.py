"""Case examples: a cluster's own experience with a guide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField

from kb.core import listing, passages, rich_text
from kb.core.models import BasePage, IndexPage
from kb.core.panels import tabs
from kb.core.reader import reader_of
from kb.core.translations import localized
from search.protocol import Passage, RelatedLink

HEADINGS = {
    "situation": _("Situation"),
    "action": _("What we did"),
    "result": _("Result"),
    "lessons": _("What we would do differently"),
}
"""The sections of every case example; the anchor is the key."""


class CaseIndexPage(IndexPage):
    """Lists the case examples."""

    template = "pages/case_index_page.html"
    parent_page_types = ["core.HomePage"]
    subpage_types = ["clusters.CasePage"]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("overview of case examples")
        verbose_name_plural = _("overviews of case examples")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Adds `items`, the visible examples, newest first."""
        context = super().get_context(request, *args, **kwargs)
        cases = listing.children_of(self, CasePage, request).select_related("image", "locale", "cluster")
        context["items"] = listing.paginate(cases.order_by("-year", "title"), request)
        return context


class CasePage(BasePage):
    """What a cluster did, how it went, and what it would do differently."""

    search_kind = "case"
    shows_related = True

    cluster = models.ForeignKey(
        "clusters.ClusterPage",
        verbose_name=_("cluster"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    guide = models.ForeignKey(
        "toolbox.PracticeGuide",
        verbose_name=_("guide"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("The guide you worked with."),
    )
    year = models.PositiveSmallIntegerField(_("year"), validators=[MinValueValidator(1990)])
    situation = RichTextField(HEADINGS["situation"], features=rich_text.TEXT)
    action = RichTextField(HEADINGS["action"], features=rich_text.TEXT)
    result = RichTextField(HEADINGS["result"], features=rich_text.TEXT)
    lessons = RichTextField(HEADINGS["lessons"], features=rich_text.TEXT, blank=True)

    template = "pages/case_page.html"
    parent_page_types = ["clusters.CaseIndexPage"]
    subpage_types: list[str] = []
    content_panels = [
        *BasePage.content_panels,
        FieldPanel("situation"),
        FieldPanel("action"),
        FieldPanel("result"),
        FieldPanel("lessons"),
    ]
    edit_handler = tabs(
        content_panels,
        facts=[FieldPanel("year")],
        relations=[FieldPanel("cluster"), FieldPanel("guide")],
        maintenance=BasePage.keyword_panels,
    )

    class Meta:
        verbose_name = _("case example")
        verbose_name_plural = _("case examples")

    def clean(self) -> None:
        """Raises ValidationError for a year that is still to come."""
        super().clean()
        if self.year and self.year > timezone.localdate().year:
            raise ValidationError({"year": _("This year is in the future.")})

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Adds `case_cluster` and `case_guide` in the reader's language, None where they may not be seen."""
        context = super().get_context(request, *args, **kwargs)
        pages = localized(
            [page for page in (self.cluster, self.guide) if page],
            self.language,
            reader_of(request),
        )
        by_kind = {page.search_kind: page for page in pages}
        context["case_cluster"] = by_kind.get("cluster")
        context["case_guide"] = by_kind.get("guide")
        return context

    def own_passages(self) -> Iterator[Passage]:
        for field, heading in HEADINGS.items():
            yield from passages.from_rich_text(getattr(self, field), field, (str(heading),))

    def search_facets(self) -> Mapping[str, Sequence[str]]:
        return {"cluster": [str(self.cluster.translation_key)] if self.cluster else []}

    def dated_on(self) -> date:
        """The end of its year: an example is written once it is over."""
        return date(self.year, 12, 31)

    def related_links(self) -> Sequence[RelatedLink]:
        return [
            RelatedLink(kind, page_id)
            for kind, page_id in (("cluster", self.cluster_id), ("guide", self.guide_id))
            if page_id
        ]
