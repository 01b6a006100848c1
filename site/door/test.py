"""`./lotse test`: static checks, unit and integration tests on one database, then journeys in a browser."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from door import assets, database, say, up
from door.places import ROOT, VENV
from door.problems import Problem

BIN = VENV / "bin"
DEBIAN_PACKAGES = {"chromium": "chromium", "xgettext": "gettext"}


def run(only: str | None, rest: Sequence[str]) -> int:
    """Run all parts, or one. Returns 0 when every part passed.

    `rest` goes to pytest: ./lotse test --only unit -k fusion
    """
    install_programs()
    up.make_folders()
    assets.ensure()
    parts: dict[str, Callable[[], bool]] = {
        "check": _check,
        # Two processes, each with a database of its own; a file's tests stay together, since they share what it builds.
        "unit": lambda: _pytest(
            ["tests/unit", "tests/integration"], ["-n", "2", "--dist", "loadfile", *rest]
        ),
        # Two browsers before one site.
        "e2e": lambda: _pytest(
            ["tests/e2e"], ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder", *rest]
        ),
    }
    results: dict[str, tuple[bool, float]] = {}
    wanted = [only] if only else list(parts)
    # It starts beside the checks, which need one processor.
    site: AbstractContextManager[None] = (
        _site() if "e2e" in wanted and "LOTSE_RUNNING" not in os.environ else nullcontext()
    )
    with database.served() as url, site:
        os.environ["DATABASE_URL"] = url
        for name in wanted:
            begin = time.monotonic()
            results[name] = (parts[name](), time.monotonic() - begin)
    say.line()
    for name, (passed, seconds) in results.items():
        say.line(f"{'passed' if passed else 'FAILED'}  {name} ({seconds:.0f} s)")
    return 0 if all(passed for passed, _ in results.values()) else 1


def install_programs() -> None:
    """A browser and gettext from Debian's packages when they are missing; elsewhere say what is needed."""
    missing = [package for program, package in DEBIAN_PACKAGES.items() if not shutil.which(program)]
    if not missing:
        return
    if not shutil.which("apt-get") or os.geteuid() != 0:
        raise Problem(
            f"The tests need {' and '.join(missing)}. Debian and Ubuntu: sudo apt install {' '.join(missing)}"
        )
    with say.step(f"Programs of the tests: {', '.join(missing)}"):
        subprocess.run(["apt-get", "update", "-qq"], check=False, capture_output=True)
        done = subprocess.run(
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing],
            env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise Problem(f"apt-get could not install {' '.join(missing)}:\n{done.stderr[-800:]}")


@contextmanager
def _site() -> Iterator[None]:
    """`./lotse up` on an empty folder, as a newcomer would, for the journeys; stopped by Ctrl-C at the end.

    Raises Problem if it leaves processes behind.
    """
    with tempfile.TemporaryDirectory(prefix="lotse-journeys-") as folder:
        var = Path(folder) / "var"
        said = var.parent / "output.txt"
        with said.open("w") as output:
            process = subprocess.Popen(
                [str(ROOT / "lotse"), "up", "--port", str(up.free_port())],
                env=os.environ | {"LOTSE_VAR": str(var)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # Tests that run in the background pay no heed to Ctrl-C, and their children would not either.
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            )

        def note_end() -> None:
            """For the tests, which wait for what it says (tests/e2e/conftest.py)."""
            code = process.wait()
            with said.open("a") as output:
                output.write(f"\nStopping: ./lotse up ended with {code}\n")

        watching = threading.Thread(target=note_end, daemon=True)
        watching.start()
        os.environ["LOTSE_RUNNING"] = str(var)
        try:
            yield
        finally:
            processes = var / "run" / "processes.json"
            started = json.loads(processes.read_text()) if processes.exists() else []
            process.send_signal(signal.SIGINT)
            process.wait(60)
            watching.join()
            if left := [pid for pid in started if Path(f"/proc/{pid}").exists()]:
                raise Problem(f"Ctrl-C left processes of the site behind: {left}")


def _check() -> bool:
    manage = [sys.executable, "site/manage.py"]
    commands = [
        [str(BIN / "ruff"), "check", "."],
        [str(BIN / "ruff"), "format", "--check", "."],
        [str(BIN / "lint-imports")],
        [*manage, "check", "--fail-level", "WARNING"],
        [*manage, "makemigrations", "--check", "--dry-run"],
        [str(BIN / "mypy"), "search", "kb", "site/accounts", "site/config", "site/demo", "site/door"],
    ]
    passed = True
    for command in commands:
        say.line(f"$ {' '.join(command).replace(str(BIN) + '/', '').replace(sys.executable, 'python')}")
        passed = _call(command) and passed
    return passed


def _pytest(folders: Sequence[str], rest: Sequence[str]) -> bool:
    say.line(f"$ pytest {' '.join([*folders, *rest])}")
    return _call([sys.executable, "-m", "pytest", *folders, "-q", *rest])


def _call(command: Sequence[str]) -> bool:
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "PYTHONPATH": f"{ROOT / 'site'}{os.pathsep}{ROOT}",
        "LOTSE_VAR": os.environ.get("LOTSE_TEST_VAR", os.path.join(tempfile.gettempdir(), "lotse-test")),
        "HF_HUB_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
    }
    return subprocess.run(command, cwd=ROOT, env=environment).returncode == 0
