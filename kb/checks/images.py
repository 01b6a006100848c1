"""Pictures that say nothing to who does not see them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from wagtail.permissions import policy_registry

from kb.checks.finding import Finding
from kb.checks.texts import Piece

FILE_NAME = re.compile(r"^\S+\.(avif|gif|jpe?g|png|svg|webp)$|^(img|dsc|image|foto|bild)[-_ ]?\d+$|_", re.I)


def check(found: list[Piece], language: str, user: Any) -> Iterator[Finding]:
    """`language` is the page's: its readers hear the alternative text in it."""
    for piece in found:
        if piece.kind != "image":
            continue
        alt = getattr(piece.value, f"alt_{language}", "").strip()
        names = {"title": piece.value.title, "language": get_language_info(language)["name_translated"]}
        if not alt:
            text = _("The picture “%(title)s” has no alternative text (%(language)s).") % names
        elif FILE_NAME.search(alt):
            text = (
                _("The alternative text of “%(title)s” looks like the name of a file (%(language)s).") % names
            )
        else:
            continue
        policy = policy_registry.get_by_type(type(piece.value))
        may = policy.user_has_permission_for_instance(user, "change", piece.value)
        url = reverse("wagtailimages:edit", args=[piece.value.pk]) if may else ""
        yield Finding(text, piece.path, piece.place, url=url, link=_("Describe the picture"))
