"""One schedule: some actions, some faults, healing, and the question whether the index is what the content says."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from tests.chaos import failpoints
from tests.chaos.editor import ACTIONS
from tests.chaos.faults import FAULTS, NEEDS_EDITOR, OUTAGES
from tests.chaos.reader import Readers
from tests.chaos.stack import Lost, Stack

SETTLE_SECONDS = 240.0
"""A quiet machine needs some two seconds, and twenty after a flood of messages."""
HIDING = {"unpublish", "delete", "close_page", "close_section", "expire", "move_out_of_the_site"}
"""Actions that open nothing on their way. A move may: out of a closed section."""


@dataclass
class Outcome:
    """What one schedule did and found. Without `drift` and `problems` all is well."""

    number: int
    seconds: float = 0.0
    settled: float = 0.0
    steps: list[str] = field(default_factory=list)
    actions: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    drift: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    rotten: int = 0


class World:
    """What the harness knows of the pages: which may not be seen."""

    def __init__(self, stack: Stack, readers: Readers) -> None:
        self.stack, self.readers = stack, readers
        self.hidden: set[str] = set()
        self.look()

    def look(self) -> dict[str, list[str]]:
        answer: dict[str, list[str]] = self.stack.edit("look")
        self.learn(answer)
        return answer

    def learn(self, answer: dict[str, list[str]]) -> None:
        # A deleted page is in no list: it stays hidden.
        self.hidden = (self.hidden | set(answer["all"])) - set(answer["visible"])
        self.readers.forbid(self.hidden, known=answer["all"])


def run(stack: Stack, world: World, number: int, seed: str, *, steps: int = 7) -> Outcome:
    """Runs schedule `number` of `seed`. Raises nothing that a fault explains."""
    picks = random.Random(f"{seed}-{number}")
    outcome = Outcome(number)
    began = time.monotonic()
    for _ in range(picks.randint(steps - 3, steps + 2)):
        if picks.random() < 0.4:
            _fault(stack, world, picks, outcome)
        else:
            _action(stack, world, picks, outcome)
    _heal(stack, world, outcome)
    if picks.random() < 0.3:
        _rot(stack, picks, outcome)
    _judge(stack, world, outcome)
    outcome.seconds = time.monotonic() - began
    return outcome


def _fault(stack: Stack, world: World, picks: random.Random, outcome: Outcome) -> None:
    name = picks.choice(sorted(FAULTS))
    own = random.Random(picks.random())
    if name in OUTAGES:
        world.readers.outage()
    meanwhile = picks.random() < 0.5 and name not in NEEDS_EDITOR
    outcome.faults[name] += 1
    if not meanwhile:
        outcome.steps.append(f"fault: {name}: {FAULTS[name](stack, own)}")
        return
    # At a random moment of an editor's action.
    delay = picks.random() * 0.3

    def strike() -> None:
        time.sleep(delay)
        try:
            said.append(FAULTS[name](stack, own))
        except Exception as error:
            outcome.problems.append(f"the fault itself failed: {name}: {error!r}")

    said: list[str] = []
    striker = threading.Thread(target=strike)
    striker.start()
    _action(stack, world, picks, outcome, while_=name)
    striker.join()
    outcome.steps.append(f"fault: {name} after {delay:.2f} s: {' '.join(said)}")


def _action(stack: Stack, world: World, picks: random.Random, outcome: Outcome, while_: str = "") -> None:
    name = picks.choice(sorted(ACTIONS))
    seed = picks.randint(1, 10**9)
    outcome.actions[name] += 1
    if name not in HIDING:
        world.readers.forbid(set(), known=sorted(world.hidden))  # what it opens may be seen before it returns
    try:
        answer = stack.edit(name, seed=seed)
    except (Lost, RuntimeError, TimeoutError) as error:
        last = str(error).strip().splitlines()[-1] if str(error).strip() else ""
        outcome.steps.append(f"action: {name} ({seed}) failed: {type(error).__name__} {last}")
        explained = isinstance(error, Lost) or any(
            word in str(error) for word in ("OperationalError", "InterfaceError", "Poisoned")
        )
        if not explained:
            outcome.problems.append(f"{name}: {error}")
        # What it has done of it is known when the database is there again.
        world.readers.forbid(set(), known=sorted(world.hidden))
        _look_again(stack, world)
        return
    outcome.steps.append(f"action: {name} ({seed}) hid {answer['hidden']}")
    world.learn(answer)
    if open_ := set(answer["hidden"]) & set(answer["visible"]):
        outcome.problems.append(f"{name} ({seed}) returned, and anybody still sees {sorted(open_)}")


def _look_again(stack: Stack, world: World) -> None:
    for _ in range(100):
        try:
            world.look()
            return
        except (Lost, RuntimeError, OSError):
            time.sleep(0.2)
    raise TimeoutError("The editor does not come back")


def _heal(stack: Stack, world: World, outcome: Outcome) -> None:
    failpoints.disarm()
    stack.heal()
    _look_again(stack, world)
    world.readers.healed()
    _settle(stack, outcome)


def _settle(stack: Stack, outcome: Outcome) -> None:
    """Waits until the index says that nothing is left to do; failed pages are tried again, as an operator would."""
    began = time.monotonic()
    stack.edit("retry")
    while True:
        state = stack.edit("state")
        if not any(state.values()):
            break
        if time.monotonic() - began > SETTLE_SECONDS:
            outcome.problems.append(f"does not settle within {SETTLE_SECONDS:.0f} s: {state}")
            break
        if state["failed"]:
            stack.edit("retry")
        for name in ("worker1", "worker2", "beat", "web"):  # as a supervisor does
            stack.ensure(name)
        time.sleep(0.1)
    outcome.settled += time.monotonic() - began


def _rot(stack: Stack, picks: random.Random, outcome: Outcome) -> None:
    """Damages rows by hand; the verification must notice and mend it."""
    what = stack.edit("rot", seed=picks.randint(1, 10**9))
    outcome.faults[f"rot: {what}"] += 1
    damaged = stack.edit("drift")
    found = stack.edit("verify_and_mend")
    outcome.steps.append(f"rot: {what}; {len(damaged)} differences, verify named {found}")
    # The worker mends some damage by itself before anybody looks.
    if damaged and not found and stack.edit("drift"):
        outcome.problems.append(f"verify did not notice: {what} ({damaged[:2]})")
    outcome.rotten += 1
    _settle(stack, outcome)


def _judge(stack: Stack, world: World, outcome: Outcome) -> None:
    outcome.drift = stack.edit("drift")
    outcome.problems += [f"astray: {what}" for what in world.look()["astray"]]
