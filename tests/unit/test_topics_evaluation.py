"""Candidates against what people judged."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from search.topics.evaluation import NotReadable, judgements, measured


def candidate(left, right):
    page = lambda title: SimpleNamespace(title=title)  # noqa: E731
    return SimpleNamespace(pairs=[SimpleNamespace(left=page(left), right=page(right))])


def test_precision_of_what_is_judged_and_recall_of_what_is_good():
    judged = {frozenset("ab"): True, frozenset("cd"): False, frozenset("ef"): True}
    found = measured([candidate("b", "a"), candidate("c", "d"), candidate("x", "y")], judged)
    assert (found.proposed, found.judged, found.good) == (3, 2, 1)
    assert found.precision == found.precision_at_10 == 0.5
    assert found.recall == 0.5
    assert found.unjudged == ("x ~ y",)


def test_nothing_proposed():
    assert measured([], {frozenset("ab"): True}).precision == 0.0


def test_the_judgements_of_the_demo_content_are_readable():
    judged = judgements(Path("site/demo/bridge_judgements.yaml"))
    assert sum(judged.values()) == 21
    assert len(judged) == 53


@pytest.mark.parametrize("text", ["topics:\n  - [a, b, perhaps, why]", "- a", "topics: ["])
def test_a_file_that_is_no_list_of_judgements_is_told(tmp_path, text):
    path = tmp_path / "judged.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(NotReadable, match=str(path)):
        judgements(path)
