"""What the reports and lists of ours in the admin share."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import get_language_info
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import TitleColumn
from wagtail.admin.views.generic.base import BaseListingView
from wagtail.admin.views.mixins import SpreadsheetExportMixin
from wagtail.admin.views.reports import ReportView

WIDE = "report-wide"
"""class of columns that a phone has no room for (search/report.css)"""


FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r")


class WideTitleColumn(TitleColumn):
    """The title of a row; on a phone it gets the room of the columns marked `WIDE`."""

    class Media:
        css = {"all": ["search/report.css"]}


class ReportFilters(WagtailFilterSet):
    """Filters of which some decide what is counted: the report asks for them by `chosen` while it counts."""

    def unchanged(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """The `method` of such a filter: `get_base_queryset` has taken it into account."""
        return queryset

    def chosen(self, name: str) -> str:
        """ "" where nothing, or nothing possible, was chosen."""
        self.is_valid()
        return str(self.form.cleaned_data.get(name) or "")


class FirmOrder(BaseListingView):
    """A list with a key last in its order: its pages must not overlap where the rest is the same."""

    key = "pk"

    def order_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        ordering = self.ordering if isinstance(self.ordering, (list, tuple)) else [self.ordering]
        return queryset.order_by(*ordering, self.key)


class HarmlessExport(SpreadsheetExportMixin):
    """Cells that no spreadsheet program takes for a formula and runs: anybody may have written them (OWASP, "CSV
    Injection"). In XLSX a cell has a type, and Wagtail sees to it."""

    def preprocess_field_value(self, field: str, value: Any, export_format: str) -> Any:
        value = super().preprocess_field_value(field, value, export_format)
        if export_format == self.FORMAT_CSV and isinstance(value, str) and value.startswith(FORMULA_BEGINS):
            return f"'{value}"
        return value


class Report(HarmlessExport, FirmOrder, ReportView):
    """A report; its rows come from `get_base_queryset`."""

    def get_filtered_queryset(self) -> QuerySet[Any]:
        return self.get_queryset()  # which has filtered them: a second time costs, and a found list cannot be


def language_name(code: str) -> str:
    """In the editor's language."""
    return str(get_language_info(code)["name_translated"])


def language_choices() -> list[tuple[str, str]]:
    return [(code, language_name(code)) for code, _name in settings.LANGUAGES]


def short_date(day: Any) -> str:
    """A date or moment as a cell of a list; a dash for None."""
    return date_format(day, "SHORT_DATE_FORMAT") if day else "–"
