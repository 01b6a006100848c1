"""What of the demo content is on the site already."""

from django.db import models


class LoadedEntry(models.Model):
    """A page, image, document or setting of the demo content as it was last loaded."""

    name = models.CharField(max_length=200, unique=True)
    """"guides/barcamp", "images/bedarfsanalyse", "files/ablaufplan.de.xlsx", "settings" """
    digest = models.CharField(max_length=64)
    """SHA-256 of everything it was made of"""
    object_id = models.PositiveBigIntegerField(null=True)
    """primary key of the image or document; pages are found by their translation key"""

    class Meta:
        verbose_name = "loaded entry"
        verbose_name_plural = "loaded entries"

    def __str__(self) -> str:
        return self.name
