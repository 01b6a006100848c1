"""What all builders share: palette, texts, document properties and reproducible ZIP packages."""

import datetime as dt
import re
import zipfile
from pathlib import Path

import yaml

AUTHOR = "Lotse Demo"
VERSION = "1.2"
LICENCE = "CC BY 4.0"
STAMP = dt.datetime(2026, 9, 14, 9, 0, 0)
"""The one date that every file carries, so that building twice gives the same bytes."""

LANGUAGES = ("de", "en")
LOCALE = {"de": "de-DE", "en": "en-GB"}
FONT = "Arial"

BLUE = "003064"
RED = "C8102E"
TEAL = "1F6F78"
PALE = "E8EEF4"
SAND = "FBF6EA"
GREY = "5B6670"
LINE = "B8C4D0"

FOOTER = {
    "de": f"Lotse – Wissensbasis der Hamburger Cluster · Vorlage {VERSION} · {LICENCE}",
    "en": f"Lotse – knowledge base of Hamburg’s clusters · Template {VERSION} · {LICENCE}",
}
PAGE_OF = {"de": ("Seite ", " von "), "en": ("Page ", " of ")}

TEXTS = Path(__file__).parent / "texts"


def load_texts(key):
    """The texts of one template: {"de": …, "en": …}, checked to have the same shape."""
    texts = yaml.safe_load((TEXTS / f"{key}.yaml").read_text(encoding="utf-8"))
    difference = _difference(texts["de"], texts["en"], key)
    if difference:
        raise ValueError(f"German and English differ: {difference}")
    return texts


def _difference(left, right, where):
    """The first place where two trees have another shape, or None."""
    if type(left) is not type(right):
        return f"{where}: {left!r} / {right!r}"
    if isinstance(left, dict):
        if list(left) != list(right):
            return f"{where}: {list(left)} / {list(right)}"
        pairs = [(left[key], right[key], f"{where}.{key}") for key in left]
    elif isinstance(left, list):
        if len(left) != len(right):
            return f"{where}: {len(left)} / {len(right)} entries"
        pairs = [(a, b, f"{where}[{i}]") for i, (a, b) in enumerate(zip(left, right, strict=True))]
    else:
        return None
    for a, b, place in pairs:
        found = _difference(a, b, place)
        if found:
            return found
    return None


def set_core_properties(properties, text, language):
    """Title, author, language and dates of an Office file (python-docx, python-pptx, openpyxl)."""
    is_openpyxl = hasattr(properties, "creator")
    setattr(properties, "creator" if is_openpyxl else "author", AUTHOR)
    setattr(properties, "lastModifiedBy" if is_openpyxl else "last_modified_by", AUTHOR)
    setattr(properties, "description" if is_openpyxl else "comments", text["description"])
    properties.title = text["title"]
    properties.subject = text["subject"]
    properties.language = LOCALE[language]
    properties.category = "Vorlage" if language == "de" else "Template"
    properties.keywords = "Lotse, Cluster, Hamburg"
    properties.version = VERSION
    properties.created = STAMP
    properties.modified = STAMP


def freeze_package(path):
    """Rewrites an Office package with fixed dates, so that equal content gives equal bytes."""
    with zipfile.ZipFile(path) as package:
        parts = [(info.filename, package.read(info)) for info in package.infolist()]
    stamp = STAMP.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as package:
        for name, data in parts:
            if name == "docProps/core.xml":
                # openpyxl writes the time of saving whatever one sets
                data = re.sub(rb"(<dcterms:(created|modified)[^>]*>)[^<]*", rb"\g<1>" + stamp, data)
            info = zipfile.ZipInfo(name, STAMP.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            package.writestr(info, data)
