"""Passages fit what a model reads and what answers something."""

from search.conf import conf
from search.index.splitting import fitted
from search.protocol import Passage


def test_long_passage_is_cut_between_sentences_and_keeps_its_place():
    sentence = "Dieser Satz steht für sich und sagt genau eine Sache. "
    pieces = fitted([Passage("b-1", ("Ablauf",), sentence * 60)])
    assert len(pieces) > 2
    assert all(len(piece.text) <= conf().passage_max_chars for piece in pieces)
    assert all(piece.text.endswith("Sache.") and piece.anchor == "b-1" for piece in pieces)
    assert "".join(piece.text for piece in pieces).count("Dieser") == 60


def test_text_without_any_border_is_cut_all_the_same():
    pieces = fitted([Passage("", (), "x" * 5_000)])
    assert sum(len(piece.text) for piece in pieces) == 5_000
    assert all(len(piece.text) <= conf().passage_max_chars for piece in pieces)


def test_fragments_join_under_the_same_heading_only():
    pieces = fitted(
        [
            Passage("a", ("Material",), "Stifte"),
            Passage("b", ("Material",), "Papier"),
            Passage("c", ("Ablauf",), "Los"),
        ]
    )
    assert [(piece.anchor, piece.text) for piece in pieces] == [("a", "Stifte\nPapier"), ("c", "Los")]


def test_empty_and_invisible_text_is_no_passage():
    assert fitted([Passage("a", (), " \u200b\n"), Passage("b", ("\x00",), "Text\x00 hier")]) == [
        Passage("b", (), "Text hier")
    ]
