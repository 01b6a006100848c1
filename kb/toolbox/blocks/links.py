"""Links to other pages, each with its meaning. They point to the page in the language it was written in."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

GROUP = _("Relations")


class ClustersBlock(blocks.StreamBlock):
    """Clusters that use a guide."""

    cluster = blocks.PageChooserBlock(
        page_type=["clusters.ClusterPage"],
        label=_("Cluster"),
        icon="group",
        group=GROUP,
        description=_("A cluster that works with this."),
    )


class CoLearningFieldsBlock(blocks.StreamBlock):
    """Co-learning fields a guide belongs to."""

    field = blocks.PageChooserBlock(
        page_type=["clusters.FieldPage"],
        label=_("Co-learning field"),
        icon="globe",
        group=GROUP,
        description=_("A cross-cluster topic this guide belongs to."),
    )


class TemplatesBlock(blocks.StreamBlock):
    """Templates a guide works with."""

    template = blocks.PageChooserBlock(
        page_type=["toolbox.TemplatePage"],
        label=_("Template"),
        icon="doc-full",
        group=GROUP,
        description=_("A template that is needed on the way."),
    )


class GuidesBlock(blocks.StreamBlock):
    """Guides that use a template or belong to a field."""

    guide = blocks.PageChooserBlock(
        page_type=["toolbox.PracticeGuide"],
        label=_("Guide"),
        icon="clipboard-list",
        group=GROUP,
        description=_("A practice guide that belongs here."),
    )


class RelatedGuidesBlock(blocks.StreamBlock):
    """Guides beside a guide, each with its meaning."""

    complements = blocks.PageChooserBlock(
        page_type=["toolbox.PracticeGuide"],
        label=_("Complements"),
        icon="plus-inverse",
        group=GROUP,
        description=_("Goes well together with this guide."),
    )
    alternative = blocks.PageChooserBlock(
        page_type=["toolbox.PracticeGuide"],
        label=_("Alternative to"),
        icon="resubmit",
        group=GROUP,
        description=_("Another way to the same goal."),
    )
    builds_on = blocks.PageChooserBlock(
        page_type=["toolbox.PracticeGuide"],
        label=_("Builds on"),
        icon="arrow-up",
        group=GROUP,
        description=_("Should be known before this guide."),
    )
