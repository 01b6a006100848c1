"""The tabs in which every page is edited: content, facts, relations, maintenance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import CommentPanel, ObjectList, TabbedInterface
from wagtail.models import Page

from kb.core.dates import schedule_panel


def tabs(
    content: Sequence[Any],
    *,
    facts: Sequence[Any] = (),
    relations: Sequence[Any] = (),
    maintenance: Sequence[Any] = (),
) -> TabbedInterface:
    """An edit handler with a tab for each kind of field; empty tabs are left out.

    `content` follows title and summary, which every page has; address, menu and scheduling always stand under
    maintenance.
    """
    tabs = [
        (content, _("Content")),
        (facts, _("Facts")),
        (relations, _("Relations")),
        ([*maintenance, *Page.promote_panels, schedule_panel(), CommentPanel()], _("Maintenance")),
    ]
    return TabbedInterface([ObjectList(list(panels), heading=heading) for panels, heading in tabs if panels])
