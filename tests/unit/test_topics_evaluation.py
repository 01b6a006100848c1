"""Candidates against what people judged."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from search.topics.evaluation import Judged, NotReadable, by_kind, judgements, measured


def candidate(left, right, *further, kind="topic"):
    page = lambda title: SimpleNamespace(title=title)  # noqa: E731
    pairs = [(left, right), *further]
    return SimpleNamespace(
        kind=kind, pairs=[SimpleNamespace(left=page(one), right=page(other)) for one, other in pairs]
    )


def test_precision_of_what_is_judged_and_recall_of_what_is_good():
    judged = {
        frozenset("ab"): Judged("topic", good=True),
        frozenset("cd"): Judged("topic", good=False),
        frozenset("ef"): Judged("topic", good=True, planted=True),
    }
    found = measured([candidate("b", "a"), candidate("c", "d"), candidate("x", "y")], judged)
    assert (found.proposed, found.judged, found.good) == (3, 2, 1)
    assert found.precision == found.precision_at_10 == 0.5
    assert found.recall == 0.5
    assert found.unjudged == ("x ~ y",)
    assert found.missed == ("e ~ f",)
    assert (found.planted, found.recall_planted) == (1, 0.0)


def test_a_pair_that_is_further_evidence_is_found_but_says_nothing_of_precision():
    judged = {frozenset("ef"): Judged("topic", good=True, planted=True)}
    found = measured([candidate("a", "b", ("f", "e"))], judged)
    assert (found.recall, found.recall_planted, found.judged) == (1.0, 1.0, 0)


def test_each_kind_is_measured_alone():
    judged = {frozenset("ab"): Judged("topic", good=True), frozenset("cd"): Judged("need_offer", good=True)}
    found = by_kind([candidate("a", "b"), candidate("x", "y", kind="need_offer")], judged)
    assert (found["topic"].recall, found["need_offer"].recall) == (1.0, 0.0)


def test_nothing_proposed():
    assert measured([], {frozenset("ab"): Judged("topic", good=True)}).precision == 0.0


def test_the_judgements_of_the_demo_content_are_readable():
    judged = judgements(Path("site/demo/bridge_judgements.yaml"))
    assert len(judged) >= 80
    assert {said.kind for said in judged.values()} == {"need_offer", "topic"}
    assert sum(said.planted for said in judged.values()) == 13
    assert all(said.good for said in judged.values() if said.planted)


def test_titles_of_the_judgements_are_pages_of_the_demo_content():
    titles = {
        line.removeprefix("title:").strip().strip('"')
        for path in Path("site/demo/content").glob("*/*.de.md")
        for line in path.read_text(encoding="utf-8").splitlines()[:3]
        if line.startswith("title:")
    }
    judged = judgements(Path("site/demo/bridge_judgements.yaml"))
    assert {title for pair in judged for title in pair} <= titles


@pytest.mark.parametrize(
    "text",
    [
        "topics:\n  - [a, b, perhaps, why]",
        "topics:\n  - [a, b, bad, why, maybe]",
        "others: []",
        "- a",
        "topics: [",
    ],
)
def test_a_file_that_is_no_list_of_judgements_is_told(tmp_path, text):
    path = tmp_path / "judged.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(NotReadable, match=str(path)):
        judgements(path)
