"""What is accepted as a file, and what is refused with which words."""

import pytest

from kb.toolbox.markdown import SourceError, parse_guide, read_source


def test_front_matter_and_body_are_parted():
    source = read_source("---\ntitle: Frühstück\ntime: 30-60\n---\n\nText.\n".encode())

    assert source.front_matter == {"title": "Frühstück", "time": "30-60"}
    assert source.body.strip() == "Text."


@pytest.mark.parametrize("line_end", ["\r\n", "\r"])
def test_line_ends_of_other_systems_and_a_byte_order_mark_do_no_harm(line_end):
    text = line_end.join(["\ufeff---", "title: A", "---", "Eins.", "", "Zwei."])

    source = read_source(text.encode())

    assert source.front_matter == {"title": "A"}
    assert source.body == "Eins.\n\nZwei."


def test_a_rule_in_the_text_is_no_front_matter():
    assert read_source(b"# A\n\n---\n\nb").front_matter == {}


def test_empty_front_matter_is_none():
    assert read_source(b"---\n---\n# A").front_matter == {}


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "empty"),
        (b"  \n\t\n", "empty"),
        ("Grüße".encode("latin-1"), "not UTF-8"),
        (b"\0\0abc", "null characters"),
        (b"---\ntitle: [a\n---\nText", "broken front matter, line"),
        (b"---\ntitle: a\nText without an end", "not closed"),
        (b"---\n- a\n- b\n---\nText", "name: value"),
        (b"---\ndate: 2026-02-31\n---\nText", "broken front matter"),
        (b"x" * 2_000_001, "larger than"),
    ],
)
def test_what_cannot_be_read_says_why(raw, words):
    with pytest.raises(SourceError, match=words):
        read_source(raw)


def test_a_guide_needs_a_title():
    with pytest.raises(SourceError, match="no title"):
        parse_guide(read_source(b"## One\n\ntext\n\n## Two\n\ntext"))


def test_the_only_first_level_heading_is_a_title():
    assert parse_guide(read_source(b"# Fishbowl\n\nPeople sit in two circles.")).title == "Fishbowl"


def test_a_title_longer_than_a_page_can_have_is_refused():
    with pytest.raises(SourceError, match="255"):
        parse_guide(read_source(b"---\ntitle: " + b"a " * 200 + b"\n---\ntext"))
