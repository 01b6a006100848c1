"""Plain pages: imprint, data protection, accessibility, easy language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField

from kb.core import passages
from kb.core.ancestors import clusters_above
from kb.core.blocks import BodyBlock
from kb.core.models.base import BasePage
from kb.core.panels import tabs
from search.protocol import Passage


class ContentPage(BasePage):
    """A page of free text, in normal or in easy language (Leichte Sprache)."""

    class Variant(models.TextChoices):
        NORMAL = "normal", _("normal language")
        EASY = "easy", _("easy language")

    variant = models.CharField(
        _("language level"), max_length=10, choices=Variant.choices, default=Variant.NORMAL
    )
    show_in_footer = models.BooleanField(
        _("show in footer"), default=False, help_text=_("Links this page at the bottom of every page.")
    )
    body = StreamField(BodyBlock(), verbose_name=_("text"))

    template = "pages/content_page.html"
    parent_page_types = ["core.HomePage", "core.ContentPage", "clusters.ClusterPage"]
    subpage_types = ["core.ContentPage"]
    content_panels = [*BasePage.content_panels, FieldPanel("variant"), FieldPanel("body")]
    edit_handler = tabs(content_panels, maintenance=[*BasePage.keyword_panels, FieldPanel("show_in_footer")])

    class Meta:
        verbose_name = _("plain page")
        verbose_name_plural = _("plain pages")

    def own_passages(self) -> Iterator[Passage]:
        yield from passages.from_stream(self.body)

    def search_facets(self) -> Mapping[str, Sequence[str]]:
        return {"cluster": clusters_above(self)}
