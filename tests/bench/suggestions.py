"""How long suggestions take in PostgreSQL, planning and running, while the judged questions are typed."""

import json
from pathlib import Path

import yaml
from django.db import connection, transaction

from search.reader import ANONYMOUS
from search.retrieval.asking import site_languages
from search.retrieval.audience import Audience
from search.retrieval.audience import read as read_audience
from search.retrieval.statement import PLANNER, sql
from search.suggesting.offering import STATEMENT, statement_params
from search.suggesting.typed import read
from tests.bench.figures import percentiles

QUESTIONS = Path(__file__).parents[2] / "site" / "demo" / "judgements.yaml"
LETTERS = (2, 3, 4, 6, 9, 14, 20, 30)
"""where somebody pauses while typing"""


def measure(rounds: int = 2) -> dict[str, object]:
    """p50 and p95 in ms over every beginning of every question, the last of `rounds` counting."""
    beginnings = {
        (row["language"], row["question"][:length])
        for row in yaml.safe_load(QUESTIONS.read_text())
        for length in LETTERS
    }
    audience = read_audience(ANONYMOUS, timeout_ms=10_000)
    for _ in range(rounds):
        seconds = {beginning: _seconds(*beginning, audience) for beginning in sorted(beginnings)}
    known = {beginning: value for beginning, value in seconds.items() if value is not None}
    short = [value for (_, typed), value in known.items() if len(typed) <= 3]
    return {
        "two or three letters": percentiles(short),
        "all beginnings": percentiles(list(known.values())),
        "asked nothing (function words only)": len(seconds) - len(known),
        "slowest": max(known, key=lambda beginning: known[beginning])[1],
    }


def _seconds(language: str, typed: str, audience: Audience) -> float | None:
    asked = read(typed, language=language, languages=site_languages())
    if asked is None:
        return None
    with transaction.atomic(), connection.cursor() as cursor:
        for name, value in PLANNER.items():
            cursor.execute(f"set local {name} = {value}")
        cursor.execute(
            "explain (analyze, timing off, format json) " + sql(STATEMENT),
            statement_params(asked, audience, language),
        )
        plan = cursor.fetchone()[0]
    found = (plan if isinstance(plan, list) else json.loads(plan))[0]
    return float(found["Planning Time"] + found["Execution Time"]) / 1000
