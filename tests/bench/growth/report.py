"""Growth as a part of docs/benchmarks.md."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.bench.peers.report import table

PICTURES = {
    "growth-latency": "How long a question takes at which size, for readers who see all, a tenth and a hundredth",
    "growth-recall": "Which share of the first 50 pages is found",
    "growth-size": "What the tables take on disk",
    "growth-work": "What a change and the HNSW index cost",
}
HNSW = "of it the HNSW index"
"""a part of the size of search_passagevector"""
PARTS = 6

ABOUT = """\
{real:,} passages are real text of others with real vectors; beyond that their copies: vectors moved by half the difference
of two other passages' vectors, words as they are but those on five pages or fewer, which are others in each copy.
Visible pages are drawn by lot, in sections of the tree. Times are of the whole way but the question's vector; recall is of
the first 50 pages against the plan that compares every visible passage. Processor: PostgreSQL's alone, which a busy machine
lets stand.
"""


def section(growth: Mapping[str, Any]) -> str:
    answers = "passages|reader sees|passages they see|p50, ms|p95, ms|processor p50, ms|p95, ms|recall@50"
    work = (
        "passages|pages|on disk, MB|of it HNSW|HNSW built, s|published again, ms|deleted, ms|`select 1`, ms"
    )
    slow = "passages|reader sees|parts of the statement"
    return "\n".join(
        [
            "## Growth\n",
            ABOUT.format(real=growth["real"]),
            table(answers.split("|"), list(_answers(growth))),
            *(f"![{said}](images/{name}.svg)\n" for name, said in PICTURES.items()),
            table(work.split("|"), [_work(size) for size in growth["sizes"]]),
            "What the slowest question spent its time on (EXPLAIN ANALYZE, ms of the CTE's own nodes):\n",
            table(slow.split("|"), list(_slowest(growth)), words=True),
        ]
    )


def _answers(growth: Mapping[str, Any]) -> Iterator[list[str]]:
    for passages, reader, row in _rows(growth):
        cpu = row["cpu"] or {}
        figures = (row["p50_ms"], row["p95_ms"], cpu.get("p50_ms"), cpu.get("p95_ms"))
        times = ("–" if ms is None else f"{ms:.1f}" for ms in figures)
        recall = "–" if row["recall50"] is None else f"{row['recall50']:.3f}"
        yield [passages, reader, f"{row['visible']:,}", *times, recall]


def _slowest(growth: Mapping[str, Any]) -> Iterator[list[str]]:
    for passages, reader, row in _rows(growth):
        parts = list(row["slowest"].items())[:PARTS]
        yield [passages, reader, ", ".join(f"{name} {ms:.0f}" for name, ms in parts)]


def _rows(growth: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for size in growth["sizes"]:
        for reader, row in size["readers"].items():
            yield f"{size['passages']:,}", reader, row


def _work(size: Mapping[str, Any]) -> list[str]:
    return [
        f"{size['passages']:,}",
        f"{size['pages']:,}",
        f"{sum(mb for name, mb in size['size_mb'].items() if name != HNSW):.0f}",
        f"{size['size_mb'][HNSW]:.0f}",
        "–" if size["hnsw_s"] is None else f"{size['hnsw_s']:.0f}",
        f"{size['update']['p50_ms']:.0f}",
        f"{size['delete']['p50_ms']:.1f}",
        f"{size['select_1']['p50_ms']:.1f}",
    ]
