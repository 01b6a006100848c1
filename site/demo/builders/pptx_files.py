"""The stakeholder map as a presentation: six slides with real titles, movable shapes and notes."""

from lxml import etree
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.dml import MSO_LINE
from pptx.enum.shapes import MSO_CONNECTOR, MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Emu, Inches, Pt

from .common import (
    BLUE,
    FONT,
    FOOTER,
    GREY,
    LOCALE,
    RED,
    SAND,
    load_texts,
    set_core_properties,
)

WIDTH, HEIGHT = Inches(13.333), Inches(7.5)
MARGIN = Inches(0.6)
TITLE_LAYOUT, TITLE_ONLY_LAYOUT = 0, 5
GROUPS = (  # shape and colours of each group, so that nobody has to tell colours apart
    (MSO_SHAPE.ROUNDED_RECTANGLE, BLUE, "FFFFFF"),
    (MSO_SHAPE.OVAL, "1F6F78", "FFFFFF"),
    (MSO_SHAPE.HEXAGON, "F2C14E", "1A1A1A"),
    (MSO_SHAPE.RECTANGLE, "FFFFFF", "1A1A1A"),
    (MSO_SHAPE.PENTAGON, "E8D9BC", "1A1A1A"),
)
QUADRANT_FILLS = ("EEF3F8", "D8E5F0", "F7F8FA", "EAF4F3")
CHIP = (Inches(1.95), Inches(0.5))


def build(key, language, path):
    """Writes the presentation in one language."""
    text = load_texts(key)[language]
    SlideDeck(text, language).save(path)


def rgb(colour):
    return RGBColor.from_string(colour)


class SlideDeck:
    """One presentation, slide by slide."""

    def __init__(self, text, language):
        self.text, self.language = text, language
        self.deck = Presentation()
        self.deck.slide_width, self.deck.slide_height = WIDTH, HEIGHT
        set_core_properties(self.deck.core_properties, text, language)
        self._adjust_layouts()

    def save(self, path):
        self._cover()
        self._how()
        self._map(filled=False)
        self._map(filled=True)
        self._table()
        self._questions()
        self._mark_language()
        self.deck.save(path)

    def _adjust_layouts(self):
        """The default template is 4:3 and uses Calibri: places and fonts for 16:9 and Arial."""
        master = self.deck.slide_master
        for layout in (self.deck.slide_layouts[TITLE_LAYOUT], self.deck.slide_layouts[TITLE_ONLY_LAYOUT]):
            for shape in list(layout.placeholders):
                if shape.placeholder_format.type in (13, 15, 16):  # number, footer, date
                    shape._element.getparent().remove(shape._element)
        for shape in master.placeholders:
            shape.left, shape.width = MARGIN, WIDTH - 2 * MARGIN
        title = self.deck.slide_layouts[TITLE_ONLY_LAYOUT].placeholders[0]
        title.left, title.top, title.width, title.height = (
            MARGIN,
            Inches(0.3),
            WIDTH - 2 * MARGIN,
            Inches(0.75),
        )
        theme = next(rel.target_part for rel in master.part.rels.values() if rel.reltype.endswith("/theme"))
        theme._blob = theme.blob.replace(b'typeface="Calibri"', f'typeface="{FONT}"'.encode())

    # Slides -------------------------------------------------------------------------------------

    def _slide(self, title):
        slide = self.deck.slides.add_slide(self.deck.slide_layouts[TITLE_ONLY_LAYOUT])
        frame = slide.shapes.title.text_frame
        frame.vertical_anchor = MSO_ANCHOR.MIDDLE
        self._write(frame, title, 26, BLUE, bold=True)
        number = len(self.deck.slides)
        self._text(slide, MARGIN, Inches(7.08), Inches(10), Inches(0.3), FOOTER[self.language], 9, GREY)
        self._text(
            slide,
            WIDTH - MARGIN - Inches(1),
            Inches(7.08),
            Inches(1),
            Inches(0.3),
            str(number),
            9,
            GREY,
            align=PP_ALIGN.RIGHT,
        )
        slide.notes_slide.notes_text_frame.text = self.text["notes"]
        return slide

    def _cover(self):
        slide = self.deck.slides.add_slide(self.deck.slide_layouts[TITLE_LAYOUT])
        background = slide.background.fill
        background.solid()
        background.fore_color.rgb = rgb(BLUE)
        title, subtitle = slide.placeholders[0], slide.placeholders[1]
        title.left, title.top, title.width, title.height = (Inches(1), Inches(2.2), Inches(9.5), Inches(1.1))
        subtitle.left, subtitle.top, subtitle.width, subtitle.height = (
            Inches(1),
            Inches(3.45),
            Inches(9.5),
            Inches(1),
        )
        title.text_frame.vertical_anchor = MSO_ANCHOR.BOTTOM
        self._write(title.text_frame, self.text["title"], 44, "FFFFFF", bold=True)
        self._write(subtitle.text_frame, self.text["subject"], 20, "DDE8F2")
        bar = self._shape(slide, MSO_SHAPE.RECTANGLE, Inches(1), Inches(4.65), Inches(1.4), Inches(0.07), RED)
        self._decorative(bar)
        self._text(
            slide, Inches(0.92), Inches(4.9), Inches(11), Inches(0.4), self.text["cover_line"], 14, "FFFFFF"
        )
        self._text(
            slide, Inches(0.92), Inches(6.8), Inches(11), Inches(0.3), FOOTER[self.language], 10, "DDE8F2"
        )
        for size, left, top in ((3.0, 11.2, 0.5), (1.9, 10.0, 2.7), (1.2, 12.0, 4.3)):
            ring = self._shape(
                slide,
                MSO_SHAPE.OVAL,
                Inches(left),
                Inches(top),
                Inches(size),
                Inches(size),
                None,
                "3D6290",
                3,
            )
            self._decorative(ring)

    def _how(self):
        how = self.text["how"]
        slide = self._slide(how["title"])
        for number, (minutes, name, what) in enumerate(how["items"]):
            top = Inches(1.25 + number * 1.0)
            badge = self._shape(
                slide, MSO_SHAPE.ROUNDED_RECTANGLE, MARGIN, top, Inches(1.25), Inches(0.78), BLUE
            )
            self._label(badge, minutes, 16, "FFFFFF", bold=True)
            self._text(
                slide,
                Inches(2.05),
                top,
                Inches(2.7),
                Inches(0.78),
                name,
                19,
                BLUE,
                bold=True,
                anchor=MSO_ANCHOR.MIDDLE,
            )
            self._text(
                slide,
                Inches(4.7),
                top,
                Inches(8.0),
                Inches(0.78),
                what,
                16,
                "1A1A1A",
                anchor=MSO_ANCHOR.MIDDLE,
            )
        self._hint(slide, how["hint"], Inches(6.3))

    def _map(self, filled):
        spec = self.text["map"]
        slide = self._slide(spec["example"] if filled else spec["title"])
        left, top, width, height = Inches(1.35), Inches(1.2), Inches(8.7), Inches(5.3)
        half_width, half_height = int(width / 2), int(height / 2)
        for number, (name, rule) in enumerate(zip(spec["quadrants"], spec["rules"], strict=True)):
            x = left + (number % 2) * half_width
            y = top + (number // 2) * half_height
            box = self._shape(
                slide, MSO_SHAPE.RECTANGLE, x, y, half_width, half_height, QUADRANT_FILLS[number], "FFFFFF", 2
            )
            box.name = name
            frame = box.text_frame
            frame.vertical_anchor = MSO_ANCHOR.TOP
            self._write(frame, name, 15, BLUE, bold=True, align=PP_ALIGN.LEFT)
            if not filled:
                paragraph = frame.add_paragraph()
                self._run(paragraph, rule, 12, GREY)
                paragraph.alignment = PP_ALIGN.LEFT
        # Axes with arrows, their names and ends
        for x1, y1, x2, y2 in (
            (left, top + height, left + width + Inches(0.15), top + height),
            (left, top + height, left, top - Inches(0.12)),
        ):
            axis = self._line(slide, x1, y1, x2, y2, BLUE, 2.25, arrow=True)
            self._decorative(axis)
        label = self._text(
            slide,
            Inches(-1.75),
            Inches(3.65),
            Inches(4.9),
            Inches(0.4),
            f"{spec['low']}  ←  {spec['y']}  →  {spec['high']}",
            13,
            BLUE,
            bold=True,
            align=PP_ALIGN.CENTER,
        )
        label.rotation = -90
        self._text(
            slide,
            left,
            top + height + Inches(0.08),
            width,
            Inches(0.4),
            f"{spec['low']}  ←  {spec['x']}  →  {spec['high']}",
            13,
            BLUE,
            bold=True,
            align=PP_ALIGN.CENTER,
        )
        self._legend(slide, spec)
        if filled:
            self._placed(slide, spec, left, top, width, height)

    def _legend(self, slide, spec):
        x = Inches(10.45)
        self._text(slide, x, Inches(1.12), Inches(2.5), Inches(0.35), spec["legend"], 13, BLUE, bold=True)
        for number, group in enumerate(spec["groups"]):
            self._chip(
                slide,
                number,
                x + Inches(0.1),
                Inches(1.55 + number * 0.72),
                group,
                width=Inches(2.2),
                height=Inches(0.56),
            )
        for number, name in enumerate(spec["lines"]):
            y = Inches(5.4 + number * 0.4)
            self._relation(slide, number, x + Inches(0.1), y, x + Inches(0.95), y, name)
            self._text(
                slide,
                x + Inches(1.0),
                y - Inches(0.19),
                Inches(1.8),
                Inches(0.38),
                name,
                11,
                "1A1A1A",
                anchor=MSO_ANCHOR.MIDDLE,
            )

    def _placed(self, slide, spec, left, top, width, height):
        centres = [(left + int(width * x), top + int(height * (1 - y))) for _, x, y, _ in spec["placed"]]
        for start, end, kind in spec["relations"]:
            name = f"{spec['lines'][kind]}: {spec['placed'][start][3]}, {spec['placed'][end][3]}"
            self._relation(slide, kind, *centres[start], *centres[end], name)
        for (group, _, _, name), (x, y) in zip(spec["placed"], centres, strict=True):
            self._chip(slide, group, x - int(CHIP[0] / 2), y - int(CHIP[1] / 2), name)

    def _chip(self, slide, group, x, y, name, width=CHIP[0], height=CHIP[1]):
        form, colour, ink = GROUPS[group]
        chip = self._shape(slide, form, x, y, width, height, colour, BLUE, 1.25)
        chip.name = name
        self._label(chip, name, 11, ink, bold=True)

    def _relation(self, slide, kind, x1, y1, x2, y2, name):
        line = self._line(slide, x1, y1, x2, y2, RED if kind == 2 else "1A1A1A", 2.25 if kind != 1 else 1.75)
        if kind == 1:
            line.line.dash_style = MSO_LINE.DASH
        if kind == 2:
            line.line.dash_style = MSO_LINE.LONG_DASH_DOT
        line.name = name
        line._element.nvCxnSpPr.cNvPr.set("descr", name)

    def _table(self):
        spec = self.text["table"]
        slide = self._slide(spec["title"])
        graphic = slide.shapes.add_table(
            len(spec["rows"]) + 1, len(spec["head"]), MARGIN, Inches(1.3), WIDTH - 2 * MARGIN, Inches(4.6)
        )
        graphic.name = spec["title"]
        graphic._element.nvGraphicFramePr.cNvPr.set("descr", spec["title"])
        table = graphic.table
        total = sum(spec["widths"])
        for column, width in zip(table.columns, spec["widths"], strict=True):
            column.width = Emu(int((WIDTH - 2 * MARGIN) * width / total))
        for row_number, values in enumerate([spec["head"], *spec["rows"]]):
            for cell, value in zip(table.rows[row_number].cells, values, strict=True):
                cell.fill.solid()
                cell.vertical_anchor = MSO_ANCHOR.MIDDLE
                head = row_number == 0
                cell.fill.fore_color.rgb = rgb(BLUE if head else "FFFFFF" if row_number % 2 else "EEF3F8")
                self._write(cell.text_frame, value, 13, "FFFFFF" if head else "1A1A1A", bold=head)
        self._hint(slide, spec["hint"], Inches(6.2))

    def _questions(self):
        spec = self.text["questions"]
        slide = self._slide(spec["title"])
        for number, question in enumerate(spec["items"]):
            top = Inches(1.3 + number * 0.78)
            badge = self._shape(slide, MSO_SHAPE.OVAL, MARGIN, top, Inches(0.56), Inches(0.56), RED)
            self._label(badge, str(number + 1), 15, "FFFFFF", bold=True)
            self._text(
                slide,
                Inches(1.4),
                top,
                Inches(11.2),
                Inches(0.56),
                question,
                19,
                "1A1A1A",
                anchor=MSO_ANCHOR.MIDDLE,
            )
        self._hint(slide, spec["hint"], Inches(6.2))

    # Drawing ------------------------------------------------------------------------------------

    def _hint(self, slide, text, top):
        box = self._shape(slide, MSO_SHAPE.RECTANGLE, MARGIN, top, WIDTH - 2 * MARGIN, Inches(0.6), SAND)
        self._label(box, text, 14, "1A1A1A", align=PP_ALIGN.LEFT)

    def _shape(self, slide, form, x, y, width, height, colour, line=None, points=1):
        shape = slide.shapes.add_shape(form, Emu(int(x)), Emu(int(y)), Emu(int(width)), Emu(int(height)))
        shape.shadow.inherit = False
        if colour:
            shape.fill.solid()
            shape.fill.fore_color.rgb = rgb(colour)
        else:
            shape.fill.background()
        if line:
            shape.line.color.rgb, shape.line.width = rgb(line), Pt(points)
        else:
            shape.line.fill.background()
        return shape

    @staticmethod
    def _line(slide, x1, y1, x2, y2, colour, points, arrow=False):
        line = slide.shapes.add_connector(
            MSO_CONNECTOR.STRAIGHT, Emu(int(x1)), Emu(int(y1)), Emu(int(x2)), Emu(int(y2))
        )
        line.line.color.rgb, line.line.width = rgb(colour), Pt(points)
        if arrow:
            properties = line.line._get_or_add_ln()
            end = properties.makeelement(
                "{http://schemas.openxmlformats.org/drawingml/2006/main}tailEnd", {"type": "triangle"}
            )
            properties.append(end)
        return line

    def _label(self, shape, text, points, colour, bold=False, align=PP_ALIGN.CENTER):
        frame = shape.text_frame
        frame.margin_left = frame.margin_right = Inches(0.02 if align == PP_ALIGN.CENTER else 0.15)
        frame.margin_top = frame.margin_bottom = Inches(0.02)
        frame.vertical_anchor, frame.word_wrap = MSO_ANCHOR.MIDDLE, True
        self._write(frame, text, points, colour, bold, align)

    def _text(
        self,
        slide,
        x,
        y,
        width,
        height,
        text,
        points,
        colour,
        bold=False,
        align=PP_ALIGN.LEFT,
        anchor=MSO_ANCHOR.TOP,
    ):
        box = slide.shapes.add_textbox(Emu(int(x)), Emu(int(y)), Emu(int(width)), Emu(int(height)))
        box.text_frame.word_wrap = True
        box.text_frame.vertical_anchor = anchor
        self._write(box.text_frame, text, points, colour, bold, align)
        return box

    def _write(self, frame, text, points, colour, bold=False, align=None):
        paragraph = frame.paragraphs[0]
        self._run(paragraph, text, points, colour, bold)
        paragraph.alignment = align if align is not None else PP_ALIGN.LEFT

    @staticmethod
    def _run(paragraph, text, points, colour, bold=False):
        run = paragraph.add_run()
        run.text = text
        run.font.size, run.font.bold, run.font.name = Pt(points), bold, FONT
        run.font.color.rgb = rgb(colour)

    @staticmethod
    def _decorative(shape):
        """Marks a shape as decoration, which screen readers skip."""
        properties = shape._element.xpath(".//p:cNvPr")[0]
        extension = (
            '<a:extLst xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
            '<a:ext uri="{C183D7F6-B498-43B3-948B-1728B52AA6E4}">'
            '<adec:decorative xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative"'
            ' val="1"/></a:ext></a:extLst>'
        )
        properties.append(etree.fromstring(extension))

    def _mark_language(self):
        """Every run says its language: for spelling and for reading aloud."""
        for slide in self.deck.slides:
            for part in (slide, slide.notes_slide if slide.has_notes_slide else None):
                if part is not None:
                    for run in part._element.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}r"):
                        run.get_or_add_rPr().set("lang", LOCALE[self.language])
