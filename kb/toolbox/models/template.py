"""The template (Vorlage): a file to fill in, and how to do that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail_localize.fields import SynchronizedField

from kb.core import listing, passages, rich_text
from kb.core.models import BasePage, IndexPage, TaskArea
from kb.core.panels import tabs
from kb.toolbox.blocks.files import FilesBlock
from kb.toolbox.blocks.links import GuidesBlock
from search.protocol import Passage, RelatedLink

HEADINGS = {
    "purpose": _("What it is for"),
    "how_to_fill": _("How to fill it in"),
    "notes": _("Notes"),
    "files": _("Files"),
}


class TemplateIndexPage(IndexPage):
    """Lists the templates."""

    template = "pages/template_index_page.html"
    parent_page_types = ["core.HomePage"]
    subpage_types = ["toolbox.TemplatePage"]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("overview of templates")
        verbose_name_plural = _("overviews of templates")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Adds `items` (visible templates), `task_areas` (those with one) and `selected` (the filters in force)."""
        context = super().get_context(request, *args, **kwargs)
        templates = listing.children_of(self, TemplatePage, request).select_related(
            "image", "locale", "task_area"
        )
        areas = list(TaskArea.objects.filter(locale_id=self.locale_id))
        in_use = set(templates.prefetch_related(None).order_by().values_list("task_area_id", flat=True))
        selected = {}
        if (slug := request.GET.get("task_area")) in {area.slug for area in areas}:
            selected["task_area"] = slug
            templates = templates.filter(task_area__slug=slug)
        context["items"] = listing.paginate(templates.order_by("title"), request)
        context["task_areas"] = [area for area in areas if area.pk in in_use]
        context["selected"] = selected
        return context


class TemplatePage(BasePage):
    """A template with its files in one or both languages."""

    search_kind = "template"
    search_reads = ("task_area",)
    shows_related = True

    purpose = RichTextField(HEADINGS["purpose"], features=rich_text.TEXT)
    how_to_fill = RichTextField(HEADINGS["how_to_fill"], features=rich_text.TEXT, blank=True)
    notes = RichTextField(HEADINGS["notes"], features=rich_text.TEXT, blank=True)
    files = StreamField(FilesBlock(required=False), verbose_name=HEADINGS["files"], blank=True)
    task_area = models.ForeignKey(
        "core.TaskArea",
        verbose_name=_("task area"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    guides = StreamField(
        GuidesBlock(required=False), verbose_name=_("guides that use this template"), blank=True
    )
    version = models.CharField(_("version"), max_length=20, blank=True)
    licence = models.CharField(
        _("licence"), max_length=60, blank=True, help_text=_("For example “CC BY 4.0”.")
    )

    override_translatable_fields = [
        SynchronizedField("version", overridable=False),
        SynchronizedField("licence", overridable=False),
    ]

    template = "pages/template_page.html"
    parent_page_types = ["toolbox.TemplateIndexPage"]
    subpage_types: list[str] = []
    content_panels = [
        *BasePage.content_panels,
        FieldPanel("purpose"),
        FieldPanel("how_to_fill"),
        FieldPanel("notes"),
        FieldPanel("files"),
    ]
    edit_handler = tabs(
        content_panels,
        facts=[FieldPanel("task_area"), FieldPanel("version"), FieldPanel("licence")],
        relations=[FieldPanel("guides")],
        maintenance=BasePage.keyword_panels,
    )

    class Meta:
        verbose_name = _("template")
        verbose_name_plural = _("templates")

    def missing_for_publication(self) -> Mapping[str, Any]:
        """Adds a file to fill in."""
        missing = dict(super().missing_for_publication())
        if not self.files:
            missing["files"] = _("A template needs at least one file before it is published.")
        return missing

    def own_passages(self) -> Iterator[Passage]:
        for field, anchor in (("purpose", "purpose"), ("how_to_fill", "how-to-fill"), ("notes", "notes")):
            yield from passages.from_rich_text(getattr(self, field), anchor, (str(HEADINGS[field]),))
        for file in self._files_to_read():
            title = file["label"] or file["document"].title
            yield from passages.from_text(file["document"].text, "files", (str(HEADINGS["files"]), title))

    def _files_to_read(self) -> list[Any]:
        """The files in the page's language; all of them where there is none, since their words still lead here.

        Both languages on one page would relate it to others by words that its readers do not know.
        """
        files = [child.value for child in self.files if child.value["document"]]
        return [file for file in files if file["language"] == self.language] or files

    def search_facets(self) -> Mapping[str, Sequence[str]]:
        return {"task_area": [str(self.task_area.translation_key)] if self.task_area else []}

    def search_keywords(self) -> str:
        words = [self.keywords]
        if self.task_area:
            words.append(self.task_area.name)
        return ", ".join(word for word in words if word)

    def related_links(self) -> Sequence[RelatedLink]:
        return [RelatedLink("guide", child.value.pk) for child in self.guides if child.value is not None]
