"""What related pages are worth: figures, collections that can and cannot be read, pairs of the demo content."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from search.evaluation.collection import CollectionError
from search.evaluation.related import collection
from search.evaluation.related.command import _of_file, main
from search.evaluation.related.measures import of_links, of_pairs
from search.evaluation.related.methods import Page
from search.evaluation.sources import Refused


def test_what_is_not_shown_counts_as_not_linked():
    found = of_links({1: [2, 3, 4], 2: [9, 1]}, {1: {2, 4}, 2: {1}, 3: {1}})
    assert found.precision == pytest.approx((2 / 5 + 1 / 5 + 0) / 3)
    assert found.recall == pytest.approx((1 + 1 + 0) / 3)
    assert found.mrr == pytest.approx((1 + 1 / 2 + 0) / 3)
    assert (found.pages, found.shown) == (3, pytest.approx(5 / 3))


def test_shares_are_of_judged_pairs_of_the_first_five():
    found = of_pairs({1: [2, 3, 4, 5, 6, 7]}, {1: {2: 2, 3: 0, 4: 1, 7: 0}})
    assert (found.shown, found.judged, found.belong, found.fair, found.bad) == (5, 3, 1, 1, 1)


@pytest.fixture
def folder(tmp_path):
    docs = [
        {"id": f"x:{code}:{n}", "lang": code, "title": f"T{n}", "text": f"Text {n}"}
        for code in ("de", "en")
        for n in range(3)
    ]
    (tmp_path / "docs.jsonl").write_text("\n".join(map(json.dumps, docs)), encoding="utf-8")
    links = (
        "doc_id\trelated_id\tkind\nx:de:0\tx:de:1\tinline\nx:de:1\tx:de:0\tinline\nx:en:0\tx:en:9\tinline\n"
    )
    (tmp_path / "related.tsv").write_text(links, encoding="utf-8")
    return tmp_path


def test_links_hold_in_both_directions_and_only_between_texts_that_are_there(folder):
    found = collection.read(folder)
    assert found.languages == ["de", "en"]
    assert [{code for _key, code in pair} for pair in found.links] == [{"de"}]
    assert [document.title for document in collection.read(folder, languages={"de"}).documents("de")] == [
        "T0",
        "T1",
        "T2",
    ]


def test_a_part_is_always_the_same(folder):
    (folder / "related.tsv").write_text(
        "".join(f"x:de:{a}\tx:de:{b}\n" for a in range(3) for b in range(a)), encoding="utf-8"
    )
    some = collection.read(folder, languages={"de"}, pages=2)
    assert some.texts == collection.read(folder, languages={"de"}, pages=2).texts
    assert len(some.texts["de"]) == 2


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("docs.jsonl", "no json", "docs.jsonl, line 1"),
        ("docs.jsonl", '{"id": "a"}', "“lang”"),
        ("related.tsv", "alone", "related.tsv, line 1"),
        ("related.tsv", "a\tb", "no link"),
    ],
)
def test_a_collection_that_cannot_be_used_says_why(folder, name, text, said):
    (folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(CollectionError, match=said):
        collection.read(folder)


def test_the_command_says_what_is_missing(tmp_path, capsys):
    assert main(["--collection", str(tmp_path)]) == 1
    assert "docs.jsonl" in capsys.readouterr().err


def test_pairs_are_read_by_the_titles_of_pages_that_are_there(tmp_path):
    pages = [Page(n, str(n), "de", title, "", ()) for n, title in enumerate(["A: eins", "B", "C"])]
    path = tmp_path / "pairs.txt"
    path.write_text("# Kommentar\n[tuning]\nA: eins: B 2; Weg 0; C 1\nWeg: B 2\n", encoding="utf-8")
    assert _of_file(path, pages) == {"tuning": {0: {1: 2, 2: 1}}}
    path.write_text("A: B vielleicht\n", encoding="utf-8")
    with pytest.raises(Refused, match="line 1"):
        _of_file(path, pages)


@pytest.mark.parametrize("codes", [("de", "en"), ("en", "de")])
def test_of_pages_with_one_name_that_in_the_sites_language_is_meant(tmp_path, codes):
    pages = [Page(n, "x", code, "Hamburg Aviation", "", ()) for n, code in enumerate(codes)]
    path = tmp_path / "pairs.txt"
    path.write_text("B: Hamburg Aviation 2\n", encoding="utf-8")
    found = _of_file(path, [*pages, Page(9, "b", "de", "B", "", ())])
    assert found == {"pairs": {9: {codes.index("de"): 2}}}


def test_every_line_of_the_demo_contents_pairs_is_readable():
    assert _of_file(Path("site/demo/related_judgements.txt"), []) == {}
