"""What a cluster works on, in words."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks


class TopicsBlock(blocks.StreamBlock):
    """The topics of a cluster; words that two clusters share bring them together."""

    topic = blocks.CharBlock(
        label=_("Topic"),
        icon="tag",
        group=_("Topics"),
        max_length=60,
        template="blocks/topic.html",
        description=_("One topic in one to three words."),
        preview_value="Wasserstoff",
    )
