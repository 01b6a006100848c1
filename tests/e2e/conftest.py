"""The real site, started by `./lotse test` through the one door on an empty data folder, and a real browser in front of it.

Several processes (pytest -n) share one site.
"""

import json
import os
import re
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
    """A running site: its address and its data folder."""

    address: str
    var: Path

    def login(self, username: str) -> tuple[str, str]:
        logins = json.loads((self.var / "demo-logins.json").read_text())
        found = next(login for login in logins if login["username"] == username)
        return found["username"], found["password"]


@pytest.hookimpl(trylast=True)  # after the shuffling
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first, and before it what needs no site, which may still be starting."""
    long = ("test_chaos", "test_accessibility", "test_writing")
    items.sort(key=lambda item: long.index(item.path.stem) if item.path.stem in long else len(long))


@pytest.fixture(scope="session")
def site() -> Site:
    """The site that `./lotse test` started on an empty folder; while writing tests the one that runs with LOTSE_RUNNING."""
    folder = os.environ.get("LOTSE_RUNNING")
    assert folder, "Run these tests with ./lotse test --only e2e"
    var = Path(folder)
    _wait_for(var)
    port = re.search(r"port (\d+)", (var / "run" / "up.lock").read_text())[1]
    running = Site(f"http://localhost:{port}", var)
    with urllib.request.urlopen(f"{running.address}/healthz") as answer:
        assert answer.status == 200
    return running


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


def _wait_for(var: Path) -> None:
    """Until every page is found by its words; that the worker still computes meanings disturbs no journey."""
    output = var.parent / "output.txt"
    if not output.exists():
        return
    deadline = time.monotonic() + START_SECONDS
    while not re.search(r"Lotse (already answers|is ready)", said := output.read_text()):
        if "Stopping" in said or time.monotonic() > deadline:
            pytest.fail(f"The site did not start:\n{said[-4000:]}")
        time.sleep(0.5)
