"""Which page came from which file of an import, so that a second run finds it again."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportedGuide(models.Model):
    """One file of an import and the page made of it. Deleting the page forgets the file."""

    parent = models.ForeignKey(
        "wagtailcore.Page", verbose_name=_("imported below"), on_delete=models.CASCADE, related_name="+"
    )
    source_id = models.CharField(_("identity of the source"), max_length=500)
    page = models.OneToOneField(
        "toolbox.PracticeGuide", verbose_name=_("guide"), on_delete=models.CASCADE, related_name="imported"
    )
    content_hash = models.CharField(max_length=64)
    """SHA-256 of the file and of what was asked of the import"""
    page_hash = models.CharField(max_length=64)
    """SHA-256 of the page's fields as the import left them: differs once an editor has changed the page"""
    unused = models.JSONField(_("front matter that has no field"), default=dict, blank=True)
    imported_at = models.DateTimeField(_("imported at"), auto_now=True)

    class Meta:
        verbose_name = _("imported guide")
        verbose_name_plural = _("imported guides")
        constraints = [
            models.UniqueConstraint(fields=["parent", "source_id"], name="toolbox_importedguide_once"),
        ]

    def __str__(self) -> str:
        return self.source_id
