"""`./lotse evaluate`: what the search, the related pages and the proposed bridges are worth, measured on the embedded
site or on a collection beside it."""

import importlib.util
import os
import subprocess
import sys
from collections.abc import Sequence

from door import database, up
from door.places import DEV_LOCK, POSTGRES, ROOT
from door.problems import Problem

DEMO = ROOT / "site" / "demo"


def run(words: Sequence[str]) -> int:
    """Run search.evaluation with these words on the site's server, running or not; after `related` or `bridges` what
    measures those. Returns its exit code.

    Raises:
        Problem: the site is to be measured and was never started.
    """
    environment = os.environ | up.environment()
    command = [sys.executable, *_what(list(words))]
    if {"--help", "-h"} & set(words):
        return subprocess.run(command, cwd=ROOT, env=environment).returncode
    own = any(word.partition("=")[0] == "--collection" for word in words)
    if not own and not (POSTGRES / "PG_VERSION").exists():
        raise Problem(
            "There is no site to measure yet. Start it once (./lotse up), or measure texts of your own: "
            "./lotse evaluate --collection FOLDER"
        )
    up.make_folders()
    if list(words[:1]) not in (["related"], ["bridges"]):
        _bring_baseline()
    with database.served():
        # Paths are meant as seen from where somebody typed them.
        return subprocess.run(command, env=environment).returncode


def _what(words: list[str]) -> list[str]:
    """What Python is to run; judged pairs of the demo content where none are given."""
    if words[:1] == ["related"]:
        return [
            "-m",
            "search.evaluation.related",
            "--pairs",
            str(DEMO / "related_judgements.txt"),
            *words[1:],
        ]
    if words[:1] == ["bridges"]:
        judged = ["--judgements", str(DEMO / "bridge_judgements.yaml")]
        return [str(ROOT / "site" / "manage.py"), "topics", "evaluate", *judged, *words[1:]]
    return ["-m", "search.evaluation", *words]


def _bring_baseline() -> None:
    """bm25s, to compare with: small, and needed for nothing else, so that it is no part of the product. Without a
    network its rows are missing, and the table says so."""
    if importlib.util.find_spec("bm25s") is not None:
        return
    rows = DEV_LOCK.read_text().splitlines()
    version = next((row.strip() for row in rows if row.startswith("bm25s==")), "bm25s")
    # Not through `say`: the table, or its JSON, is all that belongs on stdout.
    print(f"  … {version} to compare with", file=sys.stderr, flush=True)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-input", version]
    subprocess.run([*pip, "--disable-pip-version-check"], capture_output=True)
