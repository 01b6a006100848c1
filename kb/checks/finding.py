"""What a check says about a page."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    """What a finding is about, in the order in which an editor should look at them."""

    FIELDS = "fields", _("Missing details")
    LINKS = "links", _("Broken links")
    IMAGES = "images", _("Descriptions of pictures")
    FILES = "files", _("Files without text")
    SENTENCES = "sentences", _("Long sentences")
    DUPLICATES = "duplicates", _("Nearly the same page")
    TRANSLATIONS = "translations", _("Translation")


@dataclass(frozen=True)
class Finding:
    """Something to look at before a page is published."""

    text: str
    """a sentence in the editor's language; what is quoted in it comes from the page"""
    path: tuple[str, ...] = ()
    """content path of the field in the form: ("summary",), ("steps", <block id>, "text"); () for the page as a whole"""
    place: str = ""
    """what the field is called in the form"""
    blocks: bool = False
    """True where the page cannot be published before"""
    url: str = ""
    """where the thing to do is done, if not in a field"""
    link: str = ""
    """what is found there"""

    @property
    def selector(self) -> str:
        """CSS selector of the field in the form; "" for the page as a whole."""
        return " ".join(f'[data-contentpath="{name}"]' for name in self.path)
