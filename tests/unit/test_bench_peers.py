"""The bench's own pages and forms. Its peers are no part of any install, so that nothing here imports one."""

import ast
import importlib
import inspect
from pathlib import Path

import numpy as np
import pytest

from tests.bench.growth.report import HNSW
from tests.bench.growth.work import expensive
from tests.bench.peers import material, report, trials
from tests.bench.peers.course import _compare, known
from tests.bench.peers.material import Asked, Material, Passage
from tests.bench.peers.peer import PEERS, Found, Peer, distinct

ADAPTERS = Path(importlib.import_module("tests.bench.peers.adapters").__path__[0])


def peer(ndcg: float, p50: float, **more: object) -> dict[str, object]:
    times = {"p50_ms": p50, "p95_ms": 2 * p50, "p99_ms": 2 * p50, "n": 60}
    return {
        "method": "does something",
        "versions": "thing 1.0",
        "needed": "",
        "build_s": 1.0,
        "open_s": 0.1,
        "disk_mb": 10.0,
        "memory_mb": 200,
        "cold": times,
        "warm": times,
        "round_ms": [p50, p50],
        "cpu_ms": p50 / 2,
        "per_second": 1000 / p50,
        "quality": {"de-de": {"n": 40, "ndcg10": ndcg, "recall50": 0.9, "p": 0.01}},
    } | more


def results() -> dict[str, object]:
    peers = {
        "lotse": peer(0.8, 20.0),
        "bm25s": peer(0.7, 1.0),
        "qdrant": peer(0.9, 200.0),
        "txtai": {"failed": "No"},
    }
    del peers["lotse"]["quality"]["de-de"]["p"]
    _compare(peers)
    collection = {
        "passages": 100, "pages": 20, "languages": ["de"], "questions": 40, "embedding_ms": 9.0, "peers": peers
    }  # fmt: skip
    tried = {"can": True, "seen": "0 hidden ones"}
    return {
        "machine": {"date": "2026-01-01", "processor": "Some", "cores": "2", "memory": "8 GB", "system": "Linux",
                    "python": "3.11"},
        "runs": [{"what": "peers", "minutes": 12.0, "load": [0.5, 7.0], "quick": True}],
        "collections": {"practice": collection},
        "abilities": {
            "lotse": {"permissions inside retrieval": tried, "compounds": {"can": 0.8, "seen": "8 of 10"}},
            "bm25s": {"permissions inside retrieval": tried | {"can": False}, "compounds": {"can": 0.9, "seen": "9 of 10"}},
        },
    }  # fmt: skip


def part(text: str, heading: str) -> str:
    return text.partition(f"## {heading}\n")[2].partition("\n## ")[0]


def test_losses_are_named_by_the_same_rule_as_wins():
    text = report.text(results())
    better, worse = part(text, "Where Lotse is better"), part(text, "Where Lotse is worse")
    assert "against bm25s: nDCG@10 de-de 0.800, there 0.700" in better
    assert "against qdrant: nDCG@10 de-de 0.800, there 0.900" in worse
    assert "p50 warm 20.0 ms, there 1.0 ms" in worse
    assert "p50 warm 20.0 ms, there 200 ms" in better
    assert "permissions inside retrieval, against bm25s" in better
    assert "compounds, against bm25s: 8 of 10, there 9 of 10" in worse


def test_the_headline_is_the_ratio_in_one_run():
    headline = part(report.text(results()), "Headline")
    assert "| bm25s | 0.05 | 0.05 | 0.700 |" in headline
    assert "| qdrant | 10 | 10 | 0.900 |" in headline
    assert "| txtai | – | – | – |" in headline


def test_a_goal_that_was_missed_is_said():
    goals = part(report.text(results()), "Goals")
    assert "practice: nDCG@10 above every peer | **not held** | qdrant de-de 0.900 instead of 0.800" in goals
    # bm25s is quicker, but was seen to show hidden pages.
    assert "permissions inside retrieval | held | none is quicker" in goals


def test_a_busy_machine_and_a_peer_that_failed_are_said():
    text = report.text(results())
    assert "Other work was running on this machine" in text
    assert "txtai failed: No" in text


def test_a_difference_by_chance_is_neither_won_nor_lost():
    given = results()
    given["collections"]["practice"]["peers"]["qdrant"]["quality"]["de-de"]["p"] = 0.4
    text = report.text(given)
    assert "against qdrant: nDCG@10" not in text


def test_every_peer_has_the_same_form():
    """By their source: the packages need not be installed."""
    wanted = {
        name for name, value in inspect.getmembers(Peer) if getattr(value, "__isabstractmethod__", False)
    }
    known_names = {name for name in dir(Peer) if not name.startswith("_")}
    assert {path.stem for path in ADAPTERS.glob("*.py")} >= set(PEERS.values())
    for name, module in PEERS.items():
        tree = ast.parse((ADAPTERS / f"{module}.py").read_text())
        adapter = next(
            node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Adapter"
        )
        there = {node.name for node in adapter.body if isinstance(node, ast.FunctionDef)}
        said = {target.id for node in adapter.body if isinstance(node, ast.Assign) for target in node.targets}
        inherited = {"open"} if "InDatabase" in {base.id for base in adapter.bases} else set()
        assert wanted <= there | inherited, name
        assert {"method", "packages"} <= said, name
        public = {word for word in there if not word.startswith("_")}
        assert public <= known_names, name


def test_material_survives_being_written(tmp_path):
    given = Material(
        name="small",
        model="model:1",
        passages=[
            Passage(1, "page", "de", "Blatt\nText", open=False),
            Passage(2, "page", "en", "Sheet\nText"),
        ],
        vectors=np.eye(2, 4, dtype="f4"),
        questions=[Asked("q", "Wo?", "de", None, {"page": 3})],
        question_vectors=np.eye(1, 4, dtype="f4"),
    )
    given.write(tmp_path)
    read = material.read(tmp_path)
    assert list(read.passages) == list(given.passages)
    assert list(read.questions) == list(given.questions)
    assert (read.vector_of["Blatt\nText"] == given.vectors[0]).all()
    assert read.languages == ["de", "en"]


def test_pages_come_in_the_order_of_their_best_passage():
    found = [Found("b", "de"), Found("a", "de"), Found("b", "en"), Found("c", "de")]
    assert distinct(found, 2) == ["b", "a"]


def test_the_trials_are_a_collection(tmp_path):
    from search.evaluation.collection import questions, read_collection

    collection = read_collection(trials.write(tmp_path))
    assert {document.id for document in collection.documents("de")} >= {"hidden-0", "seen-0", "changed"}
    assert questions(collection).answerable()


def test_an_unknown_peer_is_refused():
    assert known(["bm25s"]) == ["lotse", "bm25s"]
    with pytest.raises(ValueError, match="No such peer: elastic"):
        known(["elastic"])


def test_the_time_of_a_part_does_not_hold_what_it_read_from_another():
    def node(kind: str, ms: float, *plans: dict, **more: str) -> dict:
        return {"Node Type": kind, "Actual Total Time": ms, "Actual Loops": 1, "Plans": list(plans), **more}

    filled = node("Seq Scan", 30.0, **{"Parent Relationship": "InitPlan", "Subplan Name": "CTE pages"})
    plan = node("Aggregate", 45.0, filled, node("CTE Scan", 40.0, **{"Parent Relationship": "Outer"}))
    assert expensive(plan) == {"pages": 30.0, "answer": 5.0}

    # What an InitPlan waited for is in the node that asked for it, which stands beside it.
    words = node("Sort", 70.0, **{"Parent Relationship": "InitPlan", "Subplan Name": "CTE words"})
    asked = node("CTE Scan", 72.0, **{"Parent Relationship": "InitPlan", "Subplan Name": "InitPlan 1"})
    vectors = node(
        "Aggregate", 80.0, asked, node("Index Scan", 79.0, **{"Parent Relationship": "Outer"}),
        **{"Parent Relationship": "InitPlan", "Subplan Name": "CTE vectors"},
    )  # fmt: skip
    plan = node("Result", 81.0, words, vectors, node("CTE Scan", 80.0, **{"Parent Relationship": "Outer"}))
    assert expensive(plan) == {"words": 70.0, "vectors": 8.0, "answer": 1.0}


def growth() -> dict[str, object]:
    times = {"p50_ms": 10.0, "p95_ms": 25.0, "p99_ms": 26.0, "n": 30}

    def size(passages: int, recall: float) -> dict[str, object]:
        row = times | {
            "cpu": times if passages > 30_000 else None,
            "recall50": recall,
            "visible": passages,
            "slowest": {"hits": 7.0},
        }
        return {
            "passages": passages, "pages": passages // 10, "made_s": 3, "hnsw_s": 9.0 if passages > 30_000 else None,
            "size_mb": {"search_posting": 50.0, HNSW: 12.0}, "select_1": times, "update": times, "delete": times,
            "readers": {"100 %": row, "10 %": row, "1 %": row},
        }  # fmt: skip

    return {"real": 900, "questions": 30, "sizes": [size(1_000, 1.0), size(100_000, 0.95)]}


def test_growth_is_shown_with_what_the_slowest_question_spent_its_time_on():
    text = report.text(results() | {"growth": growth()})
    assert "| 100,000 | 1 % | 100,000 | 10.0 | 25.0 | 10.0 | 25.0 | 0.950 |" in text
    assert "| 1,000 | 10 % | hits 7 |" in text
    assert "| 1,000 passages, sees 1 %: p95 ≤ 30 ms, recall@50 ≥ 0.98 | held |" in text
    assert "| 100,000 passages, sees 1 %: p95 ≤ 60 ms, recall@50 ≥ 0.98 | **not held** |" in text


def test_curves_are_the_same_for_the_same_figures(tmp_path):
    pytest.importorskip("matplotlib", reason="./lotse bench brings it along")
    from tests.bench.growth import curves, report

    for folder in ("one", "two"):
        curves.draw(growth(), tmp_path / folder)
    for name in report.PICTURES:
        one, two = ((tmp_path / folder / f"{name}.svg").read_text() for folder in ("one", "two"))
        assert one == two and "<svg" in one
