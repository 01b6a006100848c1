"""What such a file looks like, what it may hold, and how it is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from search.evaluation.models import JudgedQuestion

MAX_BYTES = 2 * 1024 * 1024
MAX_QUESTIONS = 3_000
"""Ten times what the demo content has; reading and storing them takes some two seconds."""
MAX_ANSWERS = 100
"""Marks of one question: twice what recall@50 looks at."""
MAX_DEPTH = 4
"""A list of questions with a list of answers with fields. Deeper nesting is no such file."""
PROBLEMS_SHOWN = 30

FIELDS = {"id", "question", "language", "kind", "split", "reader", "answers"}
ANSWER_FIELDS = {"page", "grade", "heading", "anchor"}

EXAMPLE = """\
- id: de-001
  question: "Wie gewinne ich neue Mitglieder?"
  language: de
  kind: german
  split: held
  answers:
    - {page: /de/werkzeugkasten/mitglieder-gewinnen/, grade: 3, heading: "Ablauf"}
    - {page: guides/mitgliederbindung-jahresplan, grade: 1}
"""


class FileRefused(Exception):
    """Nothing was taken in. `problems` are sentences for people; `more` counts those that are not in the list."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems[:3]))
        self.problems = list(problems[:PROBLEMS_SHOWN])
        self.more = max(0, len(problems) - PROBLEMS_SHOWN)


@dataclass(frozen=True)
class ReadAnswer:
    """A mark as the file has it: `page` is an address or the name of a page, `grade` 0 to 3."""

    page: str
    grade: int
    heading: str = ""
    anchor: str = ""


@dataclass(frozen=True)
class ReadQuestion:
    """A question as the file has it, checked by itself."""

    where: str
    """id and line, for messages"""
    text: str
    language: str
    kind: str = ""
    split: str = ""
    reader: str = JudgedQuestion.Asker.VISITOR
    answers: tuple[ReadAnswer, ...] = field(default=())

    @property
    def identity(self) -> tuple[str, str, str]:
        return self.text, self.language, self.reader
