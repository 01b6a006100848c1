"""Word documents: a small vocabulary of blocks (texts/*.yaml) drawn with styles and fill-in fields.

A block is a mapping with one key: h1, h2, p, note, right, subject, bullets, check, fields, table,
box, sign, pagebreak. Inside a text, [[…]] is a fill-in field, [[date: …]] a date picker,
[[choice: a | b]] a drop-down list and **…** bold. Fields are real content controls, so that
a click selects the hint and typing replaces it.
"""

import itertools
import re

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_ALIGN_VERTICAL, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from lxml import etree

from .common import (
    BLUE,
    FONT,
    FOOTER,
    GREY,
    LINE,
    LOCALE,
    PAGE_OF,
    PALE,
    RED,
    load_texts,
    set_core_properties,
)

INLINE = re.compile(r"\*\*(?P<bold>.+?)\*\*|\[\[(?P<field>.+?)\]\]")
DATE_FORMAT = {"de": "dd.MM.yyyy", "en": "d MMMM yyyy"}
CHECKED, UNCHECKED = "2612", "2610"
SYMBOL_FONT = "MS Gothic"
W14 = "http://schemas.microsoft.com/office/word/2010/wordml"


def build(key, language, path):
    """Writes the Word file of one template in one language."""
    text = load_texts(key)[language]
    WordFile(text, language).save(path)


def element(name, **attributes):
    """A WordprocessingML element; attribute names are given without their prefix."""
    node = OxmlElement(f"w:{name}")
    for attribute, value in attributes.items():
        node.set(qn(f"w:{attribute}"), str(value))
    return node


class WordFile:
    """One document: page, styles, header and footer, then block after block."""

    def __init__(self, text, language):
        self.text, self.language = text, language
        self.landscape = text.get("orientation") == "landscape"
        self.compact = text.get("compact", False)
        self.ids = itertools.count(1001)
        self.document = Document()
        self.page_break_pending = False
        set_core_properties(self.document.core_properties, text, language)
        self._settings()
        self._page()
        self._styles()
        self._header_and_footer()

    def save(self, path):
        self._paragraph("Title", self.text["title"])
        self._paragraph("Subtitle", self.text["subject"])
        for block in self.text["blocks"]:
            ((kind, value),) = block.items()
            getattr(self, f"_block_{kind}")(value)
        self.document.save(path)

    # The page -----------------------------------------------------------------------------------

    def _settings(self):
        """Word 2013 and later: without it Word opens the file in compatibility mode."""
        for setting in self.document.settings.element.iter(qn("w:compatSetting")):
            if setting.get(qn("w:name")) == "compatibilityMode":
                setting.set(qn("w:val"), "15")

    def _page(self):
        section = self.document.sections[0]
        width, height = Cm(21), Cm(29.7)
        if self.landscape:
            width, height = height, width
            section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = width, height
        section.left_margin = Cm(2.0 if self.compact else 2.5)
        section.right_margin = Cm(2.0 if self.compact else 2.3)
        section.top_margin = Cm(1.7 if self.compact else 2.2)
        section.bottom_margin = Cm(1.5 if self.compact else 2.0)
        section.header_distance = Cm(0.8 if self.compact else 1.0)
        section.footer_distance = Cm(0.7 if self.compact else 0.9)
        self.text_width = section.page_width - section.left_margin - section.right_margin

    def _styles(self):
        styles = self.document.styles
        size = 9.5 if self.compact else 10.5
        normal = styles["Normal"]
        self._font(normal, size)
        normal.paragraph_format.space_after = Pt(3 if self.compact else 6)
        normal.paragraph_format.line_spacing = 1.0 if self.compact else 1.12
        language = element("lang", val=LOCALE[self.language], eastAsia="de-DE", bidi="ar-SA")
        defaults = styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault"))
        run_properties = defaults.find(qn("w:rPr"))
        for old in run_properties.findall(qn("w:lang")):
            run_properties.remove(old)
        run_properties.append(language)

        for name, points, colour, before, after in (
            ("Title", 17 if self.compact else 21, BLUE, 0, 0),
            ("Subtitle", 10 if self.compact else 11.5, GREY, 0, 5 if self.compact else 10),
            ("Heading 1", 15, BLUE, 12, 5),
            (
                "Heading 2",
                10 if self.compact else 12,
                BLUE,
                5 if self.compact else 10,
                2 if self.compact else 4,
            ),
        ):
            style = styles[name]
            self._font(style, points, colour, bold=name != "Subtitle")
            style.font.italic = False
            style.paragraph_format.space_before = Pt(before)
            style.paragraph_format.space_after = Pt(after)
            style.paragraph_format.keep_with_next = True
            for spacing in style.element.rPr.findall(qn("w:spacing")):
                style.element.rPr.remove(spacing)
        borders = styles["Title"].element.pPr.find(qn("w:pBdr"))
        if borders is not None:
            styles["Title"].element.pPr.remove(borders)

        for name, base in (
            ("Note", "Normal"),
            ("Subject", "Normal"),
            ("Check", "Normal"),
            ("Cell", "Normal"),
            ("Cell head", "Cell"),
            ("Small", "Normal"),
        ):
            style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
            style.base_style = styles[base]
            style.quick_style = True
        note = styles["Note"]
        self._font(note, 8 if self.compact else 9.5, BLUE)
        note.paragraph_format.space_after = Pt(5 if self.compact else 10)
        note.paragraph_format.left_indent = note.paragraph_format.right_indent = Cm(0.2)
        properties = note.element.get_or_add_pPr()
        borders = element("pBdr")
        borders.append(element("left", val="single", sz=24, space=6, color=BLUE))
        spacing = properties.find(qn("w:spacing"))
        spacing.addprevious(borders)
        spacing.addprevious(element("shd", val="clear", color="auto", fill=PALE))
        self._font(styles["Subject"], 12, "1A1A1A", bold=True)
        check = styles["Check"].paragraph_format
        check.left_indent, check.first_line_indent = Cm(0.75), Cm(-0.75)
        check.space_after = Pt(2 if self.compact else 4)
        check.tab_stops.add_tab_stop(Cm(0.75))
        cell = styles["Cell"]
        self._font(cell, 9 if self.compact else 9.5)
        cell.paragraph_format.space_after = Pt(0)
        cell.paragraph_format.line_spacing = 1.0
        self._font(styles["Cell head"], 9 if self.compact else 9.5, "FFFFFF", bold=True)
        self._font(styles["Small"], 8, GREY)
        styles["List Bullet"].paragraph_format.space_after = Pt(3)
        hint = styles.add_style("Placeholder Text", WD_STYLE_TYPE.CHARACTER)
        hint.font.color.rgb = RGBColor.from_string(GREY)

    @staticmethod
    def _font(style, size, colour=None, bold=None):
        style.font.name, style.font.size, style.font.bold = FONT, Pt(size), bold
        if colour:
            style.font.color.rgb = RGBColor.from_string(colour)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        for script in ("ascii", "hAnsi", "cs", "eastAsia"):
            fonts.set(qn(f"w:{script}"), FONT)

    def _header_and_footer(self):
        section = self.document.sections[0]
        header = section.header.paragraphs[0]
        header.style = self.document.styles["Small"]
        # Page-wide tab stop; the header style of the default template has two of its own
        header.paragraph_format.tab_stops.add_tab_stop(self.text_width, WD_TAB_ALIGNMENT.RIGHT)
        self._field(header, "Logo Ihres Clusters" if self.language == "de" else "Logo of your cluster")
        header.add_run("\t" + self.text["title"])
        footer = section.footer.paragraphs[0]
        footer.style = self.document.styles["Small"]
        footer.paragraph_format.tab_stops.add_tab_stop(self.text_width, WD_TAB_ALIGNMENT.RIGHT)
        properties = footer._p.get_or_add_pPr()
        borders = element("pBdr")
        borders.append(element("top", val="single", sz=6, space=4, color=RED))
        properties.insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")
        footer.add_run(FOOTER[self.language] + "\t")
        page, of = PAGE_OF[self.language]
        footer.add_run(page)
        self._page_field(footer, "PAGE")
        footer.add_run(of)
        self._page_field(footer, "NUMPAGES")

    @staticmethod
    def _page_field(paragraph, code):
        field = element("fldSimple", instr=code)
        run, text = element("r"), element("t")
        text.text = "1"
        run.append(text)
        field.append(run)
        paragraph._p.append(field)

    # Inline text --------------------------------------------------------------------------------

    def _paragraph(self, style, text="", container=None):
        paragraph = (container or self.document).add_paragraph(style=style)
        if self.page_break_pending and container is None:
            paragraph.paragraph_format.page_break_before = True
            self.page_break_pending = False
        self._inline(paragraph, text)
        return paragraph

    def _inline(self, paragraph, text, bold=None):
        position = 0
        for match in INLINE.finditer(text):
            if match.start() > position:
                paragraph.add_run(text[position : match.start()]).bold = bold
            if match["bold"]:
                self._inline(paragraph, match["bold"], bold=True)
            else:
                self._field(paragraph, match["field"])
            position = match.end()
        if position < len(text):
            paragraph.add_run(text[position:]).bold = bold

    def _field(self, paragraph, hint):
        """A content control that shows its hint until somebody types."""
        kind, _, rest = hint.partition(":")
        options = []
        if kind == "choice":
            options = [option.strip() for option in rest.split("|")]
            hint = (
                " / ".join(options)
                if sum(map(len, options)) < 40
                else ("bitte wählen" if self.language == "de" else "please choose")
            )
        elif kind == "date":
            hint = rest.strip()
        control, properties = element("sdt"), element("sdtPr")
        properties.append(element("alias", val=hint[:60]))
        properties.append(element("id", val=next(self.ids)))
        properties.append(element("showingPlcHdr"))
        if kind == "choice":
            listing = element("dropDownList")
            for option in options:
                listing.append(element("listItem", displayText=option, value=option))
            properties.append(listing)
        elif kind == "date":
            date = element("date")
            date.append(element("dateFormat", val=DATE_FORMAT[self.language]))
            date.append(element("lid", val=LOCALE[self.language]))
            date.append(element("storeMappedDataAs", val="dateTime"))
            date.append(element("calendar", val="gregorian"))
            properties.append(date)
        else:
            properties.append(element("text", multiLine="1"))
        run = paragraph.add_run(hint if kind == "choice" else f"[{hint}]")
        run.style = self.document.styles["Placeholder Text"]
        run.font.color.rgb = RGBColor.from_string(GREY)  # LibreOffice drops the character style
        content = element("sdtContent")
        paragraph._p.replace(run._r, control)
        content.append(run._r)
        control.append(properties)
        control.append(content)

    def _checkbox(self, paragraph):
        control, properties, content = element("sdt"), element("sdtPr"), element("sdtContent")
        properties.append(element("id", val=next(self.ids)))
        box = etree.SubElement(properties, f"{{{W14}}}checkbox", nsmap={"w14": W14})
        etree.SubElement(box, f"{{{W14}}}checked").set(f"{{{W14}}}val", "0")
        for name, value in (("checkedState", CHECKED), ("uncheckedState", UNCHECKED)):
            state = etree.SubElement(box, f"{{{W14}}}{name}")
            state.set(f"{{{W14}}}val", value)
            state.set(f"{{{W14}}}font", SYMBOL_FONT)
        run = paragraph.add_run(chr(int(UNCHECKED, 16)))
        fonts = run._r.get_or_add_rPr().get_or_add_rFonts()
        for script in ("ascii", "hAnsi", "eastAsia"):
            fonts.set(qn(f"w:{script}"), SYMBOL_FONT)
        paragraph._p.replace(run._r, control)
        content.append(run._r)
        control.append(properties)
        control.append(content)

    # Blocks -------------------------------------------------------------------------------------

    def _block_h1(self, text):
        self._paragraph("Heading 1", text)

    def _block_h2(self, text):
        self._paragraph("Heading 2", text)

    def _block_p(self, text):
        self._paragraph("Normal", text)

    def _block_note(self, text):
        self._paragraph("Note", text)

    def _block_subject(self, text):
        self._paragraph("Subject", text)

    def _block_right(self, text):
        self._paragraph("Normal", text).alignment = WD_ALIGN_PARAGRAPH.RIGHT

    def _block_pagebreak(self, _):
        self.page_break_pending = True

    def _block_bullets(self, items):
        for item in items:
            self._paragraph("List Bullet", item)

    def _block_check(self, items):
        for item in items:
            paragraph = self._paragraph("Check")
            self._checkbox(paragraph)
            paragraph.add_run("\t")
            self._inline(paragraph, item)
        paragraph.paragraph_format.space_after = Pt(5 if self.compact else 8)

    def _block_fields(self, rows):
        """Label on the left, fill-in field on the right; the first column is a header column."""
        label = Cm(4.2)
        table = self._table(len(rows), [label, self.text_width - label], rows[0][0], head=False)
        for row, (name, value) in zip(table.rows, rows, strict=True):
            self._cell(row.cells[0], f"**{name}**", fill=PALE)
            self._cell(row.cells[1], value)
        self._after_table()

    def _block_table(self, spec):
        heads = spec["head"]
        numbered = spec.get("numbered", 0)
        rows = spec.get("rows", []) + [[""] * len(heads)] * (spec.get("blank", 0) or numbered)
        total = sum(spec["widths"])
        widths = [int(self.text_width * width / total) for width in spec["widths"]]
        table = self._table(len(rows) + 1, widths, spec["caption"])
        for cell, head in zip(table.rows[0].cells, heads, strict=True):
            self._cell(cell, head, style="Cell head", fill=BLUE)
        height = spec.get("row_height")
        for number, (row, values) in enumerate(zip(table.rows[1:], rows, strict=True), start=1):
            if height:
                row.height, row.height_rule = Cm(height), WD_ROW_HEIGHT_RULE.AT_LEAST
            for column, (cell, value) in enumerate(zip(row.cells, values, strict=True)):
                if column in spec.get("boxes", []):
                    self._checkbox(self._cell(cell, ""))
                    cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
                else:
                    self._cell(cell, str(number) if numbered and column == 0 else value)
                if height:
                    cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
        self._after_table()

    def _block_box(self, spec):
        """A question with room to write, by hand or on the screen."""
        table = self._table(1, [self.text_width], spec["label"].strip("*")[:80], head=False)
        row = table.rows[0]
        row.height, row.height_rule = Cm(spec["height"]), WD_ROW_HEIGHT_RULE.AT_LEAST
        self._cell(row.cells[0], spec["label"])
        answer = self._paragraph("Cell", container=row.cells[0])
        self._field(answer, "Notizen" if self.language == "de" else "Notes")
        self._after_table()

    def _block_sign(self, labels):
        gap = Cm(1)
        side = int((self.text_width - gap) / 2)
        table = self._table(1, [side, gap, side], " / ".join(labels), head=False, borders=False)
        row = table.rows[0]
        row.height, row.height_rule = Cm(1.7), WD_ROW_HEIGHT_RULE.EXACTLY
        for cell, label in zip((row.cells[0], row.cells[2]), labels, strict=True):
            cell.vertical_alignment = WD_ALIGN_VERTICAL.BOTTOM
            paragraph = self._cell(cell, label, style="Small")
            borders = element("pBdr")
            borders.append(element("top", val="single", sz=6, space=2, color=GREY))
            paragraph._p.get_or_add_pPr().append(borders)
        self._after_table(2)

    # Tables -------------------------------------------------------------------------------------

    def _table(self, rows, widths, caption, head=True, borders=True):
        table = self.document.add_table(rows, len(widths))
        table.alignment = WD_TABLE_ALIGNMENT.LEFT
        table.autofit = False
        properties = table._tbl.tblPr
        if borders:
            frame = element("tblBorders")
            for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
                frame.append(element(side, val="single", sz=4, space=0, color=LINE))
            properties.append(frame)
        layout = properties.find(qn("w:tblLayout"))
        if layout is not None:
            properties.remove(layout)
        properties.append(element("tblLayout", type="fixed"))
        margins = element("tblCellMar")
        up_down = 30 if self.compact else 60
        for side, width in (("top", up_down), ("left", 90), ("bottom", up_down), ("right", 90)):
            margins.append(element(side, w=width, type="dxa"))
        properties.append(margins)
        for look in properties.findall(qn("w:tblLook")):
            properties.remove(look)
        properties.append(
            element(
                "tblLook",
                val="0620" if head else "0680",
                firstRow=int(head),
                lastRow=0,
                firstColumn=int(not head),
                lastColumn=0,
                noHBand=1,
                noVBand=1,
            )
        )
        properties.append(element("tblCaption", val=re.sub(r"\*\*|\[\[|\]\]", "", caption)))
        for column, width in zip(table.columns, widths, strict=True):
            column.width = width
        for number, row in enumerate(table.rows):
            for cell, width in zip(row.cells, widths, strict=True):
                cell.width = width
            row_properties = row._tr.get_or_add_trPr()
            row_properties.append(element("cantSplit"))
            if head and number == 0:
                row_properties.append(element("tblHeader"))
        return table

    def _cell(self, cell, text, style="Cell", fill=None):
        paragraph = cell.paragraphs[0]
        paragraph.style = self.document.styles[style]
        self._inline(paragraph, text)
        if fill:
            cell._tc.get_or_add_tcPr().append(element("shd", val="clear", color="auto", fill=fill))
        return paragraph

    def _after_table(self, points=None):
        """A thin paragraph, since two tables that touch become one."""
        paragraph = self.document.add_paragraph(style="Small")
        paragraph.paragraph_format.space_after = Pt(0)
        paragraph.paragraph_format.line_spacing = Pt(points or (3 if self.compact else 8))
