#!/usr/bin/env python3
"""Builds the files of the demo templates in content/files: <key>.<language>.<format>.

    python site/demo/build_files.py            all files
    python site/demo/build_files.py einladung  only these keys

Needs python-docx, openpyxl, python-pptx, reportlab, pypdf and PyYAML; the site itself does not
need them, since the results are committed. The texts are in builders/texts, the drawing is in
builders/*_files.py. Building twice gives the same bytes.
"""

import sys
from pathlib import Path

from builders import docx_files, pdf_files, pptx_files, xlsx_files
from builders.common import LANGUAGES, freeze_package

TARGET = Path(__file__).parent / "content" / "files"
BUILDERS = {"docx": docx_files, "xlsx": xlsx_files, "pptx": pptx_files, "pdf": pdf_files}
FORMATS = {
    "absichtserklaerung": "docx",
    "ablaufplan": "xlsx",
    "bedarfsabfrage": "xlsx",
    "einladung": "docx",
    "einwilligung-teilnahmeliste": "docx",
    "feedbackbogen": "pdf",
    "foerderkalender": "xlsx",
    "kennzahlenblatt": "xlsx",
    "mitgliederinterview": "docx",
    "moderationsplan": "docx",
    "projektskizze": "docx",
    "stakeholderkarte": "pptx",
}


def main(keys):
    unknown = set(keys) - set(FORMATS)
    if unknown:
        sys.exit(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(FORMATS)}")
    TARGET.mkdir(parents=True, exist_ok=True)
    for key in keys or FORMATS:
        suffix = FORMATS[key]
        for language in LANGUAGES:
            path = TARGET / f"{key}.{language}.{suffix}"
            BUILDERS[suffix].build(key, language, path)
            if suffix != "pdf":
                freeze_package(path)
            print(f"{path.name}: {path.stat().st_size / 1024:.0f} kB")


if __name__ == "__main__":
    main(sys.argv[1:])
