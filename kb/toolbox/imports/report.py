"""What an import did, file by file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """What became of a file."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    KEPT = "kept"  # the file changed, but so did the page: an editor's work is not overwritten
    REFUSED = "refused"  # no guide can be made of it


@dataclass(frozen=True)
class FileReport:
    """One file: what became of it, and where its parts went."""

    path: str
    outcome: Outcome
    message: str = ""
    title: str = ""
    language: str = ""
    page_id: int | None = None
    published: bool = False
    mapped: Mapping[str, str] = field(default_factory=dict)  # words of the source -> field
    sections: tuple[str, ...] = ()  # headings that became sections of the body
    unused: Mapping[str, Any] = field(default_factory=dict)  # front matter without a field
    filled: tuple[str, ...] = ()  # fields the source lacked, filled from elsewhere
    lost: Mapping[str, int] = field(default_factory=dict)  # words that are not on the page: a defect


@dataclass(frozen=True)
class Report:
    """All files of a run, in their order."""

    files: tuple[FileReport, ...]
    seconds: float

    def count(self, outcome: Outcome) -> int:
        return sum(file.outcome is outcome for file in self.files)

    @property
    def published(self) -> int:
        return sum(file.published for file in self.files)

    @property
    def words_lost(self) -> int:
        return sum(sum(file.lost.values()) for file in self.files)

    @property
    def fields(self) -> Counter[str]:
        """How often a heading or mark became which field."""
        return Counter(field for file in self.files for field in file.mapped.values())

    @property
    def unused(self) -> Counter[str]:
        """How often a name of the front matter had a value that no field takes."""
        return Counter(name for file in self.files for name in file.unused)

    @property
    def ok(self) -> bool:
        """True when every file became, or already was, a page, and no word is missing."""
        return not self.words_lost and not self.count(Outcome.REFUSED)
