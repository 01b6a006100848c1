"""Two versions of a page, taken apart only as far as they agree."""

from search.bilingual.alignment import LONGEST_PAIR, Part, Version, align, pieces


def page(title: str, *parts: tuple[str, str]) -> Version:
    return Version(title, tuple(Part(anchor, (), text) for anchor, text in parts))


def test_titles_headings_and_sentences_are_paired() -> None:
    german = Version("Der Beirat", (Part("a", ("Ablauf", "Einladen"), "Wir laden ein. Die Gäste kommen."),))
    english = Version("The board", (Part("a", ("Agenda", "Inviting"), "We invite. The guests come."),))
    found = align(german, english)
    assert found.pairs == (
        ("Der Beirat", "The board"),
        ("Ablauf", "Agenda"),
        ("Einladen", "Inviting"),
        ("Wir laden ein.", "We invite."),
        ("Die Gäste kommen.", "The guests come."),
    )
    assert (found.passages, found.left_out) == (1, 0)


def test_the_anchor_decides_not_the_order() -> None:
    german = page("T", ("a", "Der Hafen"), ("b", "Die Stadt"))
    english = page("T", ("b", "The city"), ("a", "The port"))
    assert set(align(german, english).pairs) >= {("Der Hafen", "The port"), ("Die Stadt", "The city")}


def test_passages_of_one_anchor_go_by_order_only_if_there_are_equally_many() -> None:
    german = page("T", ("a", "Der Hafen"), ("a", "Die Stadt"), ("b", "Das Amt"))
    english = page("T", ("a", "The port"), ("a", "The city"), ("b", "The office"), ("b", "The desk"))
    found = align(german, english)
    assert ("Die Stadt", "The city") in found.pairs
    assert not any("Amt" in pair[0] for pair in found.pairs)
    assert (found.passages, found.left_out) == (2, 3)


def test_headings_of_another_depth_are_left_out() -> None:
    german = Version("Hafen", (Part("a", ("Ablauf",), "Der Hafen"),))
    english = Version("Port", (Part("a", ("Agenda", "Steps"), "The port"),))
    assert align(german, english).pairs == (("Hafen", "Port"), ("Der Hafen", "The port"))


def test_lines_then_sentences_as_far_as_both_agree() -> None:
    german = "Erste Zeile.\n\nZweite Zeile. Noch ein Satz."
    english = "First line.\nSecond line, one more sentence."
    assert list(pieces(german, english)) == [
        ("Erste Zeile.", "First line."),
        ("Zweite Zeile. Noch ein Satz.", "Second line, one more sentence."),
    ]
    assert list(pieces("Eins.\nZwei.", "One. Two.")) == [("Eins.", "One."), ("Zwei.", "Two.")]
    assert list(pieces("Eins.\nZwei.", "One and two.")) == [("Eins.\nZwei.", "One and two.")]


def test_what_is_not_translated_teaches_nothing() -> None:
    german = page(
        "Lotse", ("a", "Wir haben die Gäste eingeladen."), ("b", "This was never translated into it.")
    )
    english = page(
        "Lotse", ("a", "Wir haben die Gäste eingeladen."), ("b", "This was never translated into it.")
    )
    assert align(german, english).pairs == (("Lotse", "Lotse"),)


def test_names_that_are_the_same_in_both_languages_stay() -> None:
    assert align(page("nextMedia"), page("nextMedia")).pairs == (("nextMedia", "nextMedia"),)


def test_what_is_repeated_counts_once_and_what_is_endless_not_at_all() -> None:
    endless = "Hafen " * LONGEST_PAIR
    german = page("", ("a", "Der Hafen"), ("b", "Der Hafen"), ("c", endless))
    english = page("", ("a", "The port"), ("b", "The port"), ("c", endless))
    assert align(german, english).pairs == (("Der Hafen", "The port"),)
