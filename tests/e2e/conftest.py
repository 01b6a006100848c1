"""The real site, started through the one door on an empty data folder, and a real browser in front of it.

Several processes (pytest -n) share one site.
"""

import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).parents[2]
START_SECONDS = 600
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
CHROMIUM += ["--disable-background-networking", "--disable-component-update"]


@dataclass(frozen=True)
class Site:
    """A running site: its address and its data folder."""

    address: str
    var: Path

    def login(self, username: str) -> tuple[str, str]:
        logins = json.loads((self.var / "demo-logins.json").read_text())
        found = next(login for login in logins if login["username"] == username)
        return found["username"], found["password"]


_shared = ExitStack()
"""where several processes test one site: what the process that hands out the tests has started"""


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node) -> None:
    """For each process of `pytest -n`."""
    if "LOTSE_RUNNING" not in os.environ:
        if not hasattr(node.config, "site"):
            node.config.site = _shared.enter_context(_started())
        node.workerinput["site"] = (node.config.site.address, str(node.config.site.var))


def pytest_sessionfinish() -> None:
    _shared.close()


@pytest.hookimpl(trylast=True)  # after the shuffling
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first, and before it what needs no site, while that one starts."""
    long = ("test_chaos", "test_accessibility", "test_writing")
    items.sort(key=lambda item: long.index(item.path.stem) if item.path.stem in long else len(long))


@pytest.fixture(scope="session")
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    """The one site of a run.

    While writing tests: LOTSE_RUNNING=var ./lotse test --only e2e takes the site that runs with that folder.
    """
    given = getattr(request.config, "workerinput", {}).get("site")
    if running_var := os.environ.get("LOTSE_RUNNING"):
        port = re.search(r"port (\d+)", (Path(running_var) / "run" / "up.lock").read_text())[1]
        yield Site(f"http://localhost:{port}", Path(running_var))
    elif given:
        address, var = given
        running = Site(address, Path(var))
        _wait_for(running)
        yield running
    else:
        with _started() as running:
            _wait_for(running)
            yield running


@contextmanager
def _started() -> Iterator[Site]:
    """`./lotse up --port N` on an empty folder, as a newcomer would; stopped by Ctrl-C at the end."""
    port = _free_port()
    environment = {name: value for name, value in os.environ.items() if name not in _OF_THE_TESTS}
    with tempfile.TemporaryDirectory(prefix="lotse-e2e-") as folder:
        var = Path(folder) / "var"
        with _output(var).open("w") as log:
            process = subprocess.Popen(
                [str(ROOT / "lotse"), "up", "--port", str(port)],
                env=environment | {"LOTSE_VAR": str(var)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Tests that run in the background pay no heed to Ctrl-C, and their children would not either.
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            )
        try:
            yield Site(f"http://localhost:{port}", var)
        finally:
            processes = var / "run" / "processes.json"
            started = json.loads(processes.read_text()) if processes.exists() else []
            process.send_signal(signal.SIGINT)
            process.wait(60)
            left = [pid for pid in started if Path(f"/proc/{pid}").exists()]
            assert not left, f"Ctrl-C left processes behind: {left}"


def _output(var: Path) -> Path:
    """What the launcher printed."""
    return var.parent / "output.txt"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(locale="de-DE", viewport={"width": 1280, "height": 900})
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A tab in which an error of a script or a refused resource fails the test."""
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.on("pageerror", lambda error: pytest.fail(f"A script failed: {error}"))
    return page


_OF_THE_TESTS = {"DJANGO_SETTINGS_MODULE", "DATABASE_URL", "PYTHONPATH", "LOTSE_VAR", "LOTSE_SECRET_KEY"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(site: Site) -> None:
    deadline = time.monotonic() + START_SECONDS
    # From here on every page is found by its words; that the worker still computes meanings disturbs no journey.
    while not re.search(r"Lotse (already answers|is ready)", said := _output(site.var).read_text()):
        if "Stopping" in said or time.monotonic() > deadline:
            pytest.fail(f"The site did not start:\n{said[-4000:]}")
        time.sleep(0.5)
    with urllib.request.urlopen(f"{site.address}/healthz") as answer:
        assert answer.status == 200
