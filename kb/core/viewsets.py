"""How shared data is edited in the admin."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.admin.ui.tables import Column, LocaleColumn
from wagtail.snippets.views.snippets import SnippetViewSet

from kb.core.models import TaskArea


class TaskAreaViewSet(SnippetViewSet):
    """Task areas in their order. Guides refer to them, so one in use cannot be deleted."""

    model = TaskArea
    icon = "tag"
    menu_label = _("Task areas")
    menu_name = "task-areas"
    add_to_admin_menu = True
    menu_order = 250
    list_display = [
        "name",
        LocaleColumn(label=_("Language")),
        Column("slug", label=_("Short name")),
        Column("sort_order", label=_("Position")),
    ]
    list_filter = ["locale"]
    search_fields = ["name", "description"]
    ordering = ["sort_order", "name"]
    inspect_view_enabled = True
    copy_view_enabled = False
    panels = [
        FieldPanel("name"),
        FieldPanel("description"),
        FieldRowPanel([FieldPanel("slug"), FieldPanel("sort_order")]),
    ]
