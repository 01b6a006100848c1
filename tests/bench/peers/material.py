"""What every peer gets: passages with their vectors, questions with theirs, as files and plain values."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Passage:
    """A stretch of a page, the same for all peers."""

    id: int
    page: str
    """translation key: the same for a page and its translation"""
    language: str
    text: str
    """title, headings and text: what the model read"""
    open: bool = True
    """False: for members alone"""


@dataclass(frozen=True)
class Asked:
    id: str
    text: str
    language: str
    only_language: str | None
    """asked of texts in this language alone; None: of all, as readers do"""
    wanted: Mapping[str, int] = field(default_factory=dict)
    """page -> grade; empty: nothing answers it"""

    @property
    def pair(self) -> str:
        """ "de-en": a German question on English texts; "de": on all"""
        return f"{self.language}-{self.only_language}" if self.only_language else self.language


@dataclass(frozen=True)
class Material:
    name: str
    model: str
    passages: Sequence[Passage]
    vectors: np.ndarray
    """float32, (passages, dimensions), rows of length 1"""
    questions: Sequence[Asked]
    question_vectors: np.ndarray
    """float32, (questions, dimensions)"""
    embedding_ms: float = 0.0
    """what one question's vector costs: the same for all peers, and in none of their times"""

    @property
    def languages(self) -> list[str]:
        return sorted({passage.language for passage in self.passages})

    @cached_property
    def vector_of(self) -> dict[str, np.ndarray]:
        """By text of a passage, and of a question."""
        found = {passage.text: vector for passage, vector in zip(self.passages, self.vectors, strict=True)}
        asked = zip(self.questions, self.question_vectors, strict=True)
        return found | {question.text: vector for question, vector in asked}

    def write(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        _write_lines(folder / "passages.jsonl", self.passages)
        _write_lines(folder / "questions.jsonl", self.questions)
        np.save(folder / "vectors.npy", self.vectors.astype("f4"))
        np.save(folder / "question_vectors.npy", self.question_vectors.astype("f4"))
        about = {"name": self.name, "model": self.model, "embedding_ms": self.embedding_ms}
        (folder / "about.json").write_text(json.dumps(about))


def read(folder: Path) -> Material:
    return Material(
        passages=[Passage(**row) for row in _lines(folder / "passages.jsonl")],
        vectors=np.load(folder / "vectors.npy"),
        questions=[Asked(**row) for row in _lines(folder / "questions.jsonl")],
        question_vectors=np.load(folder / "question_vectors.npy"),
        **json.loads((folder / "about.json").read_text()),
    )


def _write_lines(path: Path, rows: Iterable[Any]) -> None:
    with path.open("w") as lines:
        lines.writelines(json.dumps(asdict(row), ensure_ascii=False) + "\n" for row in rows)


def _lines(path: Path) -> Iterable[dict[str, Any]]:
    with path.open() as lines:
        yield from map(json.loads, lines)
