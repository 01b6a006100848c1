"""The quality of the search on the demo content, with the real model, held to the figures in quality.json.

They are written by `./lotse evaluate --legs shown,full --keep tests/e2e/quality.json`, after a change that is meant to
change them; search/evaluation/gate.py says by how much a figure may fall.
"""

import json
import os
import subprocess
import time
from pathlib import Path

import pytest

from search.evaluation import gate
from tests.e2e.conftest import ROOT

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1_200)]

KEPT = Path(__file__).with_name("quality.json")
INDEX_SECONDS = 900
_OF_THE_TESTS = {"DJANGO_SETTINGS_MODULE", "DATABASE_URL", "PYTHONPATH", "LOTSE_VAR", "LOTSE_SECRET_KEY"}


def lotse(site, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in _OF_THE_TESTS}
    return subprocess.run(
        [str(ROOT / "lotse"), *words],
        env=environment | {"LOTSE_VAR": str(site.var)},
        capture_output=True,
        text=True,
        timeout=600,
    )


@pytest.fixture(scope="module")
def measured(site):
    """Once every page has its vectors: other tests need only its words."""
    deadline = time.monotonic() + INDEX_SECONDS
    while (state := json.loads(lotse(site, "index", "status", "--json").stdout))["due"] > state["failed"]:
        assert time.monotonic() < deadline, f"{state['due']} pages still wait for the worker"
        time.sleep(5)
    done = lotse(site, "evaluate", "--legs", "shown,full", "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_search_is_as_good_as_it_was(measured):
    assert gate.fallen(json.loads(KEPT.read_text()), measured) == []


def test_every_judged_question_was_asked_and_answered_with_the_model(measured):
    """A page that left the demo content, or a model that did not load, must not make the figures look better."""
    assert measured["warnings"] == []
    kept = json.loads(KEPT.read_text())
    assert {pair: rows["full"]["n"] for pair, rows in measured["pairs"].items()} == {
        pair: row["n"] for pair, row in kept["pairs"].items()
    }
    assert measured["honesty"]["all"]["unanswerable"] >= 30
