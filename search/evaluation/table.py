"""A measurement as people read it in a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from search.evaluation.legs import FULL
from search.evaluation.measures import Honesty
from search.evaluation.measuring import Measurement, Row

LANGUAGES = {"de": "German", "en": "English"}
HEAD = f"  {'':<22}{'nDCG@10':>8}{'recall@50':>11}{'MRR':>8}{'against full':>14}{'p':>8}{'p50 ms':>9}{'p95 ms':>9}"


def text(measurement: Measurement) -> str:
    return "\n".join(_lines(measurement))


def _lines(measurement: Measurement) -> Iterator[str]:
    changed = "".join(f", {name} {value}" for name, value in measurement.figures.items())
    yield f"{measurement.name}, questions: {measurement.split}{changed}"
    yield f"model {measurement.model}"
    for pair in measurement.pairs:
        rows = [row for row in measurement.rows if row.pair == pair]
        yield ""
        yield f"{_pair(pair)}: {rows[0].means.n} questions"
        yield HEAD
        yield from (_row(row) for row in rows)
    yield ""
    if measurement.answers:
        yield (
            f"From question to answer: p50 {measurement.answers.p50_ms} ms, p95 {measurement.answers.p95_ms} ms "
            f"({measurement.answers.n} questions, the model included). The times above are PostgreSQL's alone, for "
            "BM25 and Wagtail the whole search."
        )
    if measurement.passages:
        yield (
            f"Right passage shown: {measurement.passages['right']:.1%} of the "
            f"{measurement.passages['n']:.0f} questions of which it is known."
        )
    yield from _honesty(measurement.honesty)
    for warning in measurement.warnings:
        yield f"Note: {warning}."


def _pair(pair: str) -> str:
    asked, found = (LANGUAGES.get(code, code) for code in pair.split("-"))
    return f"{asked} questions on {found} texts"


def _row(row: Row) -> str:
    against = "" if row.difference is None else f"{row.difference:+.3f}"
    p = "" if row.p is None else f"{row.p:.3f}"
    name = (
        f"{row.leg} pipeline" if row.leg == FULL else "as readers see it" if row.leg == "shown" else row.leg
    )
    return (
        f"  {name:<22}{row.means.ndcg:>8.3f}{row.means.recall:>11.3f}{row.means.mrr:>8.3f}{against:>14}{p:>8}"
        f"{row.times.p50_ms:>9.1f}{row.times.p95_ms:>9.1f}"
    )


def _honesty(found: Mapping[str, Honesty]) -> Iterator[str]:
    if not found:
        return
    if not found["all"].unanswerable:
        yield (
            f"Refused: {_share(found['all'].refused)} of {found['all'].answerable} answerable questions. There are no "
            "unanswerable ones here; --foreign FOLDER takes those of another collection."
        )
        return
    yield "Is there an answer?"
    yield f"  {'questions':<12}{'AUROC':>8}{'refused':>20}{'said so':>20}"
    for language, honesty in found.items():
        name = LANGUAGES.get(language, language)
        auroc = "–" if honesty.auroc is None else f"{honesty.auroc:.3f}"
        refused = f"{_share(honesty.refused)} of {honesty.answerable}"
        admitted = f"{_share(honesty.admitted)} of {honesty.unanswerable}"
        yield f"  {name:<12}{auroc:>8}{refused:>20}{admitted:>20}"
    yield "  refused: answerable, yet no answer. said so: unanswerable, and the answer admits it."


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"
