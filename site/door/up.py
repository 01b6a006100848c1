"""`./lotse up`: everything from an empty folder to an address that answers."""

import fcntl
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from door import assets, commands, database, fingerprint, processes, say
from door.places import ASSETS, BROKER, DEMO_LOGINS, LOCK, LOG, ROOT, RUN, SECRET_KEY, SITE, VAR, VENV
from door.problems import Problem, require_space
from door.processes import Child

CODE = [ROOT / "site", ROOT / "kb", ROOT / "search", ROOT / "templates", LOCK]
READY_SECONDS = 120
LOG_LINE = re.compile(r"\d{4}-\d\d-\d\d ")


def up(*, port: int, host: str, demo: bool) -> None:
    """Run the site until somebody stops it.

    Raises:
        Problem: a second start, a taken port, no space, or a step that failed.
        KeyboardInterrupt: Ctrl-C, a closed terminal or a polite kill; everything is ended by then.
    """
    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, _interrupt)
    with _only_one(port):
        require_space(VAR, 300, "the site's data")
        if ended := processes.end_leftovers():
            say.line(f"  ✓ ended {ended} processes of an earlier start that was killed")
        _require_free(host, port)
        _run(port=port, host=host, demo=demo)


def environment(port: int = 8000, host: str = "127.0.0.1") -> dict[str, str]:
    """The variables that make Django, Celery and gunicorn find the embedded site."""
    return {
        "DJANGO_SETTINGS_MODULE": "config.settings.embedded",
        "DATABASE_URL": database.url(),
        "LOTSE_VAR": str(VAR),
        "LOTSE_BIND": f"{host}:{port}",
        "LOTSE_BASE_URL": f"http://{'localhost' if host in ('127.0.0.1', '0.0.0.0') else host}:{port}",
        "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}",
        "PYTHONPATH": f"{SITE}{os.pathsep}{ROOT}",
        "PYTHONUNBUFFERED": "1",
        "HF_HUB_OFFLINE": os.environ.get("HF_HUB_OFFLINE", "1"),
        "TOKENIZERS_PARALLELISM": "false",
    }


def make_folders() -> None:
    """The folders and the secret key that the embedded settings expect."""
    for folder in (RUN, LOG, BROKER / "queue", BROKER / "processed", BROKER / "control"):
        folder.mkdir(parents=True, exist_ok=True)
    if not SECRET_KEY.exists() or not SECRET_KEY.read_text().strip():
        SECRET_KEY.touch(mode=0o600)
        SECRET_KEY.write_text(secrets.token_urlsafe(50))


def _run(*, port: int, host: str, demo: bool) -> None:
    make_folders()
    assets.ensure()
    variables = environment(port, host)
    server = database.child()
    started: list[Child] = [server]
    try:
        with say.step("PostgreSQL"):
            server.start()
            database.wait(server)
        changed = _prepare(variables, demo=demo)
        with say.step("Web, worker, beat and the language model") as step:
            web, *workers = _site(variables)
            web.start()
            started.append(web)
            _wait_until_ready(f"http://{_reachable(host)}:{port}/readyz", started, step)
            # Only now, so that loading the model has the cores for itself: readers wait for nothing else.
            for child in workers:
                child.start()
                started.append(child)
        indexed = RUN / "done-index"  # a start that was interrupted before its end goes on there
        if changed:
            indexed.unlink(missing_ok=True)
        if not indexed.exists():
            _index(variables, variables["LOTSE_BASE_URL"])
            indexed.touch()
        _announce(variables["LOTSE_BASE_URL"], demo=demo)
        processes.watch(started)
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        say.line("\nStopping …")
        processes.stop(started)
        say.line(f"Stopped. Everything is kept in {VAR}.")


def _site(variables: dict[str, str]) -> list[Child]:
    def child(name: str, command: list[str]) -> Child:
        executable = str(VENV / "bin" / command[0])
        return Child(
            name,
            [executable, *command[1:]],
            LOG / f"{name}.log",
            environment=variables,
            before=make_folders,  # a broker whose folder has gone has it again
            vital=name == "web",  # readers are answered without a worker
        )

    schedule = ["--schedule", str(RUN / "beat-schedule"), "--pidfile", ""]
    return [
        child("web", commands.WEB),
        child("worker", commands.WORKER),
        child("beat", [*commands.BEAT, *schedule]),
    ]


def _prepare(variables: dict[str, str], *, demo: bool) -> bool:
    """Bring database, texts, static files and demo content up to date. False when nothing changed since last time.

    Static files are collected and compressed beside the rest: neither needs the other, and there are two cores.
    """
    manage = [sys.executable, *commands.PREPARE[1:-1]]
    built = fingerprint.of([assets.BUILD / ".built", ASSETS / "img", LOCK])
    code = fingerprint.of(CODE, str(demo), str((VAR / "postgres" / "PG_VERSION").stat().st_mtime_ns))
    static = _Job("static", [*manage, "collectstatic", "--noinput", "--verbosity", "0"], variables, built)
    rest = _Job(
        "prepare", [*manage, "prepare", "--no-static", *(["--demo"] if demo else [])], variables, code
    )
    if static.done and rest.done:
        return False
    with say.step("Database, texts, static files" + (", demo content" if demo else "")) as step:
        try:
            for job in (static, rest):
                job.start()
            rest.finish(step)
            step.note("static files")
            static.finish(step)
        finally:
            for job in (static, rest):
                job.end()
    return True


class _Job:
    """A step of the preparation in a process of its own, with a stamp that is written when it succeeded."""

    def __init__(self, name: str, command: list[str], variables: dict[str, str], wanted: str) -> None:
        self.command, self.variables, self.wanted = command, variables, wanted
        self.stamp, self.log = RUN / f"done-{name}", LOG / f"{name}.log"
        self.done = self.stamp.exists() and self.stamp.read_text() == wanted
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        if self.done:
            return
        self.process = subprocess.Popen(
            self.command,
            cwd=ROOT,
            env=os.environ | self.variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def finish(self, step: say.Step) -> None:
        """Wait, showing its lines as progress. Raises Problem with its last words when it failed."""
        if self.process is None:
            return
        assert self.process.stdout is not None
        with self.log.open("w") as record:
            for row in self.process.stdout:
                record.write(row)
                if not LOG_LINE.match(row):
                    step.note(row)
        if self.process.wait():
            end = "\n".join(self.log.read_text().splitlines()[-12:])
            raise Problem(
                f"The site could not be prepared; the next start tries again. The end of {self.log}:\n{end}"
            )
        self.stamp.write_text(self.wanted)

    def end(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait()


def _wait_until_ready(address: str, started: list[Child], step: say.Step) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        for child in started:
            if not child.alive():
                raise Problem(f"{child.name} did not start. The end of {child.log}:\n{child.last_lines()}")
        state = _ask(address)
        step.note(", ".join(f"{part} {word}" for part, word in state.items() if part != "status"))
        if state.get("status") == "ready" and state.get("model") in ("ready", "unavailable"):
            if state["model"] == "unavailable":
                say.line(
                    "  ! The language model cannot be loaded; search answers by words alone (see web.log)"
                )
            return
        time.sleep(0.1)
    raise Problem(f"The site did not become ready within {READY_SECONDS} s. Look into {LOG}.")


def _ask(address: str) -> dict[str, str]:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as answer:
        return json.load(answer)
    except OSError:
        return {}


def _index(variables: dict[str, str], address: str) -> None:
    """Make every page findable: by its words within seconds, then by its meaning, together with the worker."""
    with say.step("Index of words") as step:
        _work_off(["--words"], variables, step)
    say.line(f"  → Lotse already answers at {address}/ while it computes what the texts mean")
    with say.step("Index of meanings") as step:
        if not _work_off(["--wait", "900"], variables, step):
            say.line("  ! Not everything could be indexed: ./lotse index status says what and why")


def _work_off(options: list[str], variables: dict[str, str], step: say.Step) -> bool:
    command = [sys.executable, *commands.PREPARE[1:-1], "index_pending", *options]
    with (LOG / "index.log").open("a") as log:
        job = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | variables, stdout=subprocess.PIPE, stderr=log, text=True
        )
    try:
        assert job.stdout is not None
        # Universal newlines: a progress line that is rewritten arrives as a line.
        for row in job.stdout:
            step.note(row)
        return job.wait() == 0
    finally:
        if job.poll() is None:
            job.terminate()
            job.wait()


def _announce(address: str, *, demo: bool) -> None:
    say.line()
    say.line(f"Lotse is ready after {time.monotonic() - say.BEGIN:.1f} s: {address}/")
    say.line(f"  Admin: {address}/admin/")
    if demo and DEMO_LOGINS.exists():
        say.line("  Demo logins (made for this machine, kept in var/demo-logins.json):")
        for login in json.loads(DEMO_LOGINS.read_text()):
            say.line(f"    {login['username']:<12} {login['password']:<16} {login['role']}")
    elif not demo:
        say.line("  Make the first administrator: ./lotse manage createsuperuser")
    say.line(f"  Logs: {LOG}   Stop: Ctrl-C")


@contextmanager
def _only_one(port: int) -> Iterator[None]:
    """One site per data folder. The lock is the system's, so a killed start leaves none."""
    RUN.mkdir(parents=True, exist_ok=True)
    with (RUN / "up.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            raise Problem(
                f"Lotse already runs with the data in {VAR} ({lock.read().strip() or 'starting'}). "
                "Stop it with ./lotse stop, or give a second site a folder of its own: LOTSE_VAR=…"
            ) from None
        os.set_inheritable(lock.fileno(), False)
        lock.truncate(0)
        lock.write(f"port {port}, process {os.getpid()}")
        lock.flush()
        yield


def _require_free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise Problem(
                f"Port {port} may only be used by the administrator. Take one above 1023: --port 8000"
            ) from None
        except OSError:
            raise Problem(
                f"Port {port} is taken by another program. Choose another: ./lotse up --port {free_port()}"
            ) from None


def free_port() -> int:
    """One of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _reachable(host: str) -> str:
    return "127.0.0.1" if host == "0.0.0.0" else host


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def stop() -> None:
    """Ask a running `./lotse up` to end, and wait for it. Raises Problem when it does not."""
    lock_file = RUN / "up.lock"
    if not _locked(lock_file):
        say.line("Lotse does not run here.")
        return
    pid = int(lock_file.read_text().rsplit(" ", 1)[1])
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + 40
    while _locked(lock_file):
        if time.monotonic() > deadline:
            raise Problem(f"Process {pid} does not end. Look into {LOG}.")
        time.sleep(0.1)
    say.line("Stopped.")


def is_running() -> bool:
    """Does an `./lotse up` hold this data folder?"""
    return _locked(RUN / "up.lock")


def port() -> int | None:
    """Where the `./lotse up` that holds this data folder listens; None when none does."""
    if not is_running():
        return None
    found = re.search(r"port (\d+)", (RUN / "up.lock").read_text())
    return int(found[1]) if found else None


def _locked(lock_file: Path) -> bool:
    if not lock_file.exists():
        return False
    with lock_file.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False
