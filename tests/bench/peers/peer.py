"""The form of every peer, and which there are. Importing this module imports none of their packages."""

from __future__ import annotations

import importlib
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import ClassVar

from tests.bench.peers.material import Asked, Material, Passage

PEERS = {
    "lotse": "lotse",
    "wagtail": "wagtail_search",
    "django-ai-core": "ai_core",
    "txtai": "txtai_hybrid",
    "lancedb": "lancedb_hybrid",
    "qdrant": "qdrant_local",
    "bm25s": "bm25s_memory",
}
"""name -> module of `adapters`, which holds a class `Adapter`"""

PASSAGES_PER_PAGE = 5
"""Passages asked for to have a page of results: pages with several good passages take up more than one place."""


class CannotDo(Exception):
    """The peer has no such operation; the text says what would have to be done instead."""


@dataclass(frozen=True)
class Found:
    page: str
    language: str


class Peer(ABC):
    """A search over `material`, kept in `folder` or on the server of the site. Methods but `search` are called by one
    thread."""

    packages: ClassVar[Sequence[str]] = ()
    """distributions whose versions are reported"""
    method: ClassVar[str]
    """what it does with a question, in a few words"""
    needed: ClassVar[str] = ""
    """what had to be done to make it run here"""

    def __init__(self, folder: Path, material: Material) -> None:
        self.folder = folder
        self.material = material

    @classmethod
    def versions(cls) -> str:
        return ", ".join(f"{package} {version(package)}" for package in cls.packages)

    @abstractmethod
    def build(self) -> None:
        """Everything from nothing, kept for `open`."""

    @abstractmethod
    def open(self) -> None:
        """What a new process does before its first question."""

    @abstractmethod
    def search(self, asked: Asked, *, pages: int, member: bool = True) -> list[Found]:
        """Best first; enough for so many pages where there are so many. `member` sees all passages, others those that
        are open. May be called by several threads."""

    def ranked(self, asked: Asked, *, pages: int) -> list[Found]:
        """As `search`, without any floor below which a result is not shown: for judging the order."""
        return self.search(asked, pages=pages)

    def folded(self, asked: Asked, *, pages: int) -> list[Found]:
        """As `search`, each page once if the peer itself can do that."""
        return self.search(asked, pages=pages)[:pages]

    def replace(self, passage: Passage) -> None:
        """Other text (and the vector that `material.vector_of` has for it) in the place of the passage of this id.

        Raises CannotDo.
        """
        raise CannotDo("the whole index is built anew")

    def delete(self, page: str) -> None:
        """All passages of a page and its translations. Raises CannotDo."""
        raise CannotDo("the whole index is built anew")

    def disk(self) -> int:
        """Bytes of the index, texts that it keeps for showing included."""
        return sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file())

    def server_pids(self) -> list[int]:
        """Processes beside this one that answer its questions."""
        return []

    def close(self) -> None:  # noqa: B027  (most have nothing to close)
        """Before a process ends that called `open`."""


def adapter(name: str) -> type[Peer]:
    """Raises KeyError for an unknown name, ImportError where its packages are not installed."""
    module = importlib.import_module(f"tests.bench.peers.adapters.{PEERS[name]}")
    found: type[Peer] = module.Adapter
    return found


def distinct(found: Sequence[Found], pages: int) -> list[str]:
    """Pages in the order of their best passage."""
    return list(dict.fromkeys(one.page for one in found))[:pages]
