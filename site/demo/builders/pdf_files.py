"""The feedback form as a fillable, tagged PDF.

reportlab draws the page and the form fields but writes no structure. So every piece of text is
wrapped in marked content here, and pypdf adds the structure tree afterwards: headings, paragraphs
and form fields in reading order, as PDF/UA asks for (text of the fields uses Helvetica, which is
not embedded, so the file does not claim conformance).
"""

from contextlib import contextmanager
from io import BytesIO

from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from .common import (
    AUTHOR,
    BLUE,
    FOOTER,
    GREY,
    LOCALE,
    PAGE_OF,
    PALE,
    RED,
    STAMP,
    load_texts,
)

REGULAR, BOLD = "Vera", "Vera-Bold"  # both come with reportlab and are embedded as subsets
PAGES = 2
INK = "1A1A1A"


def build(key, language, path):
    """Writes the form in one language."""
    pdfmetrics.registerFont(TTFont(REGULAR, "Vera.ttf"))
    pdfmetrics.registerFont(TTFont(BOLD, "VeraBd.ttf"))
    text = load_texts(key)[language]
    form = FeedbackForm(text, language)
    path.write_bytes(add_structure(form.draw(), form.tags, text, language))


class FeedbackForm:
    """Draws from top to bottom and remembers, in `tags`, what each piece is."""

    def __init__(self, text, language):
        self.text, self.language = text, language
        self.buffer = BytesIO()
        self.canvas = Canvas(self.buffer, pagesize=A4, invariant=1, lang=LOCALE[language], pdfVersion=(1, 7))
        self.left, self.right = 20 * mm, A4[0] - 20 * mm
        self.width = self.right - self.left
        self.page, self.y = 0, 0
        self.tags = []  # (page, kind, mcid or None, alternative text): None means a form field
        self.mcids = [0] * PAGES

    def draw(self):
        text = self.text
        self._page_frame()
        self._heading("H1", text["title"], 20, before=0)
        self._paragraph(text["intro"], 9.5)
        self._line_field(text["event"]["label"], "event", 330, 0)
        self._line_field(text["event"]["date"], "date", 120, 0, last=True, x=self.right - 120)
        self._heading("H2", text["rating_head"])
        self._paragraph(text["rating_scale"], 8.5, GREY)
        self._ratings()
        self._heading("H2", text["effect_head"])
        self._number(text["contacts"], "contacts")
        self._number(text["other_sector"], "contacts_other")
        self._paragraph(text["plans_label"], 9.5, before=4)
        self._checkboxes(text["plans"], "plan")
        self._next_page()
        self._heading("H2", text["open_head"], before=0)
        for number, question in enumerate(text["open"], start=1):
            self._answer(question, f"open_{number}", 26 * mm)
        self._answer(text["access"], "access", 20 * mm)
        self._heading("H2", text["about_head"])
        self._paragraph(text["role"] + ":", 9.5)
        self._checkboxes(text["roles"], "role")
        self._answer(text["again"], "contact", 9 * mm)
        self._paragraph(text["privacy"], 8.5, GREY)
        self._paragraph(text["thanks"], 10, BLUE, font=BOLD, before=6)
        self.canvas.showPage()
        self.canvas.save()
        return self.buffer.getvalue()

    # Tagging ------------------------------------------------------------------------------------

    @contextmanager
    def _marked(self, kind, alternative=None):
        mcid = self.mcids[self.page]
        self.mcids[self.page] += 1
        self.tags.append((self.page, kind, mcid, alternative))
        self.canvas._code.append(f"/{kind} <</MCID {mcid}>> BDC")
        yield
        self.canvas._code.append("EMC")

    @contextmanager
    def _artifact(self):
        self.canvas._code.append("/Artifact BMC")
        yield
        self.canvas._code.append("EMC")

    def _field_tag(self, alternative):
        self.tags.append((self.page, "Form", None, alternative))

    # Parts --------------------------------------------------------------------------------------

    def _page_frame(self):
        canvas = self.canvas
        with self._artifact():
            canvas.setFillColor(HexColor(f"#{BLUE}"))
            canvas.rect(0, A4[1] - 7 * mm, A4[0], 7 * mm, stroke=0, fill=1)
            canvas.setFillColor(HexColor(f"#{RED}"))
            canvas.rect(0, A4[1] - 8 * mm, A4[0], 1 * mm, stroke=0, fill=1)
            canvas.setFont(REGULAR, 7)
            canvas.setFillColor(HexColor(f"#{GREY}"))
            canvas.drawString(self.left, 11 * mm, FOOTER[self.language])
            page, of = PAGE_OF[self.language]
            canvas.drawRightString(self.right, 11 * mm, f"{page}{self.page + 1}{of}{PAGES}")
        self.y = A4[1] - 20 * mm

    def _next_page(self):
        self.canvas.showPage()
        self.page += 1
        self._page_frame()

    def _heading(self, kind, text, size=12, before=14):
        self.y -= before + size * 0.8
        with self._marked(kind):
            self.canvas.setFillColor(HexColor(f"#{BLUE}"))
            self.canvas.setFont(BOLD, size)
            self.canvas.drawString(self.left, self.y, text)
        self.y -= size * 0.55

    def _paragraph(self, text, size, colour=INK, font=REGULAR, before=0):
        self.y -= before
        with self._marked("P"):
            self.canvas.setFillColor(HexColor(f"#{colour}"))
            self.canvas.setFont(font, size)
            for line in simpleSplit(text, font, size, self.width):
                self.y -= size * 1.35
                self.canvas.drawString(self.left, self.y, line + " ")  # keeps words apart
        self.y -= 5

    def _text_field(self, name, tooltip, x, y, width, height, lines=False):
        self._field_tag(tooltip)
        self.canvas.acroForm.textfield(
            name=name,
            tooltip=tooltip,
            x=x,
            y=y,
            width=width,
            height=height,
            borderColor=HexColor(f"#{GREY}"),
            fillColor=HexColor("#FFFFFF"),
            borderWidth=0.75,
            fontName="Helvetica",
            fontSize=10,
            maxlen=2000 if lines else 120,
            fieldFlags="multiline" if lines else "",
            textColor=HexColor(f"#{INK}"),
        )

    def _line_field(self, label, name, width, before, last=False, x=None):
        x = x or self.left
        with self._marked("P"):
            self.canvas.setFillColor(HexColor(f"#{INK}"))
            self.canvas.setFont(BOLD, 9)
            self.canvas.drawString(x, self.y - 12, label)
        self._text_field(name, label, x, self.y - 37, width, 20)
        if last:
            self.y -= 42

    def _ratings(self):
        canvas, scale = self.canvas, ["1", "2", "3", "4", "5", self.text["no_answer"]]
        step, size, row = 30, 14, 35
        start = self.right - step * len(scale) + step / 2
        self.y -= 14
        for number, value in enumerate(scale):
            with self._artifact():  # each field says its value itself
                canvas.setFillColor(HexColor(f"#{BLUE}"))
                canvas.setFont(BOLD, 9)
                canvas.drawCentredString(start + number * step, self.y, value)
        self.y -= 6
        for number, statement in enumerate(self.text["ratings"], start=1):
            with self._artifact():
                if number % 2:
                    canvas.setFillColor(HexColor(f"#{PALE}"))
                    canvas.rect(self.left, self.y - row, self.width, row, stroke=0, fill=1)
            with self._marked("P"):
                canvas.setFillColor(HexColor(f"#{INK}"))
                canvas.setFont(REGULAR, 9.5)
                canvas.drawString(self.left + 6, self.y - row / 2 - 3, statement)
            for column, value in enumerate(scale):
                alternative = f"{statement} {value}" + (f" {self.text['of']}" if column < 5 else "")
                self._field_tag(alternative)
                canvas.acroForm.radio(
                    name=f"rating_{number}",
                    tooltip=statement,
                    value=f"v{column + 1}",
                    x=start + column * step - size / 2,
                    y=self.y - row / 2 - size / 2 + 2.5,
                    size=size,
                    shape="circle",
                    buttonStyle="circle",
                    borderColor=HexColor(f"#{BLUE}"),
                    fillColor=HexColor("#FFFFFF"),
                    textColor=HexColor(f"#{BLUE}"),
                    borderWidth=1,
                    fieldFlags="noToggleToOff",
                )
            self.y -= row

    def _number(self, label, name):
        self.y -= 27
        with self._marked("P"):
            self.canvas.setFillColor(HexColor(f"#{INK}"))
            self.canvas.setFont(REGULAR, 9.5)
            self.canvas.drawString(self.left, self.y + 1, label)
        self._text_field(name, label, self.right - 60, self.y - 6, 60, 20)
        self.y -= 4

    def _checkboxes(self, labels, name):
        """Two columns of boxes, read line by line."""
        for number, label in enumerate(labels):
            x = self.left + (number % 2) * self.width / 2
            if number % 2 == 0:
                self.y -= 23
            self._field_tag(label)
            self.canvas.acroForm.checkbox(
                name=f"{name}_{number + 1}",
                tooltip=label,
                x=x,
                y=self.y - 2,
                size=12,
                buttonStyle="check",
                borderColor=HexColor(f"#{BLUE}"),
                borderWidth=1,
                fillColor=HexColor("#FFFFFF"),
                textColor=HexColor(f"#{BLUE}"),
            )
            with self._marked("P"):
                self.canvas.setFillColor(HexColor(f"#{INK}"))
                self.canvas.setFont(REGULAR, 9.5)
                self.canvas.drawString(x + 18, self.y, label)
        self.y -= 6

    def _answer(self, question, name, height):
        self._paragraph(question, 9.5, font=BOLD, before=4)
        self.y += 1
        self._text_field(
            name, question, self.left, self.y - height, self.width, height, lines=height > 10 * mm
        )
        self.y -= height + 5


def add_structure(data, tags, text, language):
    """The PDF with a structure tree made of the tags, with title, language and dates."""
    writer = PdfWriter(clone_from=PdfReader(BytesIO(data)))
    writer.pdf_header = "%PDF-1.7"
    root = DictionaryObject({NameObject("/Type"): NameObject("/StructTreeRoot")})
    root_reference = writer._add_object(root)
    document = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/StructElem"),
            NameObject("/S"): NameObject("/Document"),
            NameObject("/P"): root_reference,
        }
    )
    document_reference = writer._add_object(document)
    children, widgets = ArrayObject(), [0] * len(writer.pages)
    by_page = [ArrayObject() for _ in writer.pages]
    parents = ArrayObject()  # the number tree: pages first, then one number for each field
    field_parents = []
    for page_number, kind, mcid, alternative in tags:
        page = writer.pages[page_number]
        node = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/StructElem"),
                NameObject("/S"): NameObject(f"/{kind}"),
                NameObject("/P"): document_reference,
                NameObject("/Pg"): page.indirect_reference,
            }
        )
        reference = writer._add_object(node)
        children.append(reference)
        if alternative:
            node[NameObject("/Alt")] = TextStringObject(alternative)
        if mcid is not None:
            node[NameObject("/K")] = NumberObject(mcid)
            by_page[page_number].append(reference)
            continue
        widget = page["/Annots"][widgets[page_number]]
        widgets[page_number] += 1
        number = len(writer.pages) + len(field_parents)
        widget.get_object()[NameObject("/StructParent")] = NumberObject(number)
        field_parents.append(reference)
        node[NameObject("/K")] = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/OBJR"),
                NameObject("/Obj"): widget.indirect_reference,
                NameObject("/Pg"): page.indirect_reference,
            }
        )
    for number, page in enumerate(writer.pages):
        assert widgets[number] == len(page["/Annots"]), "a form field without a tag"
        page[NameObject("/StructParents")] = NumberObject(number)
        page[NameObject("/Tabs")] = NameObject("/S")
        parents.extend([NumberObject(number), by_page[number]])
    for number, reference in enumerate(field_parents, start=len(writer.pages)):
        parents.extend([NumberObject(number), reference])
    document[NameObject("/K")] = children
    root[NameObject("/K")] = document_reference
    root[NameObject("/ParentTree")] = writer._add_object(DictionaryObject({NameObject("/Nums"): parents}))
    root[NameObject("/ParentTreeNextKey")] = NumberObject(len(writer.pages) + len(field_parents))
    catalogue = writer._root_object
    catalogue[NameObject("/StructTreeRoot")] = root_reference
    catalogue[NameObject("/MarkInfo")] = DictionaryObject({NameObject("/Marked"): BooleanObject(True)})
    catalogue[NameObject("/Lang")] = TextStringObject(LOCALE[language])
    catalogue[NameObject("/ViewerPreferences")] = DictionaryObject(
        {NameObject("/DisplayDocTitle"): BooleanObject(True)}
    )
    stamp = STAMP.strftime("D:%Y%m%d%H%M%SZ")
    writer.add_metadata(
        {
            "/Title": text["title"],
            "/Subject": text["subject"],
            "/Author": AUTHOR,
            "/Keywords": "Lotse, Cluster, Hamburg",
            "/Creator": AUTHOR,
            "/CreationDate": stamp,
            "/ModDate": stamp,
        }
    )
    output = BytesIO()
    writer.write(output)
    return output.getvalue()
