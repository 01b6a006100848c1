"""A screen of our own about one page, under the same head as Wagtail's."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from wagtail.models import Page


def head_of(page: Page, *, title: Any, icon: str) -> dict[str, Any]:
    """Context for a template that extends wagtailadmin/generic/base.html: the way back leads to the editor."""
    return {
        "header_title": f"{title} – {page.get_admin_display_title()}",
        "header_icon": icon,
        "breadcrumbs_items": [
            {
                "url": reverse("wagtailadmin_pages:edit", args=[page.pk]),
                "label": page.get_admin_display_title(),
            },
            {"url": "", "label": title},
        ],
    }
