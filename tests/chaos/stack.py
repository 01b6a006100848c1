"""The processes of the site, each of which may be killed at any time: PostgreSQL, two workers, beat, web, an editor."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Client, Connection
from pathlib import Path
from typing import Any

import psutil

from door import commands, database, up
from door.places import BROKER, LOG, ROOT, RUN, SECRET_KEY, SITE, VAR

PYTHON_CHILDREN = ("worker1", "worker2", "beat", "web", "editor")


class Lost(Exception):
    """The editor's process died while it worked."""


class Stack:
    def __init__(self) -> None:
        # It is killed without the machine going down: nothing that the system holds is lost, and a start needs no
        # seconds to flush what earlier ones wrote.
        database.SETTINGS["fsync"] = "off"
        # A child is told when the thread that started it ends (processes.py): one thread starts every server.
        self._starter = ThreadPoolExecutor(1)
        self.port = up.free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.postgres = database.child()
        self.pids: dict[str, int] = {}
        self.wanted: set[str] = set()
        self.nursery: subprocess.Popen[str] | None = None
        self._editor: Connection | None = None

    # --- A run -----------------------------------------------------------------------------------

    def start(self) -> None:
        """From an empty folder, or from what an earlier run left, to an address that answers."""
        for folder in (RUN, LOG, BROKER):
            folder.mkdir(parents=True, exist_ok=True)
        SECRET_KEY.write_text("only for chaos")
        self.mend_broker()
        self.start_postgres()
        self._manage("migrate", "--verbosity", "0")
        self._start_nursery()
        self.ensure("editor")
        self.edit("build", seconds=600)
        for name in PYTHON_CHILDREN:
            self.ensure(name)
        self.wait_for_web()

    def stop(self) -> None:
        with contextlib.suppress(Exception):
            if self.nursery is not None:
                self.nursery.stdin.close()  # type: ignore[union-attr]
        for name in list(self.pids):
            self.kill(name)
        if self.nursery is not None:
            self.nursery.kill()
            self.nursery.wait()
        self.postgres.stop_seconds = 5
        self.postgres.stop()

    # --- Processes -------------------------------------------------------------------------------

    def start_postgres(self, seconds: float = 60) -> None:
        """Starts the server again and again until it accepts connections: what a killed one left must end first."""
        deadline = time.monotonic() + seconds
        while True:
            if not self.postgres.alive():
                database._forget_dead_server()
                self._starter.submit(self.postgres.start).result()
            if database.running():
                break
            if time.monotonic() > deadline:
                raise TimeoutError(f"PostgreSQL did not come back:\n{self.postgres.last_lines()}")
            time.sleep(0.1)
        database.wait(self.postgres)

    def ensure(self, name: str) -> None:
        """Starts a process that is not running."""
        self.wanted.add(name)
        if self.alive(name):
            return
        nursery = self.nursery
        assert nursery is not None and nursery.stdin is not None and nursery.stdout is not None
        if name == "editor":
            self._editor = None
            editor_socket().unlink(missing_ok=True)
        order = {"argv": self._command(name), "log": str(LOG / f"{name}.log")}
        nursery.stdin.write(json.dumps(order) + "\n")
        nursery.stdin.flush()
        self.pids[name] = json.loads(nursery.stdout.readline())["pid"]

    def alive(self, name: str) -> bool:
        pid = self.pids.get(name)
        try:
            return pid is not None and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    def signal(self, name: str, number: signal.Signals) -> None:
        if self.alive(name):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pids[name], number)

    def kill(self, name: str) -> None:
        """kill -9 of the process and its children."""
        self.signal(name, signal.SIGKILL)
        deadline = time.monotonic() + 5
        while self.alive(name) and time.monotonic() < deadline:
            time.sleep(0.01)

    def kill_child_of_web(self) -> None:
        """kill -9 of the process that answers; gunicorn's master stays and starts another."""
        with contextlib.suppress(psutil.NoSuchProcess):
            for child in psutil.Process(self.pids["web"]).children():
                child.kill()

    def kill_postgres(self) -> None:
        """kill -9 of the postmaster: its children end by themselves, and what was not written is replayed."""
        if self.postgres.alive():
            assert self.postgres.process is not None
            self.postgres.process.kill()
            self.postgres.process.wait()

    def heal(self) -> None:
        """Everything runs again."""
        for name in ("worker1", "worker2", "beat", "web"):
            self.signal(name, signal.SIGCONT)
        self.mend_broker()
        if not database.running():
            self.start_postgres()
        for name in PYTHON_CHILDREN:
            self.ensure(name)
        self.wait_for_web()

    def mend_broker(self) -> None:
        for name in ("queue", "processed", "control"):
            folder = BROKER / name
            if folder.exists() and not folder.is_dir():
                folder.unlink()
            folder.mkdir(parents=True, exist_ok=True)

    def wait_for_web(self, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while True:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.address}/healthz", timeout=5):
                return
            self.ensure("web")
            if time.monotonic() > deadline:
                raise TimeoutError(f"The web does not answer; see {LOG / 'web.log'}")
            time.sleep(0.1)

    # --- The editor ------------------------------------------------------------------------------

    def edit(self, what: str, seconds: float = 60, **arguments: Any) -> Any:
        """Lets the editor's process do something. Raises Lost when it died, RuntimeError with its traceback."""
        self.ensure("editor")
        try:
            connection = self._connection()
            connection.send((what, arguments))
            deadline = time.monotonic() + seconds
            while not connection.poll(0.1):
                if not self.alive("editor"):
                    raise Lost(what)
                if time.monotonic() > deadline:
                    self.kill("editor")
                    raise TimeoutError(
                        f"The editor was stuck for {seconds} s while it did {what} {arguments}"
                    )
            well, answer = connection.recv()
        except (EOFError, OSError) as error:
            self.kill("editor")
            if isinstance(error, TimeoutError):
                raise
            raise Lost(what) from error
        if not well:
            raise RuntimeError(answer)
        return answer

    def _connection(self) -> Connection:
        deadline = time.monotonic() + 20
        while self._editor is None:
            try:
                self._editor = Client(str(editor_socket()), "AF_UNIX")
            except OSError:
                if time.monotonic() > deadline or not self.alive("editor"):
                    raise
                time.sleep(0.02)
        return self._editor

    # --- How each is started ---------------------------------------------------------------------

    def _command(self, name: str) -> list[str]:
        if name.startswith("worker"):
            return [*commands.WORKER, "--hostname", f"{name}@chaos", "--without-mingle", "--without-gossip"]
        if name == "beat":
            return [*commands.BEAT, "--schedule", str(RUN / "beat-schedule"), "--pidfile", ""]
        if name == "web":
            return commands.WEB
        return ["editor", str(editor_socket())]

    def _start_nursery(self) -> None:
        log = (LOG / "nursery.log").open("a")
        self.nursery = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.nursery"],
            cwd=ROOT,
            env=os.environ | self.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        assert self.nursery.stdout is not None
        if not self.nursery.stdout.readline():
            raise RuntimeError((LOG / "nursery.log").read_text()[-4000:])

    def _manage(self, *words: str) -> None:
        command = [sys.executable, str(SITE / "manage.py"), *words]
        subprocess.run(command, cwd=ROOT, env=os.environ | self.environment(), check=True)

    def environment(self) -> dict[str, str]:
        return {
            "DJANGO_SETTINGS_MODULE": "tests.chaos.settings",
            "DATABASE_URL": database.url(),
            "LOTSE_VAR": str(VAR),
            "LOTSE_BIND": f"127.0.0.1:{self.port}",
            "LOTSE_BASE_URL": self.address,
            "LOTSE_WEB_THREADS": "4",
            "LOTSE_LOG_LEVEL": "WARNING",
            "LOTSE_LIMITS": "false",  # readers here ask faster than people
            "PYTHONPATH": f"{SITE}{os.pathsep}{ROOT}",
            "PYTHONUNBUFFERED": "1",
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            # Celery refuses to start as root with pickle; it is not used, and this silences the warning only.
            "C_FORCE_ROOT": "1",
        }


def editor_socket() -> Path:
    return database.socket_folder() / "editor"


def forget() -> None:
    """Removes everything that an earlier run left in the folder of the harness."""
    if VAR.exists():
        shutil.rmtree(VAR)
