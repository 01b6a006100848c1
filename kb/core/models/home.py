"""The front page of one language."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField

from kb.core.blocks import BodyBlock
from kb.core.blocks.questions import ExampleQuestionsBlock
from kb.core.models.base import BasePage
from kb.core.panels import tabs
from search.protocol import Passage


class HomePage(BasePage):
    """Asks what the reader wants to know. Root of a language's tree."""

    question = models.CharField(
        _("question"),
        max_length=120,
        help_text=_("The large line above the search box, for example “What would you like to know?”."),
    )
    example_questions = StreamField(
        ExampleQuestionsBlock(required=False),
        verbose_name=_("example questions"),
        blank=True,
        help_text=_("Readers ask them with one click. Three to five, each with a good answer on this site."),
    )
    body = StreamField(BodyBlock(required=False), verbose_name=_("further content"), blank=True)

    template = "pages/home_page.html"
    parent_page_types = ["wagtailcore.Page"]
    content_panels = [
        *BasePage.content_panels,
        FieldPanel("question"),
        FieldPanel("example_questions"),
        FieldPanel("body"),
    ]
    edit_handler = tabs(content_panels)

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")

    @property
    def is_indexable(self) -> bool:
        """The home page answers nothing itself; it points to what does."""
        return False

    def passages(self) -> Iterable[Passage]:
        return []
