"""What came out, as people read it in a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from search.evaluation.calibration import Calibration
from search.evaluation.legs import FULL, SHOWN
from search.evaluation.measures import Honesty
from search.evaluation.measuring import Measurement, Row
from search.evaluation.tuning import Tuned

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
    name = f"{row.leg} pipeline" if row.leg == FULL else "as readers see it" if row.leg == SHOWN else row.leg
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


def tuned(found: Tuned) -> str:
    """What `--tune` says."""
    return "\n".join(_tuned(found))


def _tuned(found: Tuned) -> Iterator[str]:
    yield f"{found.tried} settings measured on the tuning half, starting from"
    yield "  " + ", ".join(f"{name} {value}" for name, value in found.in_force.items())
    yield ""
    yield f"  {'half':<6}{'pair':<8}{'n':>6}{'nDCG@10 now':>14}{'tuned':>9}{'':>9}{'p':>8}"
    for change in found.changes:
        p = "–" if change.p is None else f"{change.p:.3f}"
        yield (
            f"  {change.split:<6}{change.pair:<8}{change.n:>6}{change.before:>14.4f}{change.after:>9.4f}"
            f"{change.after - change.before:>+9.4f}{p:>8}"
        )
    yield ""
    if not found.figures:
        yield "Nothing better was found: the figures in force stay."
        return
    yield "For search/conf.py, if the half that was held back agrees:"
    yield from (f"    {name}: float = {value}" for name, value in found.figures.items())


def calibrated(found: Calibration) -> str:
    """What `--calibrate` says."""
    return "\n".join(_calibrated(found))


def _calibrated(found: Calibration) -> Iterator[str]:
    yield f"model {found.model}"
    for language, line in found.lines.items():
        yes, no = line.n
        of = "questions of all languages, there being few of this one" if line.pooled else "questions"
        yield ""
        yield f"{LANGUAGES.get(language, language)}: fitted to {yes} answerable and {no} unanswerable {of}"
        yield f"  intercept {line.intercept:+.4f}"
        yield from (f"  {name:<28} {weight:+.4f}" for name, weight in line.coefficients.items())
        yield f"  line {line.line:.4f}"
    yield ""
    yield f"  {'half':<6}{'questions':<10}{'unanswerable':<14}{'AUROC':>7}{'refused':>18}{'said so':>18}"
    for check in found.checks:
        honesty = check.honesty
        auroc = "–" if honesty.auroc is None else f"{honesty.auroc:.3f}"
        yield (
            f"  {check.split:<6}{LANGUAGES.get(check.language, check.language):<10}{check.negatives:<14}{auroc:>7}"
            f"{f'{_share(honesty.refused)} of {honesty.answerable}':>18}"
            f"{f'{_share(honesty.admitted)} of {honesty.unanswerable}':>18}"
        )
    yield "  The tuning half is cross-validated."
