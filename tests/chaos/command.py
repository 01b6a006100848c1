"""`./lotse chaos`: runs schedules on one stack and says what was found. Ends with 1 when anything was."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path


def parser() -> argparse.ArgumentParser:
    words = argparse.ArgumentParser(
        prog="./lotse chaos",
        description="Runs random editors and random faults against the real processes, in a folder of its own; "
        "afterwards the index must be exactly what the content says.",
    )
    words.add_argument("--schedules", type=int, default=20, metavar="N", help="how many (20)")
    words.add_argument("--seed", default="1", metavar="S", help="repeats the same choices (1)")
    words.add_argument("--minutes", type=float, metavar="M", help="begin no further schedule after M minutes")
    words.add_argument("--first", type=int, default=1, metavar="N", help="number of the first schedule (1)")
    words.add_argument("--json", action="store_true", help="the summary for machines")
    words.add_argument("--verbose", action="store_true", help="every step of every schedule")
    words.add_argument("--keep", action="store_true", help="leave the folder with logs and database in place")
    words.add_argument("--folder", type=Path, help="where the stack lives (a temporary folder)")
    return words


def run(arguments: argparse.Namespace) -> int:
    """LOTSE_VAR is set by now: everything that knows places may be imported."""
    from door.places import LOG
    from tests.chaos import failpoints, schedule, stack
    from tests.chaos.reader import Readers

    def say(text: str) -> None:
        if not arguments.json:
            print(text, flush=True)

    began = time.monotonic()
    failpoints.disarm()
    site = stack.Stack()
    outcomes: list[schedule.Outcome] = []
    readers = None
    try:
        site.start()
        readers = Readers(site.address)
        world = schedule.World(site, readers)
        site.heal()
        say(f"The stack runs after {time.monotonic() - began:.0f} s: {site.address}, logs in {LOG}")
        first = time.monotonic()
        for number in range(arguments.first, arguments.first + arguments.schedules):
            if arguments.minutes and time.monotonic() - first > 60 * arguments.minutes:
                break
            before = (len(readers.seen.traces), len(readers.seen.failures))
            outcome = schedule.run(site, world, number, arguments.seed)
            outcomes.append(outcome)
            traces, failures = readers.seen.traces[before[0] :], readers.seen.failures[before[1] :]
            bad = bool(outcome.drift or outcome.problems or traces or failures)
            say(
                f"{'FOUND' if bad else 'ok   '} schedule {number} of seed {arguments.seed}: {outcome.seconds:.1f} s, "
                f"settled after {outcome.settled:.1f} s, {sum(outcome.actions.values())} actions, "
                f"{sum(outcome.faults.values())} faults"
            )
            if bad or arguments.verbose:
                for step in outcome.steps:
                    say(f"    {step}")
            for name, found in (
                ("drift", outcome.drift),
                ("problem", outcome.problems),
                ("trace", traces),
                ("failed answer", failures),
            ):
                for what in found[:8]:
                    say(f"  {name}: {what}")
    except KeyboardInterrupt:
        say("Stopped; what was found until now:")
    finally:
        if readers is not None:
            readers.stop()
        site.stop()
    if readers is None:
        return 130
    summary = _summary(outcomes, readers.seen, arguments.seed, time.monotonic() - began)
    if arguments.json:
        print(json.dumps(summary, indent=2, ensure_ascii=False))
    else:
        _print(summary)
    return 1 if summary["found"] else 0


def _summary(outcomes: list, seen, seed: str, seconds: float) -> dict:
    faults: Counter[str] = Counter()
    actions: Counter[str] = Counter()
    for outcome in outcomes:
        faults += outcome.faults
        actions += outcome.actions
    drift = {outcome.number: outcome.drift for outcome in outcomes if outcome.drift}
    problems = {outcome.number: outcome.problems for outcome in outcomes if outcome.problems}
    return {
        "seed": seed,
        "schedules": len(outcomes),
        "seconds": round(seconds, 1),
        "actions": dict(sorted(actions.items())),
        "faults": dict(sorted(faults.items())),
        "answers": dict(sorted(seen.asked.items())),
        "slowest answer": round(seen.slowest, 1),
        "drift": drift,
        "problems": problems,
        "forbidden traces": seen.traces,
        "failed answers": seen.failures,
        "found": bool(drift or problems or seen.traces or seen.failures),
    }


def _print(summary: dict) -> None:
    print(f"\n{summary['schedules']} schedules of seed {summary['seed']} in {summary['seconds']:.0f} s")
    print(f"  actions           {sum(summary['actions'].values())}")
    print(f"  faults            {sum(summary['faults'].values())}")
    for name, count in summary["faults"].items():
        print(f"    {name:<40} {count}")
    print(f"  answers by status {summary['answers']}, slowest {summary['slowest answer']} s")
    print(f"  drift             {sum(map(len, summary['drift'].values()))} {list(summary['drift']) or ''}")
    print(
        f"  problems          {sum(map(len, summary['problems'].values()))} {list(summary['problems']) or ''}"
    )
    print(f"  forbidden traces  {len(summary['forbidden traces'])}")
    print(f"  failed answers    {len(summary['failed answers'])}", file=sys.stdout, flush=True)
