"""`python -m tests.bench.peers [growth | own | report]`, which `./lotse bench` calls with the site's environment."""

import argparse
import json
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from door.places import ROOT, VAR
from tests.bench.peers import course, machine, report
from tests.bench.peers.peer import PEERS
from tests.bench.peers.process import Failed

DOCS = ROOT / "docs"
KEPT = DOCS / "benchmarks.json"
KNOWN_ITEM = ("eval/known_item/practice", "eval/known_item/d365po")
"""collections below --data"""


def main(words: Sequence[str]) -> int:
    """Returns 0, or 1 with a sentence on stderr."""
    wanted = _parser().parse_args(words)
    results: dict[str, Any] = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    try:
        if wanted.what == "report":
            if not results:
                raise ValueError("Nothing has been measured yet: ./lotse bench")
            _keep(results, wanted)
        else:
            _measure(results, wanted)
    except (Failed, ValueError) as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    print(json.dumps(results, indent=2) if wanted.json else report.text(results))
    return 0


def _measure(results: dict[str, Any], wanted: argparse.Namespace) -> None:
    """Adds to the results and keeps them after each part: an hour's work must not hang on its last minute."""
    before, began = machine.load(), time.monotonic()
    results["machine"] = machine.about()
    for part in {"peers": _peers, "growth": _growth, "own": _own}[wanted.what](results, wanted):
        results.update(part)
        run = {
            "what": wanted.what,
            "minutes": round((time.monotonic() - began) / 60, 1),
            "load": [before, machine.load()],
            "quick": wanted.quick,
        }
        results["runs"] = [*(one for one in results.get("runs", []) if one["what"] != wanted.what), run]
        _keep(results, wanted)
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr)


def _keep(results: dict[str, Any], wanted: argparse.Namespace) -> None:
    if wanted.dry:
        return
    KEPT.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
    (DOCS / "benchmarks.md").write_text(report.text(results))
    if results.get("growth"):
        from tests.bench.growth import curves

        curves.draw(results["growth"], DOCS / "images")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./lotse bench",
        description="The search beside its peers on the same passages, vectors and questions (peers), how it grows "
        "(growth), what no peer has (own: related pages, indexing, memory of the running site), or docs/benchmarks.md anew "
        "from what is kept (report).",
    )
    parser.add_argument("what", nargs="?", choices=["peers", "growth", "own", "report"], default="peers")
    parser.add_argument(
        "--quick", action="store_true", help="fewer questions and rounds: minutes, less exact"
    )
    parser.add_argument(
        "--json", action="store_true", help="print what docs/benchmarks.json holds instead of the page"
    )
    parser.add_argument(
        "--peers", default=",".join(PEERS), help=f"of {', '.join(PEERS)} (Lotse always takes part)"
    )
    parser.add_argument(
        "--data",
        type=Path,
        help="folder with other people's texts: eval/known_item, scale, practice, parallel",
    )
    parser.add_argument("--collections", help="of site, practice, d365po (all there are)")
    parser.add_argument("--passages", default="1000,10000,100000", help="of `growth`, e.g. 1000,10000")
    parser.add_argument("--dry", action="store_true", help="print, and leave docs/ as it is")
    return parser


def _peers(results: dict[str, Any], wanted: argparse.Namespace) -> Iterator[dict[str, Any]]:
    peers = course.known(wanted.peers.split(","))
    effort = course.QUICK if wanted.quick else course.USUAL
    folder = VAR / "bench"
    found = dict(results.get("collections", {}))
    for name, source in _sources(wanted, folder).items():
        if name == "site":
            shutil.rmtree(source, ignore_errors=True)
            course.call_preparing(["--site", "--collection", str(source), "--to", str(source)])

        def say(text: str, name: str = name) -> None:
            _say(f"{name}: {text}")

        found[name] = course.collection(source, folder / name, peers, effort, say, as_readers=name == "site")
        yield {"collections": found}
    yield {"abilities": course.abilities(folder / "trials", peers, _say)}


def _sources(wanted: argparse.Namespace, folder: Path) -> dict[str, Path]:
    """Collections to measure, by name. Raises ValueError."""
    sources = {"site": folder / "site-texts"}
    if wanted.data is not None:
        sources |= {Path(name).name: wanted.data.resolve() / name for name in KNOWN_ITEM}
    names = wanted.collections.split(",") if wanted.collections else list(sources)
    if unknown := [name for name in names if name not in sources]:
        raise ValueError(f"No such collection: {', '.join(unknown)}. There are: {', '.join(sources)}")
    return {name: sources[name] for name in names}


def _growth(results: dict[str, Any], wanted: argparse.Namespace) -> Iterator[dict[str, Any]]:
    from tests.bench.growth import course as growth

    sizes = [int(number) for number in wanted.passages.split(",")]
    for found in growth.run(wanted.data, VAR / "bench", sizes, results.get("growth"), _say):
        yield {"growth": found}


def _own(results: dict[str, Any], wanted: argparse.Namespace) -> Iterator[dict[str, Any]]:
    import django

    from tests.bench import own

    django.setup()
    yield {"own": own.measure(VAR)}


def _say(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[K  … {text}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
