"""What goes wrong, by name. Each takes the stack and a Random, and returns what it did in words."""

from __future__ import annotations

import json
import random
import shutil
import signal
import time
from collections.abc import Callable

from door.places import BROKER
from tests.chaos import failpoints
from tests.chaos.stack import Lost, Stack

FAULTS: dict[str, Callable[[Stack, random.Random], str]] = {}
OUTAGES = {"kill web", "kill web's child", "kill postgres", "end connections"}
"""Faults after which a reader may go without an answer for a moment; never with a wrong one."""
NEEDS_EDITOR = {"change the model", "poison page"}
"""Faults that are an action of their own, so that no other one can be under way."""
QUEUE = BROKER / "queue"
FLOOD = 2_000


def fault(
    name: str,
) -> Callable[[Callable[[Stack, random.Random], str]], Callable[[Stack, random.Random], str]]:
    def register(function: Callable[[Stack, random.Random], str]) -> Callable[[Stack, random.Random], str]:
        FAULTS[name] = function
        return function

    return register


@fault("kill worker")
def kill_worker(stack: Stack, picks: random.Random) -> str:
    name = picks.choice(("worker1", "worker2"))
    stack.kill(name)
    return name


@fault("kill both workers")
def kill_workers(stack: Stack, picks: random.Random) -> str:
    stack.kill("worker1")
    stack.kill("worker2")
    return ""


@fault("kill beat")
def kill_beat(stack: Stack, picks: random.Random) -> str:
    stack.kill("beat")
    return ""


@fault("kill web")
def kill_web(stack: Stack, picks: random.Random) -> str:
    stack.kill("web")
    return ""


@fault("kill web's child")
def kill_child_of_web(stack: Stack, picks: random.Random) -> str:
    stack.kill_child_of_web()
    return ""


@fault("kill postgres")
def kill_postgres(stack: Stack, picks: random.Random) -> str:
    stack.kill_postgres()
    time.sleep(picks.random())
    stack.start_postgres()
    return "and start it again: recovery"


@fault("end connections")
def end_connections(stack: Stack, picks: random.Random) -> str:
    from door import database

    with database._connect("postgres") as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [database.NAME]
        )
    return ""


@fault("drop messages")
def drop_messages(stack: Stack, picks: random.Random) -> str:
    count = 0
    for file in _messages():
        file.unlink(missing_ok=True)
        count += 1
    return f"{count} dropped"


@fault("broker gone")
def remove_broker(stack: Stack, picks: random.Random) -> str:
    shutil.rmtree(QUEUE, ignore_errors=True)
    return "folder removed"


@fault("broker unwritable")
def block_broker(stack: Stack, picks: random.Random) -> str:
    shutil.rmtree(QUEUE, ignore_errors=True)
    if not QUEUE.exists():
        QUEUE.touch()  # a file where the folder was: even root cannot write into it
    return "a file in its place"


@fault("broken messages")
def break_messages(stack: Stack, picks: random.Random) -> str:
    if not QUEUE.is_dir():
        return "no queue"
    for number in range(3):
        (QUEUE / f"{number}_{picks.randint(1, 10**9)}.celery.msg").write_bytes(b'{"body": "half a mess')
    return "3 written"


@fault("flood the queue")
def flood(stack: Stack, picks: random.Random) -> str:
    """Thousands of messages, of pages that are there, are gone, or never were."""
    if not QUEUE.is_dir():
        return "no queue"
    now = time.time()
    for number in range(FLOOD):
        page = picks.randint(1, 400)
        (QUEUE / f"{int(now * 1000)}_{number}.celery.msg").write_text(_message(page, f"flood-{now}-{number}"))
    return f"{FLOOD} messages"


@fault("pause a worker")
def pause_worker(stack: Stack, picks: random.Random) -> str:
    """Longer than its lease: what it was doing is somebody else's when it goes on."""
    name = picks.choice(("worker1", "worker2"))
    stack.signal(name, signal.SIGSTOP)
    time.sleep(failpoints.PAUSE_SECONDS)
    stack.signal(name, signal.SIGCONT)
    return name


@fault("race two workers")
def race(stack: Stack, picks: random.Random) -> str:
    """One worker waits before it writes until its lease is over; the other one takes the same page."""
    failpoints.arm("before write", "pause")
    return "one pauses before it writes"


@fault("fail point in a worker")
def fail_point(stack: Stack, picks: random.Random) -> str:
    point, deed = picks.choice(failpoints.WORKER_POINTS), picks.choice(failpoints.DEEDS)
    if deed == "unavailable" and "embed" not in point:
        deed = "kill"
    failpoints.arm(point, deed)
    return f"{deed} {point}"


@fault("fail point in the editor")
def fail_point_of_editor(stack: Stack, picks: random.Random) -> str:
    point = picks.choice(failpoints.EDITOR_POINTS)
    failpoints.arm(point, "kill")
    return f"kill {point}"


@fault("change the model")
def change_model(stack: Stack, picks: random.Random) -> str:
    return str(_through_editor(stack, "change_model"))


@fault("poison page")
def poison(stack: Stack, picks: random.Random) -> str:
    return str(_through_editor(stack, "poison", seed=picks.randint(1, 10**9)))


def _through_editor(stack: Stack, what: str, **arguments: object) -> object:
    """What a person at a command line does beside the editors; in vain while the database is away."""
    try:
        return stack.edit(what, **arguments)
    except (Lost, RuntimeError) as error:
        return f"in vain: {str(error).strip().splitlines()[-1:]}"


@fault("kill editor")
def kill_editor(stack: Stack, picks: random.Random) -> str:
    stack.kill("editor")
    return ""


def _messages() -> list:
    return list(QUEUE.glob("*.msg")) if QUEUE.is_dir() else []


def _message(page: int, identifier: str) -> str:
    """A message as Celery writes it to the filesystem transport (protocol 2)."""
    import base64

    body = json.dumps([[page], {}, {"callbacks": None, "errbacks": None, "chain": None, "chord": None}])
    return json.dumps(
        {
            "body": base64.b64encode(body.encode()).decode(),
            "content-encoding": "utf-8",
            "content-type": "application/json",
            "headers": {
                "lang": "py",
                "task": "search.index_page",
                "id": identifier,
                "root_id": identifier,
                "parent_id": None,
                "group": None,
                "retries": 0,
                "eta": None,
                "expires": None,
                "ignore_result": True,
                "argsrepr": f"({page},)",
                "kwargsrepr": "{}",
                "origin": "chaos",
                "timelimit": [None, None],
            },
            "properties": {
                "correlation_id": identifier,
                "reply_to": identifier,
                "delivery_mode": 2,
                "delivery_info": {"exchange": "", "routing_key": "celery"},
                "priority": 0,
                "body_encoding": "base64",
                "delivery_tag": identifier,
            },
        }
    )
