"""The processes of a running site: started, watched, started again when they die, and ended together."""

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from door import say
from door.places import RUN
from door.problems import Problem

STARTED = RUN / "processes.json"
RESTARTS_PER_MINUTE = 5
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
_PR_SET_PDEATHSIG = 1


def _leave_with_parent(stop_signal: signal.Signals) -> None:
    """In a new child: be sent `stop_signal` by the system when the launcher dies without a word (Linux only)."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, stop_signal)


@dataclass
class Child:
    """One process of the site, in a process group of its own.

    `command` is an argument list; `log` gets its output; `stop_signal` asks it to end, SIGKILL follows after
    `stop_seconds`.
    """

    name: str
    command: Sequence[str]
    log: Path
    environment: dict[str, str] = field(default_factory=dict)
    user: str | None = None
    stop_signal: str = "SIGTERM"
    stop_seconds: float = 10
    before: Callable[[], None] | None = None
    """called before each start, to mend what it needs"""
    vital: bool = True
    """False: when it keeps ending it is started less often, and the others go on"""
    process: subprocess.Popen[bytes] | None = None
    starts: list[float] = field(default_factory=list)

    def start(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.before is not None:
            with contextlib.suppress(OSError):  # then the process itself says what is missing, in its log
                self.before()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                env=os.environ | self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                user=self.user,
                cwd="/" if self.user else None,
                start_new_session=True,
                preexec_fn=lambda: _leave_with_parent(signal.Signals[self.stop_signal]),
            )
        self.starts.append(time.monotonic())
        _remember(self.process.pid)

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def ask_to_stop(self) -> None:
        if self.alive():
            assert self.process is not None
            self.process.send_signal(getattr(signal, self.stop_signal))

    def stop(self) -> None:
        """End the process and everything it started, and wait for that."""
        if self.process is None:
            return
        self.ask_to_stop()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(self.stop_seconds)
        _kill_group(self.process.pid)
        self.process.wait()

    def keeps_ending(self) -> bool:
        """Was it started so often in the last minute that the next start would not help either?"""
        recent = [moment for moment in self.starts if time.monotonic() - moment < 60]
        return len(recent) >= RESTARTS_PER_MINUTE

    def restart(self) -> None:
        """Start again after an unexpected end. Raises Problem when that happens too often."""
        if self.keeps_ending():
            raise Problem(f"{self.name} keeps ending. The end of {self.log}:\n{self.last_lines()}")
        assert self.process is not None
        _kill_group(self.process.pid)
        self.start()

    def last_lines(self, count: int = 12) -> str:
        if not self.log.exists():
            return ""
        with self.log.open("rb") as log:
            log.seek(max(0, self.log.stat().st_size - 16_000))
            return "\n".join(log.read().decode(errors="replace").splitlines()[-count:])


def watch(children: Sequence[Child]) -> None:
    """Keep all children running until somebody stops us (KeyboardInterrupt)."""
    while True:
        time.sleep(0.5)
        for child in children:
            if not child.alive() and (child.vital or not child.keeps_ending()):
                say.line(f"  ! {child.name} ended unexpectedly and is started again (see {child.log})")
                child.restart()


def stop(children: Sequence[Child]) -> None:
    """End all children: those that use others first, the database last."""
    *users, server = reversed(children)
    for child in users:
        child.ask_to_stop()
    for child in users:
        child.stop()
    server.stop()
    STARTED.unlink(missing_ok=True)


def end_leftovers() -> int:
    """End what a killed launcher left behind. Only processes that we started: number and start time must match."""
    ended = 0
    for pid, begin in _remembered().items():
        if _begin(int(pid)) == begin:
            os.kill(int(pid), signal.SIGINT)
            deadline = time.monotonic() + 5
            while _begin(int(pid)) == begin and time.monotonic() < deadline:
                time.sleep(0.05)
            if _begin(int(pid)) == begin:
                _kill_group(int(pid))
            ended += 1
    STARTED.unlink(missing_ok=True)
    return ended


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _remembered() -> dict[str, float | None]:
    try:
        return json.loads(STARTED.read_text())
    except (OSError, ValueError):
        return {}


def _remember(pid: int) -> None:
    STARTED.parent.mkdir(parents=True, exist_ok=True)
    STARTED.write_text(json.dumps(_remembered() | {str(pid): _begin(pid)}))


def _begin(pid: int) -> float | None:
    """When a process began (seconds since 1970); None when there is none. Tells a reused number from ours."""
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process.create_time()
    except psutil.NoSuchProcess:
        return None
