"""Which heading becomes which field, and that every word arrives somewhere."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.toolbox.markdown import Source, leftover, parse_guide
from kb.toolbox.markdown.draft import BodyParagraph, BodySection, BodyTable
from kb.toolbox.markdown.headings import field_of
from kb.toolbox.markdown.page_fields import guide_fields
from kb.toolbox.markdown.summary import cut_at_word, first_sentences


def guide(body, **front_matter):
    return parse_guide(Source({"title": "Ein Leitfaden", **front_matter}, body))


def whole(body, **front_matter):
    draft = guide(body, **front_matter)
    assert not leftover(body, draft)
    return draft


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Ziel und Nutzen", "purpose"),
        ("Why do it?", "purpose"),
        ("What is it?", "purpose"),
        ("ABLAUF", "steps"),
        ("So geht’s", "steps"),
        ("How to do it?", "steps"),
        ("3. Ablauf", "steps"),
        ("Steps:", "steps"),
        ("Context (optional)", "when_to_use"),
        ("Wann nicht", "when_not_to_use"),
        ("Stolpersteine", "pitfalls"),
        ("Facilitation Materials Needed", "materials"),
        ("Was der Hafen sagt", None),
        ("", None),
    ],
)
def test_headings(heading, field):
    assert field_of(heading) == field


def test_german_sections_become_fields():
    draft = whole(
        """
## Ziel und Nutzen

Alle kennen sich **danach**.

## Vorbereitung

- Raum buchen
- Tee kaufen

## Ablauf

### Ankommen (15 min)

Tür auf.

Tipp: Stehen Sie *selbst* da.

### Sprechen (1,5 Stunden)

1. Fragen
2. Antworten

## Stolpersteine

### Niemand kommt

Anrufen hilft.

## Erfolg messen

| Indikator | Frage | Skala |
|---|---|---|
| Kontakte | Wie viele? | Anzahl |
"""
    )

    assert draft.purpose == "<p>Alle kennen sich <b>danach</b>.</p>"
    assert draft.preparation == ("Raum buchen", "Tee kaufen")
    assert [(step.title, step.minutes, step.tip) for step in draft.steps] == [
        ("Ankommen", 15, "Stehen Sie selbst da."),
        ("Sprechen", 90, ""),
    ]
    assert draft.steps[1].text == "<ol><li>Fragen</li><li>Antworten</li></ol>"
    assert draft.pitfalls[0].remedy == "<p>Anrufen hilft.</p>"
    assert draft.success[0].scale == "Anzahl"
    assert draft.body == ()


def test_two_sections_for_one_field_stay_apart():
    draft = whole("## What is it?\n\nA talk.\n\n## Why do it?\n\nIt helps.")

    assert draft.purpose == "<p>A talk.</p><p><b>Why do it?</b></p><p>It helps.</p>"


def test_paragraphs_with_a_title_are_steps():
    draft = whole("## How to do it?\n\nSet the goal: Choose one.\n\nAsk: Say it aloud.\n\nWait.")

    assert [step.title for step in draft.steps] == ["Set the goal", "Ask"]
    assert draft.steps[1].text == "<p>Say it aloud.</p><p>Wait.</p>"


def test_a_numbered_list_with_titles_is_steps():
    draft = whole("## Steps\n\n1. **Begin.** Open the door.\n2. **End** Close it.\n\nDone.")

    assert [step.title for step in draft.steps] == ["Begin.", "End"]
    assert draft.steps[1].text == "<p>Close it.</p><p>Done.</p>"


def test_a_plain_course_is_one_step():
    (step,) = whole("## Ablauf\n\nEs geht los.\n\n- eins\n- zwei").steps

    assert (step.title, step.text) == ("Ablauf", "<p>Es geht los.</p><ul><li>eins</li><li>zwei</li></ul>")


def test_what_has_no_field_becomes_a_section_with_its_subheadings():
    draft = whole(
        "## Geschichte\n\nAlt.\n\n### Früher\n\nSo.\n\n#### Noch früher\n\nAnders.\n\n##### Ganz früher\n\nNie."
    )

    (section,) = draft.body
    assert section == BodySection(
        "Geschichte",
        "<p>Alt.</p><h3>Früher</h3><p>So.</p><h4>Noch früher</h4><p>Anders.</p><h4>Ganz früher</h4><p>Nie.</p>",
    )


def test_tables_stay_tables_and_keep_a_section_out_of_a_text_field():
    draft = whole("## Ziel\n\nVorher.\n\n| A | B |\n|---|---|\n| 1 | **2** |\n\nNachher.")

    assert draft.body == (
        BodySection("Ziel", "<p>Vorher.</p>"),
        BodyTable((("A", "B"), ("1", "2"))),
        BodyParagraph("<p>Nachher.</p>"),
    )


def test_a_heading_without_text_is_not_lost():
    draft = whole("## Leer\n\n## Voll\n\nText.")

    assert draft.body == (BodyParagraph("<h3>Leer</h3>"), BodySection("Voll", "<p>Text.</p>"))


def test_a_heading_that_repeats_the_title_is_taken_away():
    draft = whole("# Ein Leitfaden\n\nAnfang.\n\n## Ablauf\n\nLos.")

    assert draft.summary == "Anfang."
    assert [step.title for step in draft.steps] == ["Ablauf"]


def test_a_heading_too_long_for_its_field_is_cut_and_kept_whole_below():
    heading = "sehr " * 40 + "lang"
    draft = whole(f"## {heading}\n\nText.")

    (section,) = draft.body
    assert len(section.heading) <= 120
    assert heading in section.text


def test_the_summary_is_the_first_sentences_and_the_text_stays_whole():
    draft = whole("Erster Satz. Zweiter Satz! Dritter Satz.\n\nMehr.")

    assert (draft.summary, draft.summary_from) == ("Erster Satz. Zweiter Satz!", "text")
    assert draft.purpose == "<p>Erster Satz. Zweiter Satz! Dritter Satz.</p><p>Mehr.</p>"


def test_a_text_that_is_all_summary_is_not_repeated():
    draft = whole("Nur das hier.")

    assert (draft.summary, draft.purpose) == ("Nur das hier.", "")
    assert guide_fields(draft, "x")["purpose"] == "<p>Nur das hier.</p>"


def test_a_summary_too_long_is_cut_at_a_word_and_kept_in_the_purpose():
    summary = "Wort " * 80
    draft = guide("## Ablauf\n\nLos.", summary=summary)

    assert len(draft.summary) <= 300
    assert draft.summary.endswith("Wort …")
    assert summary.strip() in draft.purpose


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ("Das ist z. B. Kaffee. Und Tee. Und Saft.", "Das ist z. B. Kaffee. Und Tee."),
        ("Kein Punkt am Ende", "Kein Punkt am Ende"),
    ],
)
def test_first_sentences(text, summary):
    assert first_sentences(text) == summary


def test_cutting_a_single_long_word():
    assert len(cut_at_word("x" * 500, 300)) <= 300


def test_only_links_a_browser_may_follow_are_links():
    draft = whole(
        "[gut](https://example.org/a?b=1&c=2) [Datei](../x.md) [böse](javascript:alert(1)) [Post](mailto:a@example.org)"
    )

    html = draft.purpose
    assert re.findall(r'href="([^"]*)"', html) == [
        "https://example.org/a?b=1&amp;c=2",
        "mailto:a@example.org",
    ]
    assert "Datei (../x.md)" in html
    assert "böse" in html


def test_html_and_code_are_text():
    draft = whole(
        "<div class='x'><b>fett</b> &amp; <script>alert(1)</script></div>\n\nDann `a < b`.\n\n```\nx = 1\n```"
    )

    html = draft.purpose
    assert "<script" not in html
    assert "a &lt; b" in html
    assert "<p>x = 1</p>" in html


def test_a_picture_leaves_its_name_and_place():
    assert "Ein Kreis (bild.png)" in whole("Siehe ![Ein Kreis](bild.png) da. Und mehr Text.").summary


def test_line_breaks_are_kept_where_a_file_is_not_wrapped_by_hand():
    long = "Wort " * 40
    assert whole(f"{long}\nDann das.").purpose.count("<p>") == 2
    assert whole("Kurz\numbrochen und weiter. Ende. Noch etwas.").purpose.count("<p>") == 1


def test_a_list_that_begins_at_three_keeps_its_numbers():
    assert "<p>3. drei</p><p>4. vier</p>" in guide("Anfang der Liste hier.\n\n3. drei\n4. vier").purpose


def test_too_many_tags_leave_the_rest_unused():
    draft = guide("Text.", tags=["Schlagwort " + str(number) for number in range(60)])

    assert len(draft.keywords) <= 250
    assert draft.unused["tags"][-1] == "Schlagwort 59"
    kept = draft.keywords.split(", ")
    assert len(kept) + len(draft.unused["tags"]) == 60


def test_block_ids_are_stable_and_differ_between_sources():
    draft = guide("## Ablauf\n\n### A\n\nx\n\n### B\n\ny")
    first, again, other = (guide_fields(draft, key)["steps"] for key in ("a", "a", "b"))

    assert [block["id"] for block in first] == [block["id"] for block in again]
    assert not {block["id"] for block in first} & {block["id"] for block in other}


def test_leftover_notices_a_lost_word():
    draft = guide("## Ablauf\n\nEins zwei drei.")

    assert leftover("## Ablauf\n\nEins zwei drei vier vier.", draft) == {"vier": 2}


def test_every_word_of_the_demo_guides_arrives():
    folder = Path(__file__).parents[2] / "site" / "demo" / "content" / "guides"
    from kb.toolbox.markdown import read_source

    for path in folder.glob("*.md"):
        source = read_source(path.read_bytes())
        assert not leftover(source.body, parse_guide(source)), path.name


WORDS = st.text("abcdeäöüß0123", min_size=1, max_size=8)
LINES = st.lists(WORDS, min_size=1, max_size=12).map(" ".join)
PIECES = st.one_of(
    LINES,
    st.builds("{} {}".format, st.sampled_from(["#", "##", "###", "####", "######"]), LINES),
    st.builds(
        "## {}".format,
        st.sampled_from(
            [
                "Ablauf",
                "Ziel",
                "Material",
                "Stolpersteine",
                "Varianten",
                "Erfolg messen",
                "Patlet",
                "Wann nicht",
            ]
        ),
    ),
    st.lists(LINES, min_size=1, max_size=4).map(lambda lines: "\n".join(f"- {line}" for line in lines)),
    st.lists(LINES, min_size=1, max_size=4).map(lambda lines: "\n".join(f"1. {line}" for line in lines)),
    st.lists(LINES, min_size=1, max_size=3).map(
        lambda lines: "- a\n" + "\n".join(f"  - {line}" for line in lines)
    ),
    st.lists(LINES, min_size=1, max_size=3).map(lambda lines: "\n".join(f"> {line}" for line in lines)),
    st.builds("**{}**: {}".format, LINES, LINES),
    st.builds("[{}](https://example.org/{})".format, LINES, WORDS),
    st.builds("| {} | {} |\n|---|---|\n| {} | {} |".format, LINES, LINES, LINES, LINES),
    st.builds("```\n{}\n```".format, LINES),
    st.builds("### {} ({} min)".format, LINES, st.integers(1, 99)),
    st.builds("Tipp: {}".format, LINES),
)


@given(st.lists(PIECES, max_size=14).map("\n\n".join))
@settings(max_examples=300, deadline=None)
def test_no_text_loses_a_word(body):
    draft = guide(body)

    assert not leftover(body, draft)
    assert 0 < len(draft.summary) <= 300
