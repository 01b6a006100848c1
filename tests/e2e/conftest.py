"""The real site, started through the one door on an empty data folder, and a real browser in front of it."""

import json
import os
import re
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
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
    """A running site: its address, its data folder and what the launcher printed."""

    address: str
    var: Path
    process: subprocess.Popen | None
    output: Path | None

    def login(self, username: str) -> tuple[str, str]:
        logins = json.loads((self.var / "demo-logins.json").read_text())
        found = next(login for login in logins if login["username"] == username)
        return found["username"], found["password"]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """`./lotse up --port N` on an empty folder, as a newcomer would; stopped by Ctrl-C at the end.

    While writing tests: LOTSE_RUNNING=var ./lotse test --only e2e takes the site that runs with that folder.
    """
    if running_var := os.environ.get("LOTSE_RUNNING"):
        port = re.search(r"port (\d+)", (Path(running_var) / "run" / "up.lock").read_text())[1]
        yield Site(f"http://localhost:{port}", Path(running_var), None, None)
        return
    folder = tmp_path_factory.mktemp("site")
    var, output = folder / "var", folder / "output.txt"
    port = _free_port()
    environment = {name: value for name, value in os.environ.items() if name not in _OF_THE_TESTS}
    with output.open("w") as log:
        process = subprocess.Popen(
            [str(ROOT / "lotse"), "up", "--port", str(port)],
            env=environment | {"LOTSE_VAR": str(var)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    running = Site(f"http://localhost:{port}", var, process, output)
    try:
        _wait_for(running)
        yield running
    finally:
        started = json.loads((var / "run" / "processes.json").read_text())
        process.send_signal(signal.SIGINT)
        process.wait(60)
        left = [pid for pid in started if Path(f"/proc/{pid}").exists()]
        assert not left, f"Ctrl-C left processes behind: {left}"


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
    while not re.search(r"Lotse (already answers|is ready)", site.output.read_text()):
        if site.process.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"The site did not start:\n{site.output.read_text()[-4000:]}")
        time.sleep(0.5)
    with urllib.request.urlopen(f"{site.address}/healthz") as answer:
        assert answer.status == 200
