"""The run itself: what is built, asked and compared, in which order. Peers take turns, so that a busy minute hits all."""

from __future__ import annotations

import os
import random
import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from search.evaluation import measures
from tests.bench.figures import percentiles
from tests.bench.peers import material, trials
from tests.bench.peers.material import Material
from tests.bench.peers.peer import PEERS
from tests.bench.peers.process import Failed, Process

OURS = "lotse"
CLIENTS = 8
COLD = 20
"""first questions of a process that has just opened its index"""
DEPTH = 50
"""of the rankings that are judged"""


@dataclass(frozen=True)
class Effort:
    rounds: int
    block: int
    """questions of a round, the same for all peers"""
    sample: int
    """judged questions of a pair of languages; 0: all"""
    crowd_seconds: float


USUAL = Effort(rounds=10, block=20, sample=300, crowd_seconds=4)
QUICK = Effort(rounds=3, block=10, sample=40, crowd_seconds=1.5)

Say = Callable[[str], None]


def collection(
    source: Path, folder: Path, peers: Sequence[str], effort: Effort, say: Say, *, as_readers: bool = False
) -> dict[str, Any]:
    """All peers on a collection of texts and judged questions. Everything is made under `folder`."""
    given = prepare(source, folder, sample=effort.sample, as_readers=as_readers)
    rows: dict[str, dict[str, Any]] = {}
    with _running(peers, folder, rows, say) as running:
        _times(running, given, effort, rows, say)
        _quality(running, given, rows, say)
        _crowds(running, effort, rows, say)
        for name, process in running.items():
            _note(rows[name], "memory_mb", lambda process=process: round(process.call("memory") / 1e6))
    _compare(rows)
    drop(folder)
    return {
        "passages": len(given.passages),
        "pages": len({(passage.page, passage.language) for passage in given.passages}),
        "languages": given.languages,
        "questions": len(given.questions),
        "model": given.model,
        "embedding_ms": given.embedding_ms,
        "peers": rows,
    }


def abilities(folder: Path, peers: Sequence[str], say: Say) -> dict[str, Any]:
    """What each peer can do at all, tried on made texts."""
    texts = trials.write(folder / "texts")
    found: dict[str, Any] = {}
    for name in peers:
        # Anew for each: those that are Django apps change the pages themselves.
        given = prepare(texts, folder, as_readers=True)
        rows: dict[str, dict[str, Any]] = {}
        with _running([name], folder, rows, say) as running:
            say(f"{name}: what it can do")
            found[name] = {"failed": rows[name].get("failed", "")}
            if name in running:
                found[name] = trials.Trial(running[name], given).run()
    drop(folder)
    return found


def prepare(source: Path, folder: Path, *, sample: int = 0, as_readers: bool = False) -> Material:
    """The collection as files and as a copy of its database, by a process with Django's settings for it.

    Raises Failed.
    """
    words = ["--collection", str(source), "--to", str(folder / "material"), "--sample", str(sample)]
    call_preparing([*words, *(["--as-readers"] if as_readers else [])])
    return material.read(folder / "material")


def drop(folder: Path) -> None:
    """What `prepare` made in PostgreSQL for this run."""
    call_preparing(["--to", str(folder / "material"), "--drop"])


def call_preparing(words: Sequence[str]) -> None:
    done = subprocess.run([sys.executable, "-m", "tests.bench.peers.preparing", *words], env=os.environ)
    if done.returncode:
        raise Failed("the texts could not be prepared")


@contextmanager
def _running(
    peers: Sequence[str], folder: Path, rows: dict[str, dict[str, Any]], say: Say
) -> Iterator[dict[str, Process]]:
    """Builds one after the other, then opens all in new processes. A peer that fails stays out, with the reason."""
    running: dict[str, Process] = {}
    for name in peers:
        shutil.rmtree(folder / name, ignore_errors=True)
        rows[name] = row = {}
        say(f"{name}: build")
        building = Process(name, folder)
        try:
            row |= building.call("about")
            row["build_s"] = round(building.call("build"), 2)
            row["disk_mb"] = round(building.call("disk") / 1e6, 1)
            building.end()
            running[name] = Process(name, folder)
            row["open_s"] = round(running[name].call("open"), 2)
        except Failed as error:
            row["failed"] = str(error)
            building.end()
    try:
        yield {name: process for name, process in running.items() if "failed" not in rows[name]}
    finally:
        for process in running.values():
            process.end()


def _times(
    running: Mapping[str, Process], given: Material, effort: Effort, rows: dict[str, dict[str, Any]], say: Say
) -> None:
    """Cold: the first questions of a new process. Warm: rounds in which all peers get the same questions."""
    chance = random.Random(8)
    order = list(range(len(given.questions)))
    chance.shuffle(order)
    for name, process in running.items():
        _note(rows[name], "cold", lambda process=process: percentiles(process.call("times", order[:COLD])[0]))
    took: dict[str, list[list[float]]] = {name: [] for name in running}
    computed: dict[str, list[float]] = {name: [] for name in running}
    for number in range(effort.rounds):
        block = [order[(number * effort.block + place) % len(order)] for place in range(effort.block)]
        turn = list(running)
        chance.shuffle(turn)
        for name in turn:
            say(f"{name}: questions, round {number + 1} of {effort.rounds}")
            if "failed" in rows[name]:
                continue
            try:
                # Asked twice: what the first time brings into caches is not what a warm answer costs.
                running[name].call("times", block)
                seconds, cpu = running[name].call("times", block)
                took[name].append(seconds)
                computed[name].append(cpu)
            except Failed as error:
                rows[name]["failed"] = str(error)
    for name, rounds in took.items():
        if "failed" not in rows[name]:
            rows[name]["warm"] = percentiles([seconds for one in rounds for seconds in one])
            rows[name]["cpu_ms"] = round(1000 * sum(computed[name]) / (effort.rounds * effort.block), 2)
            rows[name]["round_ms"] = [round(1000 * statistics.median(one), 2) for one in rounds]


def _quality(
    running: Mapping[str, Process], given: Material, rows: dict[str, dict[str, Any]], say: Say
) -> None:
    judged = [number for number, question in enumerate(given.questions) if question.wanted]
    pairs = sorted(
        {given.questions[number].pair for number in judged},
        key=lambda pair: (len(set(pair.split("-"))), pair),
    )
    values: dict[str, dict[str, list[measures.Values]]] = {}
    for name, process in running.items():
        say(f"{name}: {len(judged)} judged questions")
        if "failed" in rows[name]:
            continue
        try:
            ranked = process.call("ranked", judged, DEPTH)
        except Failed as error:
            rows[name]["failed"] = str(error)
            continue
        found = measures.values(ranked, [given.questions[number].wanted for number in judged])
        values[name] = {
            pair: [
                value
                for value, number in zip(found, judged, strict=True)
                if given.questions[number].pair == pair
            ]
            for pair in pairs
        }
    for name, of_pairs in values.items():
        rows[name]["quality"] = {}
        for pair, own in of_pairs.items():
            means = measures.means(own)
            row: dict[str, Any] = {
                "n": means.n,
                "ndcg10": round(means.ndcg, 3),
                "recall50": round(means.recall, 3),
            }
            if name != OURS and OURS in values:
                ours = [value.ndcg for value in values[OURS][pair]]
                p = measures.p_value([value.ndcg for value in own], ours)
                row["p"] = None if p is None else round(p, 4)
            rows[name]["quality"][pair] = row


def _crowds(
    running: Mapping[str, Process], effort: Effort, rows: dict[str, dict[str, Any]], say: Say
) -> None:
    """Two turns for each, the second in the other order."""
    found: dict[str, list[dict[str, float]]] = {name: [] for name in running}
    for turn in (list(running), list(reversed(running))):
        for name in turn:
            say(f"{name}: {CLIENTS} clients")
            try:
                if "failed" not in rows[name]:
                    found[name].append(running[name].call("crowd", CLIENTS, effort.crowd_seconds))
            except Failed as error:
                rows[name]["crowd_failed"] = str(error)
    for name, turns in found.items():
        if turns:
            rows[name]["per_second"] = round(statistics.mean(turn["per_second"] for turn in turns), 1)


def _compare(rows: dict[str, dict[str, Any]]) -> None:
    """Ratio of a peer's median to ours, round by round: above 1 it is slower."""
    ours = rows.get(OURS, {}).get("round_ms")
    for row in rows.values():
        if ours and "round_ms" in row:
            row["ratio"] = statistics.median(a / b for a, b in zip(row["round_ms"], ours, strict=True))


def _note(row: dict[str, Any], name: str, get: Callable[[], Any]) -> None:
    if "failed" in row:
        return
    try:
        row[name] = get()
    except Failed as error:
        row["failed"] = str(error)


def known(names: Sequence[str]) -> list[str]:
    """Ours first. Raises ValueError with a sentence for an unknown name."""
    if unknown := [name for name in names if name not in PEERS]:
        raise ValueError(f"No such peer: {', '.join(unknown)}. There are: {', '.join(PEERS)}")
    return [OURS, *(name for name in names if name != OURS)]
