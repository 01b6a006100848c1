"""The interface's translations, compiled in Python, so that no machine needs gettext's tools."""

from collections.abc import Iterable
from pathlib import Path

import polib


def compile_catalogues(folders: Iterable[Path]) -> None:
    """Write the .mo file beside each .po file below `folders` that is newer than it."""
    for folder in folders:
        for source in folder.glob("*/LC_MESSAGES/*.po"):
            compiled = source.with_suffix(".mo")
            if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
                polib.pofile(str(source)).save_as_mofile(str(compiled))
