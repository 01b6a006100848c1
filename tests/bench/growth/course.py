"""Real texts as far as they go, then one size after the other, each in a database and a process of its own."""

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.bench.peers.course import drop, prepare
from tests.bench.peers.process import Failed

REAL_CHARACTERS = 9_000_000
"""of texts that are embedded for real: some 11,000 passages; more would cost an hour on two cores"""
QUESTIONS = 60
QUESTIONS_OF = ("d365po", "practice")
MORE_TEXTS = "scale/german_business.jsonl.gz"


def run(
    data: Path | None,
    folder: Path,
    sizes: Sequence[int],
    before: Mapping[str, Any] | None,
    say: Callable[[str], None],
) -> Iterator[dict[str, Any]]:
    """What there is after each size; sizes of `before` stay, where they grew from as much real text.

    `data` is a folder with other people's texts; without one the site's own are copied from the start. Raises Failed;
    ValueError for a folder without such texts.
    """
    texts = folder / "site-texts" if data is None else _texts(data.resolve(), folder / "growth-texts")
    if not (texts / "qrels.tsv").exists():
        raise ValueError("There are no texts to grow: run ./lotse bench first, or name a folder with --data")
    say("growth: index the real texts")
    given = prepare(texts, folder / "growth", sample=QUESTIONS)
    found: dict[int, Any] = {}
    if before and before["real"] == len(given.passages):
        found = {size["asked"]: size for size in before["sizes"]}
    for size in sorted(sizes):
        say(f"growth: {size} passages")
        words = ["--folder", str(folder / "growth"), "--passages", str(size)]
        command = [sys.executable, "-m", "tests.bench.growth.work", *words]
        done = subprocess.run(command, env=os.environ, stdout=subprocess.PIPE, text=True)
        if done.returncode:
            raise Failed(f"{size} passages could not be measured")
        found[size] = {"asked": size} | json.loads(done.stdout.splitlines()[-1])
        yield {"real": len(given.passages), "sizes": [found[number] for number in sorted(found)]}
    drop(folder / "growth")


def _texts(data: Path, folder: Path) -> Path:
    """One collection of several: the first ones in whole, since questions are asked of them."""
    folder.mkdir(parents=True, exist_ok=True)
    left = REAL_CHARACTERS
    with (
        gzip.open(folder / "corpus.de.jsonl.gz", "wt") as german,
        gzip.open(folder / "corpus.en.jsonl.gz", "wt") as english,
    ):
        files = {"de": german, "en": english}
        for name in QUESTIONS_OF:
            for language, out in files.items():
                for row in _rows(data / "eval" / "known_item" / name / f"corpus.{language}.jsonl.gz"):
                    left -= _write(out, row)
        for row in _rows(data / MORE_TEXTS):
            if left <= 0:
                break
            left -= _write(german, row)
    queries = dict.fromkeys(files, "")
    qrels = ""
    for name in QUESTIONS_OF:
        source = data / "eval" / "known_item" / name
        if not source.is_dir():
            raise ValueError(f"{source} is no folder")
        for language in files:
            path = source / f"queries.{language}.jsonl"
            queries[language] += path.read_text() if path.exists() else ""
        # Without the line of headings.
        qrels += "".join(row + "\n" for row in (source / "qrels.tsv").read_text().splitlines()[1:])
    for language, rows in queries.items():
        (folder / f"queries.{language}.jsonl").write_text(rows)
    (folder / "qrels.tsv").write_text(qrels)
    return folder


def _write(out: Any, row: dict[str, Any]) -> int:
    kept = {"id": row["id"], "title": row.get("title") or "", "text": row["text"]}
    out.write(json.dumps(kept, ensure_ascii=False) + "\n")
    return len(row["text"])


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    if path.exists():
        with gzip.open(path, "rt") as lines:
            yield from map(json.loads, lines)
