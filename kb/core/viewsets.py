"""How shared data is edited in the admin."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.admin.ui.tables import Column, LocaleColumn
from wagtail.snippets.views.chooser import ChooseResultsView, ChooseView, SnippetChooserViewSet
from wagtail.snippets.views.snippets import SnippetViewSet

from kb.core.models import TaskArea


class _NamesItsFilters:
    """Wagtail's dialog calls the filter by language "Locale", whatever the language."""

    def get_filter_form(self) -> Any:
        form = super().get_filter_form()  # type: ignore[misc]
        form.fields["locale"].label = _("Language")
        return form


class ChooseTaskAreaView(_NamesItsFilters, ChooseView):  # type: ignore[misc]
    pass


class ChooseTaskAreaResultsView(_NamesItsFilters, ChooseResultsView):  # type: ignore[misc]
    pass


class TaskAreaChooserViewSet(SnippetChooserViewSet):  # type: ignore[misc]
    page_title = _("Choose")  # Wagtail translates its own once, when it starts
    choose_view_class = ChooseTaskAreaView
    choose_results_view_class = ChooseTaskAreaResultsView


class TaskAreaViewSet(SnippetViewSet):
    """Task areas in their order. Guides refer to them, so one in use cannot be deleted."""

    model = TaskArea
    chooser_viewset_class = TaskAreaChooserViewSet
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
