"""`python -m tests.property --cases 20000 --seed 1`: reads random sites until so many cases are compared.

A case is a reader from whom pages are hidden, with a question to one surface of one world, answered twice. Needs
DATABASE_URL and DJANGO_SETTINGS_MODULE=config.settings.test; works in the test database beside that one. Exit status
1: a trace.
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
from collections import Counter
from dataclasses import replace
from random import Random

QUESTIONS = 100
"""A world takes as long to build, to delete from and to index anew as to be asked a hundred."""


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.property")
    parser.add_argument("--cases", type=int, default=20_000, help="enough of them (20000)")
    parser.add_argument(
        "--seed", type=int, default=1, help="of the first world; each further one has the next (1)"
    )
    parser.add_argument("--minutes", type=float, default=60, help="no further world after this long (60)")
    parser.add_argument("--show", type=int, default=5, help="traces shown of each world (5)")
    parser.add_argument(
        "--never-there",
        action="store_true",
        help="compare every world, not four of five, with an index whose vocabulary never had the hidden pages' words",
    )
    wanted = parser.parse_args(words)

    import django

    django.setup()
    logging.disable(logging.CRITICAL)
    from django.test.utils import setup_databases, setup_test_environment

    setup_test_environment()
    setup_databases(verbosity=0, interactive=False, keepdb=True, serialized_aliases=[])
    from tests.property import no_trace, worlds

    began = time.monotonic()
    cases: Counter[str] = Counter()
    traces = 0
    seed = wanted.seed
    while sum(cases.values()) < wanted.cases and time.monotonic() - began < wanted.minutes * 60:
        spec = worlds.draw(Random(seed), questions=QUESTIONS)
        if wanted.never_there:
            spec = replace(spec, never_there=True)
        result = no_trace.check(spec)
        cases += result.cases
        traces += len(result.traces)
        said = f"closed {spec.when}{', hnsw' if spec.approximate else ''}{', narrow' if spec.narrow else ''}"
        print(
            f"seed {seed}: {len(spec.pages)} pages, {said}: {sum(result.cases.values())} cases, "
            f"{len(result.traces)} traces ({time.monotonic() - began:.0f} s)",
            flush=True,
        )
        for trace in result.traces[: wanted.show]:
            print(f"  {trace}", flush=True)
        seed += 1
    print(f"{sum(cases.values())} cases in {seed - wanted.seed} worlds, {traces} traces")
    for surface, count in cases.most_common():
        print(f"  {surface}: {count}")
    return 1 if traces else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
