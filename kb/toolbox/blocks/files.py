"""The files of a template."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock

from kb.core.models.media import LANGUAGE_CHOICES


class FileBlock(blocks.StructBlock):
    """A file in one language."""

    document = DocumentChooserBlock(label=_("Document"))
    language = blocks.ChoiceBlock(label=_("Language of the file"), choices=LANGUAGE_CHOICES, default="de")
    label = blocks.CharBlock(
        label=_("Link text"), required=False, max_length=120, help_text=_("Empty: the document's title.")
    )

    class Meta:
        icon = "download"
        label = _("File")
        group = _("Media")
        template = "blocks/file.html"
        preview_template = "blocks/preview/document.html"
        description = _("A file to download, with its language. The words in it are searched too.")


class FilesBlock(blocks.StreamBlock):
    """All files of a template."""

    file = FileBlock()
