"""A table whose cells can be translated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.contrib.table_block.blocks import TableBlock as WagtailTableBlock
from wagtail_localize.segments import StringSegmentValue

from kb.core import passages
from search.protocol import Passage

CAPTION = "caption"


class TableBlock(WagtailTableBlock):
    """Wagtail's table, with every filled cell and the caption as a text to translate.

    wagtail-localize passes over Wagtail's own block and would publish its cells untranslated.
    """

    class Meta:
        icon = "table"
        label = _("Table")
        group = _("Text")
        template = "blocks/table.html"
        description = _("Figures or terms side by side. Say which cells are headers and give it a caption.")
        preview_value = {
            "data": [["Woche", "Aufgabe"], ["1", "Termin wählen"], ["2", "Einladung verschicken"]],
            "first_row_is_table_header": True,
            "first_col_is_header": False,
            "table_header_choice": "row",
            "table_caption": "Vorlauf",
        }

    def get_translatable_segments(self, value: dict[str, Any] | None) -> list[StringSegmentValue]:
        if not value:
            return []
        segments = [
            StringSegmentValue(f"{row}-{column}", cell)
            for row, cells in enumerate(value.get("data") or [])
            for column, cell in enumerate(cells)
            if cell and cell.strip()
        ]
        if caption := value.get("table_caption"):
            segments.append(StringSegmentValue(CAPTION, caption))
        return segments

    def restore_translated_segments(
        self, value: dict[str, Any], segments: list[StringSegmentValue]
    ) -> dict[str, Any]:
        translated = {**value, "data": [list(cells) for cells in value.get("data") or []]}
        for segment in segments:
            if segment.path == CAPTION:
                translated["table_caption"] = segment.render_text()
            else:
                row, column = map(int, segment.path.split("-"))
                translated["data"][row][column] = segment.render_text()
        return translated

    def passages(self, value: Any, anchor: str, heading_path: tuple[str, ...]) -> Iterator[Passage]:
        if not value:
            return
        rows = ("; ".join(cell for cell in cells if cell) for cells in value.get("data") or [])
        path = (*heading_path, caption) if (caption := value.get("table_caption")) else heading_path
        yield from passages.from_text("\n".join(row for row in rows if row), anchor, path)
