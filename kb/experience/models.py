"""What members tell of their work with a guide, until an editor has made a case example of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ShortReport(models.Model):
    """Says of a case example that a member sent it in. The text itself is the page's, in its first revision."""

    page = models.OneToOneField("wagtailcore.Page", on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    sent_at = models.DateTimeField(auto_now_add=True)
    handed_on_at = models.DateTimeField(null=True)
    """when the review began, which sends mail; null while that is still to be done (services.hand_on)"""

    wagtail_reference_index_ignore = True  # no place where a page is used

    class Meta:
        verbose_name = _("short report")
        verbose_name_plural = _("short reports")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.page_id)
