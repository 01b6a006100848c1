"""Images with alternative texts in both languages, documents with the text that is in them."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import AbstractDocument
from wagtail.images.models import AbstractImage, AbstractRendition
from wagtail.search import index

from kb.core.both_languages import said

LANGUAGE_CHOICES = [("de", _("German")), ("en", _("English"))]


class LotseImage(AbstractImage):
    """An image that cannot be uploaded without saying what is on it."""

    alt_de = models.CharField(
        _("alternative text (German)"),
        max_length=255,
        help_text=_("What is to be seen, for people who do not see it. One sentence, without “image of”."),
    )
    alt_en = models.CharField(
        _("alternative text (English)"), max_length=255, help_text=_("The same in English.")
    )
    credit = models.CharField(
        _("credit"), max_length=160, blank=True, help_text=_("Who made the image, and its licence.")
    )

    search_fields = [*AbstractImage.search_fields, index.SearchField("alt_de"), index.SearchField("alt_en")]
    # `description` is Wagtail's single-language alternative text; ours replace it.
    admin_form_fields = (
        "title",
        "file",
        "alt_de",
        "alt_en",
        "credit",
        "collection",
        "tags",
        "focal_point_x",
        "focal_point_y",
        "focal_point_width",
        "focal_point_height",
    )

    class Meta(AbstractImage.Meta):
        verbose_name = _("image")
        verbose_name_plural = _("images")

    @property
    def default_alt_text(self) -> str:
        """The alternative text in the language the page is being rendered in."""
        return said(self, "alt")[0]


class LotseRendition(AbstractRendition):
    """A scaled copy of an image."""

    image = models.ForeignKey(LotseImage, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("image", "filter_spec", "focal_point_key"), name="core_rendition_once"
            )
        ]


class LotseDocument(AbstractDocument):
    """A file to download, with its words for the index."""

    language = models.CharField(
        _("language"),
        max_length=5,
        blank=True,
        choices=LANGUAGE_CHOICES,
        help_text=_("The language of the text in the file. Empty: it has none, or several."),
    )
    text = models.TextField(_("text in the file"), blank=True, editable=False)
    text_of = models.CharField(max_length=40, blank=True, editable=False)
    """file_hash of the file that `text` was read from; differs from `file_hash` while reading is still due"""

    search_fields = [*AbstractDocument.search_fields, index.SearchField("text")]
    admin_form_fields = ("title", "file", "language", "collection", "tags")

    class Meta(AbstractDocument.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")
