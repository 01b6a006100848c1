"""How long a question takes through HTTP on a running site, beside an answer that does nothing (/healthz)."""

import time
from pathlib import Path
from urllib.parse import quote

import yaml

from tests.bench.asking import text_of
from tests.bench.figures import percentiles

QUESTIONS = Path(__file__).parents[2] / "site" / "demo" / "judgements.yaml"
SEARCH = {"de": "/de/suche/?q=", "en": "/en/search/?q="}


def measure(address: str, rounds: int = 2) -> dict[str, object]:
    """Ask every judged question of the demo content `rounds` times, one after another.

    Returns p50 and p95 in ms of the first round (no vector of a question is cached yet), of the others, and of
    /healthz measured between the questions.
    """
    questions = [(row["language"], row["question"]) for row in yaml.safe_load(QUESTIONS.read_text())]
    first, later, baseline = [], [], []
    for number in range(rounds):
        for language, question in questions:
            seconds = _get(address + SEARCH[language] + quote(question))
            (first if number == 0 else later).append(seconds)
            baseline.append(_get(f"{address}/healthz"))
    return {
        "answer page, question asked for the first time": percentiles(first),
        "answer page, question asked before": percentiles(later or first),
        "baseline /healthz": percentiles(baseline),
    }


def _get(url: str) -> float:
    begin = time.perf_counter()
    text_of(url)
    return time.perf_counter() - begin
