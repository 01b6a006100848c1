"""Questions a visitor can ask with one click."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks


class ExampleQuestionsBlock(blocks.StreamBlock):
    """Questions in the words of cluster managers, offered below the search box."""

    question = blocks.CharBlock(
        label=_("Question"),
        icon="help",
        max_length=160,
        description=_("A question as a cluster manager would ask it."),
        template="blocks/question.html",
        preview_value="Wie bekomme ich Unternehmen aus zwei Branchen an einen Tisch?",
    )
