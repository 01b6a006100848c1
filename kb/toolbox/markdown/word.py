"""A Word file as Markdown, so that both go the same way from there."""

from __future__ import annotations

import io
import json
import re
import zipfile
from html import unescape

import mammoth
from django.utils.translation import gettext_noop as _
from markdownify import markdownify

from kb.toolbox.markdown.source import MAX_BYTES, SourceError

# Word's "Title" stands above the headings of level 1, of which there are several.
TITLE_STYLE = "p[style-name='Title'] => h1.title:fresh"
TITLE = re.compile(r'<h1 class="title">(.*?)</h1>', re.DOTALL)
HEADING = re.compile(r"(</?h)([1-6])(?=[ >])")

MAX_UNPACKED_BYTES = 100_000_000
"""A Word file is a zip archive; a guide of 30 pages with pictures unpacks to some 10 MB."""


def markdown_of(raw: bytes) -> str:
    """The text of a .docx file with its headings, lists, tables, links and emphasis; pictures as their description.

    Raises SourceError for what is no such file, or too large.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED_BYTES:
                raise SourceError(_("larger than %(mb)s MB"), mb=MAX_UNPACKED_BYTES // 1_000_000)
        html = mammoth.convert_to_html(io.BytesIO(raw), style_map=TITLE_STYLE, convert_image=_described).value
    except SourceError:
        raise
    except Exception as error:  # parsers of foreign formats raise anything
        raise SourceError(_("not a Word file (.docx), or a broken one")) from error
    found = TITLE.search(html)
    body = TITLE.sub("", html, count=1)
    if found or body.count("<h1") > 1:  # level 1 is for parts there, below a title of its own
        body = HEADING.sub(lambda tag: f"{tag[1]}{min(int(tag[2]) + 1, 6)}", body)
    text = str(markdownify(body, heading_style="ATX", bullets="-", table_infer_header=True))
    if found and (title := " ".join(unescape(re.sub(r"<[^>]+>", "", found[1])).split())):
        # JSON is YAML, whatever stands in a title.
        text = f"---\ntitle: {json.dumps(title, ensure_ascii=False)}\n---\n{text}"
    if len(text.encode()) > MAX_BYTES:
        raise SourceError(_("larger than %(mb)s MB"), mb=MAX_BYTES // 1_000_000)
    if not text.strip():
        raise SourceError(_("empty"))
    return text


def _described(image: object) -> list[object]:
    """A picture cannot travel with the text; what it shows stays."""
    words = getattr(image, "alt_text", None)
    return [mammoth.html.text(f"[{words}]")] if words else []
