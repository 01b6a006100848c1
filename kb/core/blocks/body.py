"""The free part of a page: blocks in groups, as the block chooser shows them."""

from wagtail import blocks

from kb.core import rich_text
from kb.core.blocks.callout import CalloutBlock
from kb.core.blocks.media import DocumentBlock, FigureBlock
from kb.core.blocks.table import TableBlock
from kb.core.blocks.text import ListBlock, ParagraphBlock, QuoteBlock, SectionBlock


class BodyBlock(blocks.StreamBlock):
    """Everything an editor may put into a page's body."""

    section = SectionBlock()
    paragraph = ParagraphBlock(features=rich_text.SECTION)
    list = ListBlock()
    quote = QuoteBlock()
    table = TableBlock()
    image = FigureBlock()
    document = DocumentBlock()
    callout = CalloutBlock()
