"""The same with what only real processes and real models show: questions all the while, a kill in the middle."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.db import connection, connections

from search import model_change
from search.embedding import embedder_named, process, query_embedder
from search.index import services
from search.index.models import IndexedPage, ModelChoice, PassageVector
from search.reader import ANONYMOUS
from search.retrieval import ask
from tests import tiny_model
from tests.searchable.factories import committed, publish

OLD, NEW = "hashing-64", "hashing-96"
ROOT = Path(__file__).parents[2]
TEXT = "# Ziel {ziel}\nNeue Mitglieder gewinnt man im Gespräch.\n# Ablauf {ablauf}\nZuerst rufen Sie an, dann laden Sie ein."


@pytest.fixture
def site(db):
    with committed():
        yield [publish(f"Mitglieder {number}", TEXT) for number in range(20)]


class Crowd:
    """Threads that ask without a break, and what came of it."""

    def __init__(self, count: int = 3) -> None:
        self.answers: list[tuple[str, bool, int]] = []
        self.failures: list[str] = []
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._ask, daemon=True) for _ in range(count)]

    def _ask(self) -> None:
        number = 0
        try:
            while not self._over.is_set():
                number += 1
                try:
                    answer = ask(f"Mitglieder gewinnen {number % 50}", reader=ANONYMOUS, language="de")
                    self.answers.append((answer.model.partition(":")[0], answer.timed_out, answer.total))
                except Exception as error:
                    self.failures.append(repr(error))
        finally:
            connections["default"].close()

    def __enter__(self) -> "Crowd":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()


def test_questions_during_the_whole_change_never_fail_and_never_mix(site, settings, tmp_path, monkeypatch):
    """From one kind of model to another and back, of other dimensions, page after page published meanwhile."""
    settings.SEARCH = {"embedding_batch": 4, "embedding_timeout_ms": 5_000, "statement_timeout_ms": 20_000}
    services.index_due()
    name = str(tiny_model.build(tmp_path / "tiny"))
    compared = []
    from search.retrieval import asking

    original = asking.run

    def looked(statement, params, **options):
        vector = params["vector"]
        if vector is not None:
            compared.append((params["fingerprint"].partition(":")[0], vector.count(",") + 1))
        return original(statement, params, **options)

    monkeypatch.setattr(asking, "run", looked)
    with Crowd() as crowd:
        while not crowd.answers:
            time.sleep(0.01)
        model_change.start(name)
        number = 0
        while model_change.go_on(seconds=0):
            if number < 5:
                number += 1
                publish(f"Mitglieder während {number}", TEXT)
                services.index_due()
        assert ModelChoice.objects.get().current.name == "tiny"
        # A process that has the new model not loaded: it asks on with the old one until it has.
        process.release(name, but=embedder_named(OLD))
        asked = len(crowd.answers)
        deadline = time.monotonic() + 30
        while crowd.answers[-1][0] != "tiny" or len(crowd.answers) < asked + 20:
            assert time.monotonic() < deadline, crowd.answers[-5:]
            time.sleep(0.05)
        model_change.back()
        asked = len(crowd.answers)
        while crowd.answers[-1][0] != OLD or len(crowd.answers) < asked + 20:
            assert time.monotonic() < deadline, crowd.answers[-5:]
            time.sleep(0.05)
    assert crowd.failures == []
    assert not any(timed_out for _, timed_out, _ in crowd.answers)
    assert all(total for _, _, total in crowd.answers)
    assert set(compared) == {(OLD, 64), ("tiny", 16)}
    assert {model for model, _, _ in crowd.answers} == {OLD, "tiny"}, "never by words alone"


CHANGE = f"""
import django
django.setup()
import time
from search import conf, model_change
from search.embedding import embedder_named

embedder = embedder_named("{NEW}")
embed = embedder.embed_passages
embedder.embed_passages = lambda texts: time.sleep(0.2) or embed(texts)
model_change.start("{NEW}")
with conf.using(embedding_batch=2):
    while model_change.go_on():
        pass
"""


def test_a_change_that_was_killed_goes_on_where_it_was(site, settings):
    services.index_due()
    environment = os.environ | {
        "DATABASE_URL": _url(),
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "PYTHONPATH": f"{ROOT / 'site'}{os.pathsep}{ROOT}",
    }
    child = subprocess.Popen(
        [sys.executable, "-c", CHANGE], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        deadline = time.monotonic() + 60
        there = PassageVector.objects.filter(model__name=NEW)
        while there.count() < 4:
            assert time.monotonic() < deadline and child.poll() is None
            time.sleep(0.02)
        os.kill(child.pid, signal.SIGKILL)
    finally:
        child.kill()
        child.wait()
    before = set(there.values_list("pk", flat=True))
    assert 0 < len(before) < 40
    assert ModelChoice.objects.get().current.name == OLD
    assert query_embedder().name == OLD
    deadline = time.monotonic() + 10
    while ModelChoice.objects.get().current.name == OLD:
        model_change.go_on()  # nothing, as long as the server has not noticed that the other one is gone
        assert time.monotonic() < deadline
    assert before <= set(there.values_list("pk", flat=True))
    assert there.count() == 40
    assert not IndexedPage.objects.filter(tries__gt=0).exists()


def _url() -> str:
    given = connection.settings_dict
    return (
        f"postgres://{given['USER']}:{given['PASSWORD']}@{given['HOST'].replace('/', '%2F')}/{given['NAME']}"
    )
