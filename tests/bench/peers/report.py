"""Results -> docs/benchmarks.md. Wins and losses are computed by the same rule from the same rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.bench.peers.course import CLIENTS, COLD, OURS
from tests.bench.peers.trials import PERMISSIONS

Results = Mapping[str, Any]
CHANCE = 0.05
"""p from which a difference in quality counts as none"""

P95_MS = ((10_000, 30), (1_000_000, 60))
"""up to so many passages -> p95 of retrieval in ms that is aimed at"""
RECALL = 0.98
RELATED_MS, INDEXING_SHARE, MEMORY_MB = 1, 0.8, 1_500
ALIKE = 1.1
"""Figures that differ by less are neither better nor worse."""

FIGURES: Sequence[tuple[str, str, str, bool]] = (
    ("warm.p50_ms", "p50 warm", "ms", True),
    ("warm.p95_ms", "p95 warm", "ms", True),
    ("cpu_ms", "processor", "ms", True),
    ("cold.p50_ms", "p50 cold", "ms", True),
    ("cold.p95_ms", "p95 cold", "ms", True),
    ("per_second", f"answers a second, {CLIENTS} clients", "", False),
    ("build_s", "build", "s", True),
    ("memory_mb", "memory", "MB", True),
    ("disk_mb", "disk", "MB", True),
)
"""path in a row, name, unit, whether less is better"""

HEAD = """\
# Measured side by side

Written by `./lotse bench` from `benchmarks.json` beside this file; change neither by hand.

"""


def text(results: Results) -> str:
    """The whole page as Markdown."""
    parts = [HEAD + _circumstances(results)]
    if results.get("collections"):
        parts.append(_headline(results))
    parts.append(_goals(results))
    if results.get("collections"):
        parts += [_won_and_lost(results), _abilities(results)]
        parts += [_collection(name, found) for name, found in results["collections"].items()]
        parts.append(_peers(results))
    if results.get("growth"):
        from tests.bench.growth.report import section

        parts.append(section(results["growth"]))
    parts.append(HOW)
    return "\n".join(parts).rstrip() + "\n"


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, words: bool = False) -> str:
    """Markdown; columns after the first to the right, unless they hold `words`."""
    lines = ["| " + " | ".join(head) + " |", "|---|" + ("---|" if words else "---:|") * (len(head) - 1)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def value(row: Mapping[str, Any], path: str) -> Any:
    """`value({"warm": {"p50_ms": 3}}, "warm.p50_ms")`; None where there is none."""
    found: Any = row
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _circumstances(results: Results) -> str:
    machine = results["machine"]
    said = (
        f"{machine['date']}, {machine['cores']} cores ({machine['processor']}), {machine['memory']}, "
        f"{machine['system']}, Python {machine['python']}. "
    )
    runs = results.get("runs", [])
    for run in runs:
        said += (
            f"{run['what'].capitalize()}: {run['minutes']:.0f} minutes{', quick' if run.get('quick') else ''}, load "
            f"{run['load'][0]} at its beginning and {run['load'][1]} at its end. "
        )
    busy = max((max(run["load"]) for run in runs), default=0.0)
    if busy > int(machine["cores"]):
        said += (
            "\n\n**Other work was running on this machine**: more processes than cores. Milliseconds here are too "
            "high, and differ between runs; ratios between rows of one table hold better, since peers take turns."
        )
    return said + "\n"


def _headline(results: Results) -> str:
    """Ratio of medians, round by round, to ours."""
    collections = results["collections"]
    names = list(dict.fromkeys(name for found in collections.values() for name in found["peers"]))
    rows = []
    for name in names:
        cells = []
        for found in collections.values():
            row = found["peers"].get(name, {})
            cells.append("–" if row.get("ratio") is None else f"{row['ratio']:.2g}")
            cells.append(_ratio(row.get("cpu_ms"), value(found["peers"], f"{OURS}.cpu_ms")))
            cells.append(_all_pairs(row))
        rows.append([_called(name), *cells])
    head = ["", *(cell for name in collections for cell in (f"{name}: time", "processor", "nDCG@10"))]
    return (
        "## Headline\n\nTime of a question as a multiple of ours (above 1: slower than Lotse; median of rounds in which all "
        "were asked the same), what it takes of processors likewise, and nDCG@10 over all pairs of languages, weighted "
        "by questions.\n\n" + table(head, rows)
    )


def _ratio(theirs: float | None, ours: float | None) -> str:
    return f"{theirs / ours:.2g}" if theirs is not None and ours else "–"


def _all_pairs(row: Mapping[str, Any]) -> str:
    pairs = list(row.get("quality", {}).values())
    n = sum(pair["n"] for pair in pairs)
    return f"{sum(pair['ndcg10'] * pair['n'] for pair in pairs) / n:.3f}" if n else "–"


def _goals(results: Results) -> str:
    """What is aimed at, and whether this run held it."""
    rows = [
        *_quality_goals(results), *_latency_goals(results), *_growth_goals(results), *_own_goals(results)
    ]  # fmt: skip
    held = {True: "held", False: "**not held**"}
    return "## Goals\n\n" + table(
        ["", "", ""], [[goal, held[ok], seen] for goal, ok, seen in rows], words=True
    )


def _quality_goals(results: Results) -> Iterator[tuple[str, bool, str]]:
    for collection, found in results.get("collections", {}).items():
        peers = found["peers"]
        ours = {pair: row["ndcg10"] for pair, row in peers.get(OURS, {}).get("quality", {}).items()}
        above = [
            f"{name} {pair} {row['ndcg10']:.3f} instead of {ours[pair]:.3f}"
            for name, rows in peers.items()
            for pair, row in rows.get("quality", {}).items()
            if name != OURS and pair in ours and row["ndcg10"] > ours[pair]
        ]
        yield (
            f"{collection}: nDCG@10 above every peer",
            not above,
            "; ".join(above) or "in every pair of languages",
        )


def _latency_goals(results: Results) -> Iterator[tuple[str, bool, str]]:
    tried = dict(_tried(results))
    permitted = [name for name, trials in tried.items() if trials.get(PERMISSIONS, {}).get("can") is True]
    for collection, found in results.get("collections", {}).items():
        ratios = {name: found["peers"].get(name, {}).get("ratio") for name in permitted if name != OURS}
        quicker = [f"{name} {ratio:.2g}" for name, ratio in ratios.items() if ratio is not None and ratio < 1]
        said = "; ".join(quicker) or "none is quicker"
        yield (
            f"{collection}: quicker than every peer that does permissions inside retrieval",
            not quicker,
            said,
        )


def _growth_goals(results: Results) -> Iterator[tuple[str, bool, str]]:
    for size in (results.get("growth") or {"sizes": []})["sizes"]:
        for reader, row in size["readers"].items():
            limit = next((ms for most, ms in P95_MS if size["passages"] <= most), None)
            if limit is None:
                continue
            ok = row["p95_ms"] <= limit and (row["recall50"] is None or row["recall50"] >= RECALL)
            cpu = f" (processor {row['cpu']['p95_ms']:.0f} ms)" if row["cpu"] else ""
            said = f"{row['p95_ms']:.0f} ms{cpu}, recall {row['recall50']}"
            yield (
                f"{size['passages']:,} passages, sees {reader}: p95 ≤ {limit} ms, recall@50 ≥ {RECALL}",
                ok,
                said,
            )


def _own_goals(results: Results) -> Iterator[tuple[str, bool, str]]:
    own = results.get("own") or {}
    if related := own.get("related"):
        said = f"p50 {related['p50_ms']} ms, p95 {related['p95_ms']} ms, {related['n']} pages"
        yield f"related pages of a page ≤ {RELATED_MS} ms", related["p50_ms"] <= RELATED_MS, said
    if share := own.get("indexing_share"):
        said = f"{share}: {own['indexing_per_second']} passages a second, the model alone {own['model_per_second']}"
        yield f"indexing ≥ {INDEXING_SHARE} of the bare model's throughput", share >= INDEXING_SHARE, said
    if memory := own.get("memory_mb"):
        said = f"{memory:.0f} MB, web, worker, beat and PostgreSQL together"
        yield f"the whole embedded site ≤ {MEMORY_MB} MB resident", memory <= MEMORY_MB, said


def _won_and_lost(results: Results) -> str:
    won: list[str] = []
    lost: list[str] = []
    for collection, found in results["collections"].items():
        ours = found["peers"].get(OURS, {})
        for name, row in found["peers"].items():
            if name == OURS or "failed" in row:
                continue
            better, worse = _differences(ours, row)
            if better:
                won.append(f"- {collection}, against {name}: {'; '.join(better)}")
            if worse:
                lost.append(f"- {collection}, against {name}: {'; '.join(worse)}")
    for name, trials in _tried(results):
        ours_tried = results["abilities"].get(OURS, {})
        for trial, one in trials.items():
            mine = ours_tried.get(trial, {}).get("can")
            if mine is None or name == OURS:
                continue
            if float(mine) > float(one["can"]):
                won.append(f"- {trial}, against {name}: {_seen(ours_tried[trial])}, there {_seen(one)}")
            elif float(mine) < float(one["can"]):
                lost.append(f"- {trial}, against {name}: {_seen(ours_tried[trial])}, there {_seen(one)}")
    nothing = "Nothing."
    return (
        "Below stands every figure that differs by a tenth or more, and every difference in nDCG@10 beyond chance.\n\n"
        "## Where Lotse is better\n\n" + ("\n".join(won) or nothing) + "\n\n## Where Lotse is worse\n\n"
        + ("\n".join(lost) or nothing) + "\n"
    )  # fmt: skip


def _differences(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """What is better with us, what is better there: every figure, and nDCG@10 of every pair beyond chance."""
    better: list[str] = []
    worse: list[str] = []
    for pair, row in theirs.get("quality", {}).items():
        mine = value(ours, f"quality.{pair}")
        if mine is None or row.get("p") is None or row["p"] >= CHANCE:
            continue
        said = f"nDCG@10 {pair} {mine['ndcg10']:.3f}, there {row['ndcg10']:.3f}"
        (better if mine["ndcg10"] > row["ndcg10"] else worse).append(said)
    for path, name, unit, less in FIGURES:
        mine, there = value(ours, path), value(theirs, path)
        if not mine or not there or max(mine, there) < ALIKE * min(mine, there):
            continue
        said = f"{name} {_number(mine)}{_unit(unit)}, there {_number(there)}{_unit(unit)}"
        (better if (mine < there) is less else worse).append(said)
    return better, worse


def _abilities(results: Results) -> str:
    if not results.get("abilities"):
        return ""
    tried = dict(_tried(results))
    names = list(dict.fromkeys(trial for trials in tried.values() for trial in trials))
    rows = [
        [_called(peer), *(_seen(trials[name]) if name in trials else "–" for name in names)]
        for peer, trials in tried.items()
    ]
    return (
        "## What each can do at all\n\nEach tried by the command on made texts (`tests/bench/peers/trials.py`), nothing "
        "taken from documentation.\n\n" + table(["", *names], rows, words=True)
    )


def _tried(results: Results) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, trials in results.get("abilities", {}).items():
        if "failed" not in trials:
            yield name, trials


def _seen(trial: Mapping[str, Any]) -> str:
    can = trial["can"]
    word = {True: "yes: ", False: "no: "}.get(can, "") if isinstance(can, bool) else ""
    return f"{word}{trial['seen']}"


def _collection(name: str, found: Mapping[str, Any]) -> str:
    peers = found["peers"]
    figures = table(
        ["", *(f"{called}{f', {unit}' if unit else ''}" for _, called, unit, _ in FIGURES)],
        [
            [_called(peer), *(_number(value(row, path)) for path, _, _, _ in FIGURES)]
            for peer, row in peers.items()
        ],
    )
    pairs = list(dict.fromkeys(pair for row in peers.values() for pair in row.get("quality", {})))
    quality = table(
        [
            "",
            *(
                f"{pair} ({_count(peers, pair)}) {what}"
                for pair in pairs
                for what in ("nDCG@10", "recall@50")
            ),
        ],
        [[_called(peer), *_qualities(row, pairs)] for peer, row in peers.items()],
    )
    failed = "".join(f"\n{peer} failed: {row['failed']}\n" for peer, row in peers.items() if "failed" in row)
    return (
        f"## {name}\n\n{found['passages']} passages of {found['pages']} pages ({', '.join(found['languages'])}), "
        f"{found['questions']} questions. A question's vector costs {found['embedding_ms']} ms more, for all that take "
        f"one.\n\n{figures}\nQuestions of one language on texts of one (their number); * differs from Lotse beyond chance "
        f"(p < {CHANCE}).\n\n{quality}{failed}"
    )


def _qualities(row: Mapping[str, Any], pairs: Sequence[str]) -> list[str]:
    cells = []
    for pair in pairs:
        one = value(row, f"quality.{pair}")
        if one is None:
            cells += ["–", "–"]
            continue
        mark = " *" if one.get("p") is not None and one["p"] < CHANCE else ""
        cells += [f"{one['ndcg10']:.3f}{mark}", f"{one['recall50']:.3f}"]
    return cells


def _count(peers: Mapping[str, Any], pair: str) -> int:
    return next(row["quality"][pair]["n"] for row in peers.values() if pair in row.get("quality", {}))


def _peers(results: Results) -> str:
    rows: dict[str, Mapping[str, Any]] = {}
    for found in results["collections"].values():
        rows |= {name: row for name, row in found["peers"].items() if "method" in row}
    lines = [[_called(name), row["method"], row["versions"], row["needed"]] for name, row in rows.items()]
    return "## Who they are\n\n" + table(
        ["", "what it does with a question", "version", "what had to be done"], lines, words=True
    )


def _called(name: str) -> str:
    return f"**{name}**" if name == OURS else name


def _unit(unit: str) -> str:
    return f" {unit}" if unit else ""


def _number(figure: Any) -> str:
    if figure is None:
        return "–"
    if isinstance(figure, float) and figure < 100:
        return f"{figure:.1f}"
    return f"{figure:.0f}"


HOW = f"""\
## How

- **The same for all**: passages as Lotse cuts them, the shipped model's vectors of them and of the questions, computed
  once; no time here contains any embedding. Wagtail's search takes pages instead of passages.
- **A question** is answered with a page of ten results. Passage searches are asked for fifty passages with their text, of
  which ten pages are made; Lotse also cuts excerpts, counts facets and says how sure it is, which is in its time.
- **Warm**: the second time that a process is asked the same, in rounds in which all peers, in an order by lot, get the same
  questions. The system's own caches are warm in every case: nobody else's machine is to be emptied.
- **Processor**: seconds of all cores for a warm question, PostgreSQL's included. Where other work runs this figure stands
  when times do not.
- **Cold**: the first {COLD} questions of a process that has just opened its index.
- **Memory**: proportional set size of the process that answers, Python and libraries included, and of the processes of
  PostgreSQL that work for it. No model is loaded.
- **Throughput**: {CLIENTS} threads in one process, as each library lets itself be used; what answers from PostgreSQL holds a
  connection for each.
- **Quality**: nDCG@10 with the grade as gain, recall@50, of pages; each peer is asked for 250 passages to make 50 pages of.
  Lotse without the floors below which it shows nothing, as everywhere where orders are judged.
- **Related, indexing, memory** (`./lotse bench own`): a visitor's related pages of every page that has some, read a second
  time; all pages of the site indexed anew in a copy of its database, beside the model alone on the same texts in the same
  process; proportional set size of all processes of the site as it runs.
- **Peers' settings**: their own defaults and their own fusion. A reader's rights and the language are conditions of their
  query, with their own means.
"""
