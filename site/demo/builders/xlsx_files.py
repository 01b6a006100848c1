"""Excel workbooks: instruction sheet, tables with formulas and lists, drawn from texts/*.yaml.

Formulas in the texts name columns instead of cells:
    [minutes]        the cell of that column in the same row
    [minutes^]       … in the row above          [minutes#]  … its header cell
    [minutes:]       all data cells of the column
    [run.minutes:]   the same in the sheet with the id "run"; [run.minutes] is its same row
    [result.need@3]  the third data row of a column in another sheet
    [@date]          a field above a table       [list.status.3]  the third entry of a list
    {i}              the number of the data row
"""

import datetime as dt
import re

import yaml
from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.protection import Protection
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from .common import (
    BLUE,
    FONT,
    FOOTER,
    GREY,
    LINE,
    PAGE_OF,
    PALE,
    RED,
    TEXTS,
    set_core_properties,
)

SHADES = {
    "SAND": "FBF6EA",
    "RED_LIGHT": "F6C9CF",
    "AMBER_LIGHT": "FBE6B5",
    "GREEN_LIGHT": "CFE8D5",
}
FORMATS = {
    "int": "0",
    "minutes": "0",
    "number": "General",
    "text": "@",
    "time": "hh:mm",
    "pct": "0%",
    "eur": '#,##0 "€"',
    "date": {"de": "DD.MM.YYYY", "en": "DD/MM/YYYY"},
    "formula": "General",
}
LIST_SHEET = {"de": "Listen", "en": "Lists"}
WORDS = {
    "de": {
        "list_title": "Bitte aus der Liste wählen",
        "list_text": "Erlaubt sind die Einträge des Blatts „Listen“. Dort können Sie sie ändern.",
        "date_text": "Bitte ein Datum eingeben, zum Beispiel 11.03.2027.",
        "number_text": "Bitte eine Zahl eingeben.",
        "lists_intro": "Einträge der Auswahllisten. Umbenennen ist erlaubt, die Reihenfolge bleibt.",
    },
    "en": {
        "list_title": "Please choose from the list",
        "list_text": "Only entries of the sheet “Lists” are allowed. You may change them there.",
        "date_text": "Please enter a date, for example 11/03/2027.",
        "number_text": "Please enter a number.",
        "lists_intro": "Entries of the drop-down lists. You may rename them; keep their order.",
    },
}
REFERENCE = re.compile(r"\[(@?[\w.]+?)(:|\^|#|@\d+)?\]")
THIN = Side(style="thin", color=LINE)
GRID = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
WRAP = Alignment(wrap_text=True, vertical="top")


def build(key, language, path):
    """Writes the workbook of one template in one language."""
    texts = yaml.safe_load((TEXTS / f"{key}.yaml").read_text(encoding="utf-8"))
    WorkbookFile(pick(texts, language), language).save(path)


def pick(node, language):
    """The texts of one language out of a tree whose leaves may be {de: …, en: …}."""
    if isinstance(node, dict):
        if set(node) == {"de", "en"}:
            return node[language]
        return {key: pick(value, language) for key, value in node.items()}
    if isinstance(node, list):
        return [pick(value, language) for value in node]
    return node


def fill(colour):
    return PatternFill("solid", start_color=colour, end_color=colour)


class WorkbookFile:
    """One workbook. The places of all columns are known before the first cell is written."""

    def __init__(self, text, language):
        self.text, self.language, self.words = text, language, WORDS[language]
        self.book = Workbook()
        self.fields, self.columns, self.bounds, self.names = {}, {}, {}, {}
        for sheet in text["sheets"]:
            self._locate(sheet)

    def save(self, path):
        self._instructions(self.book.active)
        for sheet in self.text["sheets"]:
            self._sheet(self.book.create_sheet(sheet["name"]), sheet)
        self._lists(self.book.create_sheet(LIST_SHEET[self.language]))
        set_core_properties(self.book.properties, self.text, self.language)
        self.book.calculation.fullCalcOnLoad = True
        self.book.save(path)

    # Where things are ---------------------------------------------------------------------------

    def _locate(self, sheet):
        """Expands repeated columns and notes the place of every column and field."""
        expanded = []
        for column in sheet["columns"]:
            for number in range(1, column.get("repeat", 1) + 1):
                copy = dict(column)
                if "repeat" in column:
                    copy["key"] += str(number)
                    copy["head"] = copy["head"].replace("{i}", str(number))
                expanded.append(copy)
        sheet["columns"] = expanded
        fields = sheet.get("fields", [])
        head = 5 + len(fields) if fields else 4
        count = len(sheet["rows"]) + sheet.get("blank", 0)
        self.bounds[sheet["id"]] = (head, head + 1, head + count)
        self.names[sheet["id"]] = sheet["name"]
        label_span, _ = sheet.get("field_columns", (1, 1))
        for row, field in enumerate(fields, start=4):
            self.fields[field["key"]] = f"'{sheet['name']}'!${get_column_letter(label_span + 1)}${row}"
        for number, column in enumerate(expanded, start=1):
            self.columns[sheet["id"], column["key"]] = get_column_letter(number)

    def _resolve(self, formula, sheet_id, row):
        """Turns the names in a formula into cell references."""
        first = self.bounds[sheet_id][1]

        def reference(match):
            name, mark = match[1], match[2] or ""
            if name.startswith("@"):
                return self.fields[name[1:]]
            if name.startswith("list."):
                _, key, entry = name.split(".")
                column = get_column_letter(list(self.text["lists"]).index(key) + 1)
                return f"'{LIST_SHEET[self.language]}'!${column}${int(entry) + 4}"
            target, _, key = name.rpartition(".")
            sheet = f"'{self.names[target]}'!" if target and target != sheet_id else ""
            column = self.columns[target or sheet_id, key]
            head, start, end = self.bounds[target or sheet_id]
            if mark == ":":
                return f"{sheet}${column}${start}:${column}${end}"
            if mark == "#":
                return f"{sheet}${column}${head}"
            if mark == "^":
                return f"{sheet}{column}{row - 1}"
            if mark.startswith("@"):
                return f"{sheet}${column}${start + int(mark[1:]) - 1}"
            return f"{sheet}${column}{row - first + start}"

        return REFERENCE.sub(reference, formula.replace("{i}", str(row - first + 1)))

    # Sheets -------------------------------------------------------------------------------------

    def _instructions(self, page):
        guide = self.text["guide"]
        page.title = guide["name"]
        self._heading(page, self.text["title"], self.text["description"])
        page.column_dimensions["A"].width = 4
        page.column_dimensions["B"].width = 104
        row = 4
        for section in guide["sections"]:
            page.cell(row, 1, section["head"]).font = Font(FONT, size=12, bold=True, color=BLUE)
            row += 1
            for number, line in enumerate(section["lines"], start=1):
                page.cell(row, 1, number).font = Font(FONT, size=10.5, color=RED, bold=True)
                page.cell(row, 1).alignment = Alignment(horizontal="center", vertical="top")
                cell = page.cell(row, 2, line)
                cell.font, cell.alignment = Font(FONT, size=10.5), WRAP
                page.row_dimensions[row].height = 15 * (1 + len(line) // 120) + 3
                row += 1
            row += 1
        page.cell(row, 1, FOOTER[self.language]).font = Font(FONT, size=9, color=GREY)
        page.sheet_properties.tabColor = RED
        self._print_setup(page, "portrait")

    def _sheet(self, page, sheet):
        self._heading(page, sheet["name"], sheet["intro"])
        head, first, last = self.bounds[sheet["id"]]
        columns = sheet["columns"]
        self._fields(page, sheet)
        for number, column in enumerate(columns, start=1):
            page.column_dimensions[get_column_letter(number)].width = column["width"]
            value = column["head"]
            if value.startswith("="):
                value = self._resolve(value, sheet["id"], first)
            self._head_cell(page.cell(head, number, value))
        page.row_dimensions[head].height = 46 if any(c["head"][0] == "=" for c in columns) else 32
        for row in range(first, last + 1):
            index = row - first
            values = sheet["rows"][index] if index < len(sheet["rows"]) else [None] * len(columns)
            for number, (column, value) in enumerate(zip(columns, values, strict=True), start=1):
                self._data_cell(page.cell(row, number), column, value, sheet["id"])
            page.row_dimensions[row].height = self._height(columns, values)
        for number, column in enumerate(columns, start=1):
            letter = get_column_letter(number)
            self._validate(page, column, f"{letter}{first}:{letter}{last}")
        for rule in sheet.get("rules", []):
            self._rule(page, sheet, rule)
        self._totals(page, sheet)
        page.freeze_panes = page.cell(first, 1)
        if not sheet.get("plain"):
            page.auto_filter.ref = f"A{head}:{get_column_letter(len(columns))}{last}"
        page.print_title_rows = f"{head}:{head}"
        bottom = last + 1
        if "chart" in sheet:
            bottom = self._chart(page, sheet)
        page.print_area = f"A1:{get_column_letter(len(columns))}{bottom}"
        page.sheet_properties.tabColor = BLUE
        self._print_setup(page, "landscape")

    def _lists(self, page):
        self._heading(page, LIST_SHEET[self.language], self.words["lists_intro"])
        for number, (key, entries) in enumerate(self.text["lists"].items(), start=1):
            letter = get_column_letter(number)
            page.column_dimensions[letter].width = max(16, 3 + max(len(str(e)) for e in entries))
            self._head_cell(page.cell(4, number, self._list_title(key)))
            for row, entry in enumerate(entries, start=5):
                cell = page.cell(row, number, entry)
                cell.font, cell.border = Font(FONT, size=10), GRID
                cell.alignment = Alignment(horizontal="left")
            area = f"'{page.title}'!${letter}$5:${letter}${4 + len(entries)}"
            self.book.defined_names[f"list_{key}"] = DefinedName(f"list_{key}", attr_text=area)
        page.sheet_properties.tabColor = GREY
        self._print_setup(page, "portrait")

    def _list_title(self, key):
        """A list is called like the first column that uses it."""
        for sheet in self.text["sheets"]:
            for column in sheet["columns"]:
                if column.get("list") == key and not column["head"].startswith("="):
                    return column["head"]
        for sheet in self.text["sheets"]:
            for column in sheet["columns"]:
                if f"[list.{key}." in column.get("formula", ""):
                    return column["head"]
        return {"score": {"de": "Werte", "en": "Values"}}.get(key, {}).get(self.language, key)

    # Parts of a sheet ---------------------------------------------------------------------------

    @staticmethod
    def _heading(page, title, intro):
        page.cell(1, 1, title).font = Font(FONT, size=18, bold=True, color=BLUE)
        page.cell(2, 1, intro).font = Font(FONT, size=10.5, color=GREY)
        page.row_dimensions[1].height = 28
        page.row_dimensions[2].height = 18
        page.sheet_view.showGridLines = False

    @staticmethod
    def _head_cell(cell):
        cell.font = Font(FONT, size=10, bold=True, color="FFFFFF")
        cell.fill, cell.border = fill(BLUE), GRID
        cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="left")

    def _fields(self, page, sheet):
        label_span, value_span = sheet.get("field_columns", (1, 1))
        for row, field in enumerate(sheet.get("fields", []), start=4):
            label = page.cell(row, 1, field["label"])
            value = page.cell(row, label_span + 1)
            for number in range(1, label_span + value_span + 1):
                page.cell(row, number).border = GRID
            if label_span > 1:
                page.merge_cells(start_row=row, end_row=row, start_column=1, end_column=label_span)
            if value_span > 1:
                page.merge_cells(
                    start_row=row,
                    end_row=row,
                    start_column=label_span + 1,
                    end_column=label_span + value_span,
                )
            label.font, label.fill = Font(FONT, size=10, bold=True), fill(PALE)
            kind = field.get("type", "string")
            content = field["value"]
            if kind == "formula":
                content = self._resolve(content, sheet["id"], self.bounds[sheet["id"]][1])
                value.fill = fill(PALE)
            value.value = self._typed(content, kind)
            value.number_format = self._format(kind)
            value.font = Font(FONT, size=10)
            value.alignment = Alignment(horizontal="left", vertical="center")
            page.row_dimensions[row].height = 18
            self._validate(page, {"type": kind}, value.coordinate)

    def _data_cell(self, cell, column, value, sheet_id):
        kind = column.get("type", "string")
        cell.font, cell.border, cell.alignment = Font(FONT, size=10), GRID, WRAP
        if kind == "formula":
            cell.value = self._resolve(column["formula"], sheet_id, cell.row)
            cell.number_format = self._format(column.get("format", "General"))
            cell.fill = fill(PALE)
        else:
            cell.value = self._typed(value, kind)
            cell.number_format = self._format(kind)
            cell.protection = Protection(locked=False)
        if column.get("centre") or kind in ("int", "minutes", "pct", "number"):
            cell.alignment = Alignment(horizontal="center", vertical="top")
        elif column.get("align") or column.get("format") == "date" or kind == "date":
            cell.alignment = Alignment(horizontal="left", vertical="top")

    @staticmethod
    def _height(columns, values):
        lines = [1]
        for column, value in zip(columns, values, strict=True):
            if isinstance(value, str):
                lines.append(1 + int(len(value) * 0.95) // max(1, column["width"] - 1))
        return 14 * max(lines) + 4

    def _format(self, kind):
        found = FORMATS.get(kind, kind if kind != "string" else "General")
        return found[self.language] if isinstance(found, dict) else found

    @staticmethod
    def _typed(value, kind):
        if kind == "time" and isinstance(value, str):
            return dt.datetime.strptime(value, "%H:%M").time()
        return value

    def _validate(self, page, column, area):
        """Drop-down list, date or number: what the cell accepts, and a sentence when it does not."""
        kind = column.get("type", "string")
        if "list" in column:
            rule = DataValidation("list", formula1=f"list_{column['list']}", allow_blank=True)
            rule.error = self.words["list_text"]
        elif "source" in column:
            area_of_names = self._resolve(column["source"], self.text["sheets"][0]["id"], 1)
            rule = DataValidation(
                "list",
                formula1=f"'{self.text['sheets'][0]['name']}'!{area_of_names}",
                allow_blank=True,
            )
            rule.error = self.words["list_title"]
        elif kind == "date":
            rule = DataValidation("date", operator="greaterThan", formula1="36526", allow_blank=True)
            rule.error = self.words["date_text"]
        elif kind == "minutes":
            rule = DataValidation("whole", operator="between", formula1="1", formula2="600")
            rule.error = column["prompt"]
        elif kind == "pct":
            rule = DataValidation("decimal", operator="between", formula1="0", formula2="1")
            rule.error = self.words["number_text"]
        elif kind in ("eur", "number", "int"):
            rule = DataValidation(
                "decimal",
                operator="between",
                formula1="-1000000000",
                formula2="1000000000",
                allow_blank=True,
            )
            rule.error = self.words["number_text"]
        else:
            return
        rule.errorTitle = self.text["title"]
        rule.showErrorMessage = True
        if "prompt" in column:
            rule.prompt, rule.promptTitle, rule.showInputMessage = column["prompt"], column["head"], True
        page.add_data_validation(rule)
        rule.add(area)

    def _rule(self, page, sheet, rule):
        _, first, last = self.bounds[sheet["id"]]
        formula = self._resolve(rule["formula"], sheet["id"], first).lstrip("=")
        if "only" in rule:
            start = end = self.columns[sheet["id"], rule["only"]]
        else:
            start, end = "A", get_column_letter(len(sheet["columns"]))
        look = {"fill": fill(SHADES[rule["fill"]])} if "fill" in rule else {}
        if "colour" in rule:
            look["font"] = Font(color=GREY, italic=True)
        guarded = f'AND({formula},$A{first}<>"")'
        page.conditional_formatting.add(f"{start}{first}:{end}{last}", FormulaRule(formula=[guarded], **look))

    def _totals(self, page, sheet):
        totals = sheet.get("totals")
        if not totals:
            return
        _, first, last = self.bounds[sheet["id"]]
        for number, column in enumerate(sheet["columns"], start=1):
            cell = page.cell(last + 1, number)
            letter = get_column_letter(number)
            if column["key"] in totals["columns"]:
                cell.value = f"=SUM({letter}{first}:{letter}{last})"
                cell.number_format = self._format(column.get("format", "General"))
            if number == 1:
                cell.value = totals["label"]
            cell.font = Font(FONT, size=10, bold=True)
            cell.fill, cell.border = fill(PALE), Border(top=Side(style="medium", color=BLUE))
            cell.alignment = Alignment(horizontal="center" if column.get("centre") else None)

    def _chart(self, page, sheet):
        """A bar chart under the table; returns the row where it ends."""
        spec = sheet["chart"]
        _, first, last = self.bounds[sheet["id"]]
        keys = [column["key"] for column in sheet["columns"]]
        values, categories = keys.index(spec["values"]) + 1, keys.index(spec["categories"]) + 1
        chart = BarChart()
        chart.type = "col" if spec.get("columns") else "bar"
        chart.title, chart.legend, chart.gapWidth = spec["title"], None, 45
        chart.add_data(Reference(page, min_col=values, min_row=first, max_row=last))
        chart.set_categories(Reference(page, min_col=categories, min_row=first, max_row=last))
        series = chart.series[0]
        series.graphicalProperties.solidFill = BLUE
        series.graphicalProperties.line.solidFill = BLUE
        chart.y_axis.number_format = spec["format"]
        chart.y_axis.scaling.min = 0
        if "max" in spec:
            chart.y_axis.scaling.max = spec["max"]
        chart.x_axis.delete = chart.y_axis.delete = False
        if chart.type == "bar":
            chart.x_axis.scaling.orientation = "maxMin"
        else:
            chart.x_axis.number_format = "mmm yy"
        chart.width, chart.height = 24, 8.5
        start = last + 3
        page.add_chart(chart, f"A{start}")
        return start + 17

    def _print_setup(self, page, orientation):
        page.page_setup.orientation = orientation
        page.page_setup.paperSize = page.PAPERSIZE_A4
        page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
        page.sheet_properties.pageSetUpPr.fitToPage = True
        page.page_margins.left = page.page_margins.right = 0.5
        page.page_margins.top, page.page_margins.bottom = 0.6, 0.7
        label, of = PAGE_OF[self.language]
        page.oddFooter.left.text = FOOTER[self.language]
        page.oddFooter.right.text = f"{label}&P{of}&N"
        for part in (page.oddFooter.left, page.oddFooter.right):
            part.size, part.color = 8, GREY
