"""A page is cut into passages where its author cut it, each with the anchor under which it is rendered."""

from __future__ import annotations

import uuid

import pytest
from wagtail.models import Locale

from kb.clusters.models import CasePage, ClusterPage
from kb.core.models import ContentPage, HomePage, TaskArea
from kb.core.passages import anchor_of
from kb.core.plain_text import Cut, cut_at_headings, plain_text
from kb.toolbox.models import PracticeGuide
from search.protocol import Passage, Searchable

# Wagtail looks up the content type of every new page.
pytestmark = pytest.mark.django_db

GERMAN = Locale(pk=1, language_code="de")


def block(kind, value):
    return {"type": kind, "value": value, "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{kind}{value}"))}


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("<p></p>", ""),
        ("<p>Eins <b>zwei</b>drei</p><p>vier</p>", "Eins zweidrei\nvier"),
        ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
        ("<p>a<br/>b</p>", "a b"),
        ("<p>Kosten &lt; 5&nbsp;€ &amp; mehr</p>", "Kosten < 5 € & mehr"),
        ('<p><a linktype="page" id="3">Seite</a></p>', "Seite"),
    ],
)
def test_rich_text_becomes_lines(html, text):
    assert plain_text(html) == text


def test_rich_text_is_cut_at_its_headings():
    html = "<p>davor</p><h3>A</h3><p>eins</p><h4>B</h4><p>zwei</p><h3>C</h3><h3>D</h3><p>drei</p>"
    assert cut_at_headings(html) == [
        Cut((), "davor"),
        Cut(("A",), "eins"),
        Cut(("A", "B"), "zwei"),
        Cut(("D",), "drei"),
    ]


def test_guide_gives_each_part_its_anchor():
    step = block(
        "step", {"title": "Ankommen", "minutes": 10, "text": "<p>Kaffee</p>", "tip": "An der Tür stehen"}
    )
    pitfall = block("pitfall", {"problem": "Nur drei reden.", "remedy": "<p>Kleine Gruppen.</p>"})
    section = block("section", {"heading": "Einladung", "text": "<p>Guten Tag</p><h3>Kurz</h3><p>Moin</p>"})
    guide = PracticeGuide(
        title="Frühstück",
        summary="Ein Morgen",
        locale=GERMAN,
        task_area=TaskArea(pk=1, name="Vernetzung"),
        kind="event_format",
        keywords="Netzwerktreffen",
        purpose="<p>Kontakte</p>",
        when_not_to_use="<p>Im August</p>",
        roles=[block("role", {"role": "Moderation", "count": 1, "task": "Führt"})],
        preparation=[block("item", "Raum buchen"), block("item", "Einladen")],
        steps=[step],
        pitfalls=[pitfall],
        success=[block("measure", {"indicator": "Kontakte", "question": "Wie viele?", "scale": "Zahl"})],
        body=[section],
    )
    found = list(guide.passages())
    assert found[0] == Passage("summary", (), "Ein Morgen")
    by_anchor = {passage.anchor: passage for passage in found}
    assert by_anchor["purpose"].text == "Kontakte"
    assert by_anchor["when-not-to-use"].text == "Im August"
    assert by_anchor["roles"].text == "Moderation: Führt"
    assert by_anchor["preparation"].text == "Raum buchen\nEinladen"
    assert by_anchor["success"].text == "Kontakte – Wie viele? – Zahl"
    steps = by_anchor[anchor_of(step["id"])]
    assert steps.heading_path[1:] == ("Ankommen",)
    assert steps.text == "Kaffee\nAn der Tür stehen"
    assert by_anchor[anchor_of(pitfall["id"])].heading_path[1:] == ("Nur drei reden.",)
    assert [(p.heading_path, p.text) for p in found if p.anchor == anchor_of(section["id"])] == [
        (("Einladung",), "Guten Tag"),
        (("Einladung", "Kurz"), "Moin"),
    ]
    assert "materials" not in by_anchor
    assert "Netzwerktreffen" in guide.search_keywords()
    assert "Vernetzung" in guide.search_keywords()


def test_headings_of_fields_are_in_the_language_of_the_page():
    """Not in the language of whoever happens to index it."""
    english, _ = Locale.objects.get_or_create(language_code="en")
    guide = PracticeGuide(summary="A morning", purpose="<p>Contacts</p>", locale=english)
    assert list(guide.passages())[1].heading_path == ("Purpose and benefit",)


@pytest.mark.parametrize(
    ("kind", "value", "passages"),
    [
        ("paragraph", "<p>Text</p>", [((), "Text")]),
        ("list", {"heading": "Dabei", "ordered": False, "items": ["a", "b"]}, [(("Dabei",), "a\nb")]),
        ("quote", {"text": "Gut", "source": ""}, [((), "Gut")]),
        ("callout", {"kind": "tip", "title": "Tipp", "text": "<p>Früh</p>"}, [(("Tipp",), "Früh")]),
        (
            "table",
            {"data": [["Woche", "Was"], ["1", None]], "table_caption": "Plan"},
            [(("Plan",), "Woche; Was\n1")],
        ),
        ("table", None, []),
    ],
)
def test_blocks_of_a_body(kind, value, passages):
    page = ContentPage(summary="", locale=GERMAN, body=[block(kind, value)])
    assert [(passage.heading_path, passage.text) for passage in page.passages()] == passages


def test_case_example_is_cut_into_its_four_sections():
    case = CasePage(
        summary="", locale=GERMAN, situation="<p>a</p>", action="<p>b</p>", result="<p>c</p>", lessons=""
    )
    assert [(passage.anchor, passage.text) for passage in case.passages()] == [
        ("situation", "a"),
        ("action", "b"),
        ("result", "c"),
    ]


def test_pages_speak_the_protocol_of_search():
    assert isinstance(ClusterPage(summary="", locale=GERMAN), Searchable)
    assert isinstance(PracticeGuide(summary="", locale=GERMAN), Searchable)


def test_home_page_and_aliases_are_not_indexed():
    assert not HomePage(locale=GERMAN).is_indexable
    assert list(HomePage(summary="Start", locale=GERMAN).passages()) == []
    assert PracticeGuide(locale=GERMAN).is_indexable
    assert not PracticeGuide(locale=GERMAN, alias_of_id=3).is_indexable


def test_deleted_page_in_a_chooser_breaks_nothing():
    guide = PracticeGuide(locale=GERMAN, summary="")
    guide.templates = []
    assert guide.related_links() == []
    assert guide.search_facets() == {"task_area": [], "cluster": []}
