"""`python -m tests.bench WHAT --address … --var … [--json]`: run measurements and print them."""

import argparse
import json
import sys
from pathlib import Path

from tests.bench.figures import table

NEEDS_DJANGO = {"crowd", "importing", "pages", "publishing", "queries", "retrieval", "suggestions"}
ALL = ["answers", "suggestions", "publishing", "queries", "memory"]


def main(words: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="./lotse measure")
    single = ["starting", "retrieval", "crowd", "importing", "model", "pages"]
    parser.add_argument("what", nargs="?", choices=["all", *single, *ALL], default="all")
    parser.add_argument("--address", default="http://localhost:8000")
    parser.add_argument("--var", type=Path, default=Path("var"))
    parser.add_argument("--passages", type=int, default=10_000, help="of `retrieval`")
    parser.add_argument("--pages", type=int, default=300, help="of `importing`")
    parser.add_argument("--folder", type=Path, help="Markdown texts for `importing` (the demo's guides)")
    parser.add_argument("--seconds", type=float, default=900, help="after which `importing` ends")
    parser.add_argument(
        "--collection", type=Path, help="known-item set for `model`: what integers cost in nDCG"
    )
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args(words)
    results = {}
    for name in ALL if wanted.what == "all" else [wanted.what]:
        results[name] = _measure(name, wanted)
        if not wanted.json:
            print(table(name, results[name]), flush=True)
    if wanted.json:
        print(json.dumps(results, indent=2))


def _measure(name: str, wanted: argparse.Namespace) -> dict[str, object]:
    if name in NEEDS_DJANGO:
        import django

        django.setup()
    if name == "answers":
        from tests.bench import answers

        return answers.measure(wanted.address)
    if name == "suggestions":
        from tests.bench import suggestions

        return suggestions.measure()
    if name == "retrieval":
        from tests.bench import retrieval

        return retrieval.measure(wanted.passages)
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
    if name == "pages":
        from tests.bench import pages

        return pages.measure(wanted.address)
    if name == "queries":
        from tests.bench import queries

        return queries.measure()
    if name == "model":
        from tests.bench import model

        return model.measure(wanted.collection)
    if name == "memory":
        from tests.bench import memory

        return memory.measure(wanted.var)
    from tests.bench import starting

    return starting.measure()


if __name__ == "__main__":
    main(sys.argv[1:])
