"""Each peer in a process of its own: its memory is its own, and what one leaves in caches is no other's."""

import multiprocessing
import statistics
import threading
import time
import traceback
from collections.abc import Sequence
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import psutil

from tests.bench.peers import material
from tests.bench.peers.material import Passage
from tests.bench.peers.peer import CannotDo, Found, Peer, adapter, distinct

PAGES = 10
"""a page of results: what times are taken of"""


class Failed(Exception):
    """What a peer raised in its process, as text."""


class Process:
    """A peer's process. Calls of `Work`'s methods, by name: `process.call("build")`."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self._here, there = multiprocessing.Pipe()
        context = multiprocessing.get_context("spawn")
        self._process = context.Process(target=_serve, args=(there, name, folder), daemon=True)
        self._process.start()

    def call(self, method: str, *arguments: Any) -> Any:
        """Raises CannotDo as the peer does, Failed for anything else."""
        self._here.send((method, arguments))
        try:
            kind, result = self._here.recv()
        except EOFError:
            raise Failed(f"its process ended (exit status {self._process.exitcode})") from None
        if kind == "cannot":
            raise CannotDo(result)
        if kind == "failed":
            raise Failed(result)
        return result

    def end(self) -> None:
        if self._process.is_alive():
            try:
                self.call("close")
            except Failed:
                self._process.kill()
        self._process.join()


def _serve(there: Connection, name: str, folder: Path) -> None:
    work: Work | None = None
    while True:
        method, arguments = there.recv()
        try:
            if work is None:
                work = Work(name, folder)
            result = ("done", getattr(work, method)(*arguments))
        except CannotDo as reason:
            result = ("cannot", str(reason))
        except Exception as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            result = (
                "failed",
                f"{type(error).__name__}: {error} ({Path(last.filename).name}, line {last.lineno})",
            )
        there.send(result)
        if method == "close":
            return


class Work:
    """What a peer's process does for the run: measured inside, so that no pipe is in any time."""

    def __init__(self, name: str, folder: Path) -> None:
        self.material = material.read(folder / "material")
        own = folder / name
        own.mkdir(parents=True, exist_ok=True)
        self.peer: Peer = adapter(name)(own, self.material)
        self.opened = False

    def about(self) -> dict[str, str]:
        return {"versions": self.peer.versions(), "method": self.peer.method, "needed": self.peer.needed}

    def build(self) -> float:
        """Seconds."""
        began = time.perf_counter()
        self.peer.build()
        return time.perf_counter() - began

    def open(self) -> float:
        """Seconds from nothing loaded to ready for a question."""
        began = time.perf_counter()
        self.peer.open()
        self.opened = True
        return time.perf_counter() - began

    def times(self, questions: Sequence[int]) -> tuple[list[float], float]:
        """Seconds of each, and of processor for all of them, the server's included: what a busy machine lets stand."""
        before = self._computed()
        took = [self._seconds(number) for number in questions]
        return took, self._computed() - before

    def ranked(self, questions: Sequence[int], pages: int) -> list[list[str]]:
        asked = self.material.questions
        return [distinct(self.peer.ranked(asked[number], pages=pages), pages) for number in questions]

    def crowd(self, clients: int, seconds: float) -> dict[str, float]:
        """Answers a second, and the median of what each took in ms, of so many threads."""
        took: list[float] = []
        failed: list[Exception] = []
        until = time.perf_counter() + seconds

        def client(number: int) -> None:
            turn = number * 17
            try:
                while time.perf_counter() < until:
                    took.append(self._seconds(turn % len(self.material.questions)))
                    turn += 1
            except Exception as error:
                failed.append(error)
            finally:
                self._end_thread()

        threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
        began = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failed:
            raise failed[0]
        wall = time.perf_counter() - began
        return {"per_second": len(took) / wall, "p50_ms": 1000 * statistics.median(took)}

    def memory(self) -> int:
        """Bytes: proportional set size of this process and of the server's that work for it."""
        processes = [psutil.Process(), *map(psutil.Process, self.peer.server_pids())]
        return sum(process.memory_full_info().pss for process in processes)

    def disk(self) -> int:
        return self.peer.disk()

    def found(self, number: int, pages: int, member: bool) -> list[Found]:
        return self.peer.search(self.material.questions[number], pages=pages, member=member)

    def folded(self, number: int, pages: int) -> list[Found]:
        return self.peer.folded(self.material.questions[number], pages=pages)

    def replace(self, passage: Passage) -> None:
        self.peer.replace(passage)

    def delete(self, page: str) -> None:
        self.peer.delete(page)

    def without(self, pages: Sequence[str]) -> None:
        """As if these pages had never been there; who cannot delete builds anew."""
        try:
            for page in pages:
                self.peer.delete(page)
        except CannotDo:
            gone = set(pages)
            kept = [place for place, passage in enumerate(self.material.passages) if passage.page not in gone]
            self.peer.material = replace(
                self.material,
                passages=[self.material.passages[place] for place in kept],
                vectors=self.material.vectors[kept],
            )
            self.peer.build()
            self.peer.open()

    def close(self) -> None:
        if self.opened:
            self.peer.close()

    def _seconds(self, number: int) -> float:
        began = time.perf_counter()
        self.peer.search(self.material.questions[number], pages=PAGES)
        return time.perf_counter() - began

    def _computed(self) -> float:
        servers = [psutil.Process(pid).cpu_times() for pid in self.peer.server_pids()]
        return time.process_time() + sum(spent.user + spent.system for spent in servers)

    @staticmethod
    def _end_thread() -> None:
        """A thread of Django leaves its connection to the database open."""
        import sys

        if "django.db" in sys.modules:
            from django.db import connections

            connections.close_all()
