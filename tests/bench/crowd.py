"""Many people at once: how long answers take with 1, 8 and 32 clients, and what is said when it is too much."""

import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from urllib.parse import quote

import yaml

from tests.bench.answers import QUESTIONS, SEARCH
from tests.bench.asking import headers
from tests.bench.figures import percentiles

CLIENTS = (1, 8, 32)


def measure(address: str, seconds: float = 12) -> dict[str, object]:
    """Each client asks one question after another for `seconds`, each question in words nobody has asked before.

    Returns for each number of clients p50, p95 and p99 of all requests in ms, the longest, requests a second, and
    how many were answered with which status ("200 by words" without the model).
    """
    questions = [(row["language"], row["question"]) for row in yaml.safe_load(QUESTIONS.read_text())]
    return {f"{clients} clients": _crowd(address, questions, clients, seconds) for clients in CLIENTS}


def ask(url: str, sent: dict[str, str]) -> tuple[str, float]:
    """(status, seconds). The status says more where search answered by words alone."""
    begin = time.perf_counter()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=sent), timeout=120) as answer:
            text, status = answer.read().decode(), str(answer.status)
    except urllib.error.HTTPError as error:
        text, status = error.read().decode(), str(error.code)
    except OSError as error:
        text, status = "", type(error).__name__
    seconds = time.perf_counter() - begin
    by_words = (
        "findet die Suche nur Wörter, keine Bedeutungen" in text or "finds words only, not meanings" in text
    )
    return status + (" by words" if by_words else ""), seconds


def _crowd(address: str, questions: list, clients: int, seconds: float) -> dict[str, object]:
    found: list[tuple[str, float]] = []
    sent = headers()
    until = time.monotonic() + seconds

    def client(number: int) -> None:
        turn = 0
        while time.monotonic() < until:
            language, question = questions[(number * 17 + turn) % len(questions)]
            # Another vector each time: what was asked before is kept.
            text = quote(f"{question} {number}-{turn}-{clients}")
            found.append(ask(address + SEARCH[language] + text, sent))
            turn += 1

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wall = time.perf_counter() - begin
    times = [took for _, took in found]
    return percentiles(times) | {
        "longest_ms": round(1000 * max(times)),
        "per_second": round(len(found) / wall, 1),
        "statuses": dict(Counter(status for status, _ in found)),
    }
