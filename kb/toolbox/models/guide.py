"""The practice guide (Praxisleitfaden): how something is done, told so that somebody else can do it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, TitleFieldPanel
from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail.fields import RichTextField, StreamField
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField

from kb.core import passages, rich_text
from kb.core.blocks import BodyBlock
from kb.core.models import BasePage
from kb.core.panels import tabs
from kb.toolbox.blocks.checklist import MaterialsBlock, PreparationBlock
from kb.toolbox.blocks.experience import PitfallsBlock, SuccessBlock, VariantsBlock
from kb.toolbox.blocks.links import (
    ClustersBlock,
    CoLearningFieldsBlock,
    RelatedGuidesBlock,
    TemplatesBlock,
)
from kb.toolbox.blocks.people import RolesBlock
from kb.toolbox.blocks.steps import StepsBlock
from kb.toolbox.forms import GuideForm
from kb.toolbox.models import facts
from search.protocol import Passage, RelatedLink

HEADINGS = {
    "purpose": _("Purpose and benefit"),
    "when_to_use": _("When to use it"),
    "when_not_to_use": _("When not to use it"),
    "roles": _("Roles"),
    "preparation": _("Preparation"),
    "materials": _("Materials"),
    "steps": _("Steps"),
    "pitfalls": _("Pitfalls"),
    "variants": _("Variants"),
    "success": _("Measuring success"),
    "inclusive_delivery": _("Inclusive delivery"),
}
"""The sections every guide has, in their order; the anchor is the key with hyphens."""


class PracticeGuide(facts.GuideFacts, facts.Review, BasePage):  # type: ignore[misc, django-manager-missing]
    """A guide that somebody in another cluster can work from on Monday."""

    Kind = facts.Kind
    Phase = facts.Phase
    Mode = facts.Mode
    CostClass = facts.CostClass
    Difficulty = facts.Difficulty
    Status = facts.Status

    search_kind = "guide"
    search_reads = ("task_area",)
    shows_related = True

    purpose = RichTextField(
        HEADINGS["purpose"],
        features=rich_text.TEXT,
        help_text=_("What people gain from it. For example: “After an hour, new members know three others.”"),
    )
    when_to_use = RichTextField(
        HEADINGS["when_to_use"],
        features=rich_text.TEXT,
        blank=True,
        help_text=_(
            "In which situations this is the right thing. For example: “Many new members who do not know each other.”"
        ),
    )
    when_not_to_use = RichTextField(
        HEADINGS["when_not_to_use"],
        features=rich_text.TEXT,
        blank=True,
        help_text=_(
            "In which situations something else helps more. For example: “There is a conflict to settle first.”"
        ),
    )
    roles = StreamField(
        RolesBlock(required=False),
        verbose_name=HEADINGS["roles"],
        blank=True,
        help_text=_("Who is needed. For example: “Moderation, 1 person”, “Reception, 2 people”."),
    )
    preparation = StreamField(
        PreparationBlock(required=False),
        verbose_name=HEADINGS["preparation"],
        blank=True,
        help_text=_(
            "What must be done before, in this order. Readers tick it off: “Book the room”, “Invite members”."
        ),
    )
    materials = StreamField(
        MaterialsBlock(required=False),
        verbose_name=HEADINGS["materials"],
        blank=True,
        help_text=_("What has to be there. For example: “Name tags”, “Two flipcharts”."),
    )
    steps = StreamField(
        StepsBlock(required=False),
        verbose_name=HEADINGS["steps"],
        blank=True,
        help_text=_(
            "One step is one thing that somebody does, with its minutes. For example: “Swap tasks with the next table”, "
            "20 minutes. Required before publishing, except for a checklist."
        ),
    )
    pitfalls = StreamField(
        PitfallsBlock(required=False),
        verbose_name=HEADINGS["pitfalls"],
        blank=True,
        help_text=_(
            "What goes wrong, and what helps. For example: “Only three people talk” – “Small groups, one question each”."
        ),
    )
    variants = StreamField(
        VariantsBlock(required=False),
        verbose_name=HEADINGS["variants"],
        blank=True,
        help_text=_("Other ways to do it. For example: “Online in 45 minutes”."),
    )
    success = StreamField(
        SuccessBlock(required=False),
        verbose_name=HEADINGS["success"],
        blank=True,
        help_text=_(
            "How one sees that it worked. For example: new contacts, “How many people did you meet?”."
        ),
    )
    inclusive_delivery = RichTextField(
        HEADINGS["inclusive_delivery"],
        features=rich_text.TEXT,
        blank=True,
        help_text=_("How everybody can take part: access, language, pauses, technology."),
    )
    body = StreamField(
        BodyBlock(required=False),
        verbose_name=_("further sections"),
        blank=True,
        help_text=_("What fits nowhere else. For example: “Sentences for the invitation”."),
    )

    used_by = StreamField(ClustersBlock(required=False), verbose_name=_("used by clusters"), blank=True)
    co_learning_fields = StreamField(
        CoLearningFieldsBlock(required=False), verbose_name=_("co-learning fields"), blank=True
    )
    templates = StreamField(TemplatesBlock(required=False), verbose_name=_("templates"), blank=True)
    related_guides = StreamField(
        RelatedGuidesBlock(required=False), verbose_name=_("related guides"), blank=True
    )

    # Names and references are the same in every language: translators need not type them again.
    override_translatable_fields = [
        SynchronizedField("authors", overridable=False),
        SynchronizedField("source"),
        SynchronizedField("licence", overridable=False),
        SynchronizedField("reviewed_by", overridable=False),
        SynchronizedField("responsible", overridable=False),
    ]
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("purpose"),
        index.FilterField("kind"),
        index.FilterField("status"),
        index.FilterField("next_review"),
    ]

    template = "pages/practice_guide.html"
    parent_page_types = ["toolbox.ToolboxPage", "toolbox.GuideSectionPage"]
    subpage_types: list[str] = []

    content_panels = [
        TitleFieldPanel(
            "title",
            help_text=_("What one gets, in words that people use. For example: “A breakfast at a member’s”."),
        ),
        FieldPanel(
            "summary",
            widget=AdminAutoHeightTextInput,
            help_text=_(
                "What a reader gets out of it, in one to three sentences. For example: “Every two months, members meet at "
                "a company for an hour. This is how it becomes a series.” Shown in lists."
            ),
        ),
        # Both are needed for publishing: where the eye falls first, and not in another tab.
        FieldRowPanel([FieldPanel("kind"), FieldPanel("task_area")], heading=_("Classification")),
        FieldPanel("purpose"),
        FieldPanel("when_to_use"),
        FieldPanel("when_not_to_use"),
        FieldPanel("roles"),
        FieldPanel("preparation"),
        FieldPanel("materials"),
        FieldPanel("steps"),
        FieldPanel("pitfalls"),
        FieldPanel("variants"),
        FieldPanel("success"),
        FieldPanel("inclusive_delivery"),
        FieldPanel("body"),
        FieldPanel("image"),
    ]
    fact_panels = [
        FieldPanel("phase"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("duration_min"), FieldPanel("duration_max")]),
                FieldRowPanel([FieldPanel("lead_time_days"), FieldPanel("effort_days")]),
            ],
            heading=_("Time"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("group_min"), FieldPanel("group_max")]),
                FieldRowPanel([FieldPanel("mode"), FieldPanel("difficulty")]),
            ],
            heading=_("Setting"),
        ),
        MultiFieldPanel([FieldPanel("cost_class"), FieldPanel("cost_note")], heading=_("Costs")),
    ]
    relation_panels = [
        FieldPanel("related_guides"),
        FieldPanel("templates"),
        FieldPanel("used_by"),
        FieldPanel("co_learning_fields"),
    ]
    maintenance_panels = [
        *BasePage.keyword_panels,
        MultiFieldPanel(
            [
                FieldPanel("status"),
                FieldRowPanel([FieldPanel("reviewed_on"), FieldPanel("next_review")]),
                FieldPanel("reviewed_by"),
                FieldPanel("responsible"),
            ],
            heading=_("Review"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("authors"),
                FieldPanel("contact"),
                FieldPanel("source"),
                FieldPanel("source_url"),
                FieldPanel("licence"),
            ],
            heading=_("Origin"),
        ),
    ]
    base_form_class = GuideForm
    edit_handler = tabs(
        content_panels, facts=fact_panels, relations=relation_panels, maintenance=maintenance_panels
    )

    class Meta:
        verbose_name = _("practice guide")
        verbose_name_plural = _("practice guides")

    def missing_for_publication(self) -> Mapping[str, Any]:
        """Adds a course, or at least something to check."""
        missing = dict(super().missing_for_publication())
        if self.kind == facts.Kind.CHECKLIST:
            if not self.steps and not self.preparation:
                missing["preparation"] = _("A checklist needs something to check before it is published.")
        elif not self.steps:
            missing["steps"] = _("A guide needs at least one step before it is published.")
        return missing

    def own_passages(self) -> Iterator[Passage]:
        def at(field: str) -> tuple[str, tuple[str, ...]]:
            return field.replace("_", "-"), (str(HEADINGS[field]),)

        for field in ("purpose", "when_to_use", "when_not_to_use"):
            yield from passages.from_rich_text(getattr(self, field), *at(field))
        for field in ("roles", "preparation", "materials"):
            yield from passages.from_items(getattr(self, field), *at(field))
        for field in ("steps", "pitfalls", "variants"):
            anchor, heading_path = at(field)
            yield from passages.from_stream(getattr(self, field), heading_path, anchor)
        yield from passages.from_items(self.success, *at("success"))
        yield from passages.from_rich_text(self.inclusive_delivery, *at("inclusive_delivery"))
        yield from passages.from_stream(self.body)

    def search_facets(self) -> Mapping[str, Sequence[str]]:
        return {
            "task_area": [str(self.task_area.translation_key)] if self.task_area else [],
            "cluster": [str(page.translation_key) for page in _pages(self.used_by)],
        }

    def search_keywords(self) -> str:
        words = [self.keywords, self.get_kind_display() if self.kind else "", self.cost_note]
        if self.task_area:
            words.append(self.task_area.name)
        return ", ".join(str(word) for word in words if word)

    def related_links(self) -> Sequence[RelatedLink]:
        links = [
            RelatedLink(child.block_type, child.value.pk) for child in self.related_guides if child.value
        ]
        for kind, stream in (
            ("template", self.templates),
            ("cluster", self.used_by),
            ("field", self.co_learning_fields),
        ):
            links += [RelatedLink(kind, page.pk) for page in _pages(stream)]
        return links


def _pages(stream: Any) -> list[Any]:
    # A chooser's value is None once its page was deleted.
    return [child.value for child in stream if child.value is not None]
