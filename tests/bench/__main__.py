"""`python -m tests.bench WHAT --address … --var … [--json]`: run measurements and print them."""

import argparse
import json
import sys
from pathlib import Path

from tests.bench.figures import table

NEEDS_DJANGO = {"crowd", "importing", "publishing", "queries", "retrieval", "suggestions"}
ALL = ["answers", "suggestions", "publishing", "queries", "memory"]


def main(words: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="./lotse measure")
    parser.add_argument("what", nargs="?", choices=["all", "starting", "retrieval", "crowd", "importing", *ALL], default="all")
    parser.add_argument("--address", default="http://localhost:8000")
    parser.add_argument("--var", type=Path, default=Path("var"))
    parser.add_argument("--passages", type=int, default=10_000, help="of `retrieval`")
    parser.add_argument("--pages", type=int, default=300, help="of `importing`")
    parser.add_argument("--folder", type=Path, help="Markdown texts for `importing` (the demo's guides)")
    parser.add_argument("--seconds", type=float, default=900, help="after which `importing` ends")
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args(words)
    results = {}
    for name in ALL if wanted.what == "all" else [wanted.what]:
        results[name] = _measure(name, wanted.address, wanted.var)
        if not wanted.json:
            print(table(name, results[name]), flush=True)
    if wanted.json:
        print(json.dumps(results, indent=2))


def _measure(name: str, address: str, var: Path) -> dict[str, object]:
    if name in NEEDS_DJANGO:
        import django

        django.setup()
    if name == "answers":
        from tests.bench import answers

        return answers.measure(address)
    if name == "suggestions":
        from tests.bench import suggestions

        return suggestions.measure()
    if name == "publishing":
        from tests.bench import publishing

        return publishing.measure(wanted.address)
    if name == "crowd":
        from tests.bench import crowd

        return crowd.measure(wanted.address)
    if name == "importing":
        from tests.bench import importing

        return importing.measure(
            wanted.address, pages=wanted.pages, folder=wanted.folder, seconds=wanted.seconds
        )
    if name == "queries":
        from tests.bench import queries

        return queries.measure()
    if name == "memory":
        from tests.bench import memory

        return memory.measure(var)
    from tests.bench import starting

    return starting.measure()


if __name__ == "__main__":
    main(sys.argv[1:])
