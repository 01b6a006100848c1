"""Growth as pictures: SVG, the same bytes for the same figures."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams["svg.hashsalt"] = "lotse"
matplotlib.rcParams["svg.fonttype"] = "none"

from matplotlib import pyplot  # noqa: E402

from tests.bench.peers.report import P95_MS, RECALL  # noqa: E402


def draw(growth: Mapping[str, Any], folder: Path) -> None:
    sizes = growth["sizes"]
    passages = [size["passages"] for size in sizes]
    readers = list(sizes[0]["readers"])
    with _picture(folder / "growth-latency.svg", "p95 of a question, ms (its vector not counted)") as axes:
        for reader, mark in zip(readers, "o^s", strict=True):
            rows = [size["readers"][reader] for size in sizes]
            [line] = axes.plot(passages, [row["p95_ms"] for row in rows], marker=mark, label=f"sees {reader}")
            axes.plot(
                passages, [row["cpu"] and row["cpu"]["p95_ms"] for row in rows], ":", color=line.get_color()
            )
        axes.plot([], [], "k:", label="of it PostgreSQL's processor")
        axes.plot(*zip(*P95_MS, strict=True), "k*", markersize=10, label="goal")
        axes.set_yscale("log")
    with _picture(
        folder / "growth-recall.svg", "recall of the first 50 pages against the exact plan"
    ) as axes:
        for reader, mark in zip(readers, "o^s", strict=True):
            recall = [size["readers"][reader]["recall50"] for size in sizes]
            axes.plot(passages, recall, marker=mark, label=f"sees {reader}")
        axes.axhline(RECALL, color="black", linestyle=":", label="goal")
        axes.set_ylim(0.5, 1.02)
    with _picture(folder / "growth-size.svg", "MB on disk") as axes:
        for name in sizes[0]["size_mb"]:
            axes.plot(passages, [size["size_mb"][name] or None for size in sizes], marker="o", label=name)
        axes.set_yscale("log")
    with _picture(folder / "growth-work.svg", "one page published again (ms), HNSW built (s)") as axes:
        axes.plot(
            passages,
            [size["update"]["p50_ms"] for size in sizes],
            marker="o",
            label="page published again, ms",
        )
        axes.plot(passages, [size["hnsw_s"] for size in sizes], marker="^", label="HNSW built, s")
        axes.set_yscale("log")


class _picture:
    def __init__(self, path: Path, title: str) -> None:
        self.path, self.title = path, title

    def __enter__(self) -> Any:
        self.figure, axes = pyplot.subplots(figsize=(7, 4))
        axes.set_xscale("log")
        axes.set_xlabel("passages")
        axes.set_title(self.title, fontsize=11)
        axes.grid(True, alpha=0.3)
        self.axes = axes
        return axes

    def __exit__(self, *problem: object) -> None:
        self.axes.legend(fontsize=8)
        self.figure.tight_layout()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.figure.savefig(self.path, metadata={"Date": None})
        pyplot.close(self.figure)
