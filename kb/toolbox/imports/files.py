"""The Markdown files of a folder, read and parsed; what cannot be read says why."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext_noop as _

from kb.toolbox.markdown import GuideDraft, SourceError, leftover, parse_guide, read_source

LANGUAGES = ("de", "en")
NAMES = {"de": "de", "deu": "de", "ger": "de", "german": "de", "deutsch": "de"} | dict.fromkeys(
    ("en", "eng", "english", "englisch"), "en"
)


@dataclass(frozen=True)
class GuideFile:
    """A file that can become a guide."""

    path: str  # relative to the folder, with slashes
    source_id: str
    language: str
    digest: str  # SHA-256 of the file
    draft: GuideDraft
    lost: Counter[str]


@dataclass(frozen=True)
class Refused:
    """A file that cannot, and why."""

    path: str
    reason: str


def read_folder(folder: Path, *, language: str) -> Iterator[GuideFile | Refused]:
    """Every .md file below `folder`, by path. `language` is taken where neither file nor folder names one."""
    seen: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() not in {".md", ".markdown"} or not path.is_file():
            continue
        if any(part.startswith(".") for part in path.relative_to(folder).parts):
            continue
        name = path.relative_to(folder).as_posix()
        try:
            file = _read(path, name, language)
        except SourceError as error:
            yield Refused(name, str(error))
            continue
        except OSError as error:
            yield Refused(name, f"cannot be read: {error.strerror}")
            continue
        if earlier := seen.get(file.source_id):
            yield Refused(name, f"the same id as {earlier}: {file.source_id}")
            continue
        seen[file.source_id] = name
        yield file


def _read(path: Path, name: str, fallback: str) -> GuideFile:
    raw = path.read_bytes()
    source = read_source(raw)
    draft = parse_guide(source)
    source_id = draft.source_id or name
    if len(source_id) > 500:
        raise SourceError(_("the id has more than 500 characters"))
    if not source.body.strip():
        raise SourceError(_("no text below the front matter"))
    return GuideFile(
        path=name,
        source_id=source_id,
        language=language_of(draft.language, name) or fallback,
        digest=hashlib.sha256(raw).hexdigest(),
        draft=draft,
        lost=leftover(source.body, draft),
    )


def language_of(stated: str, name: str) -> str:
    """ "de" or "en" as a file states it, else as its name (x.de.md) or a folder says; "" where nothing does.

    Raises SourceError for a language that Lotse does not have.
    """
    if stated:
        if language := NAMES.get(re.split(r"[-_]", stated)[0]):
            return language
        said = _("in language “%(stated)s”: Lotse has %(languages)s")
        raise SourceError(said, stated=stated, languages=", ".join(LANGUAGES))
    *folders, file = name.lower().split("/")
    marks = [*file.split(".")[1:-1], *reversed(folders)]
    return next((mark for mark in marks if mark in LANGUAGES), "")
