"""Judged questions of the demo content: loaded once, followed when the file changes, left alone otherwise."""

import pytest
import yaml

from demo.loader.content import ContentError
from demo.loader.judgements import load_judgements, read_judgements
from demo.loader.pages import key_of
from demo.loader.records import Records
from search.evaluation.models import JudgedQuestion
from tests.searchable.factories import publish, translate

pytestmark = pytest.mark.django_db

QUESTION = {
    "id": "de-1",
    "question": "Wie läuft das ab?",
    "language": "de",
    "kind": "german",
    "split": "tune",
    "answers": [
        {"page": "guides/barcamp", "grade": 2, "heading": "Ablauf"},
        {"page": "guides/hackathon", "grade": 1},
    ],
}
NOTHING = {
    "id": "de-2",
    "question": "Wetter?",
    "language": "de",
    "kind": "unanswerable",
    "split": "held",
    "answers": [],
}


@pytest.fixture
def pages():
    guide = publish(
        "BarCamp",
        "# Ziel {goal}\nReden.\n# Ablauf {steps}\nErst Plan, dann Sessions.",
        translation_key=key_of("guides/barcamp"),
    )
    translate(guide, "Barcamp", "# Aim {goal}\nTalk.\n# Steps {steps}\nPlan first, sessions then.")
    publish("Hackathon", "Zwei Tage.", translation_key=key_of("guides/hackathon"))


@pytest.fixture
def load(tmp_path, pages):
    def load(*rows):
        path = tmp_path / "judgements.yaml"
        path.write_text(yaml.safe_dump(list(rows)))
        return load_judgements(path=path, records=Records())

    return load


def question(number=1):
    return JudgedQuestion.objects.get(source=f"demo:de-{number}")


def test_a_question_comes_with_its_pages_and_passages(load):
    assert load(QUESTION, NOTHING) == []
    found = question()
    assert (found.text, found.kind, found.split, found.reader) == (
        "Wie läuft das ab?",
        "german",
        "tune",
        "visitor",
    )
    rows = {(row.translation_key, row.anchor, row.heading, row.grade) for row in found.judgements.all()}
    assert rows == {(key_of("guides/barcamp"), "steps", "Ablauf", 2), (key_of("guides/hackathon"), "", "", 1)}
    assert not question(2).judgements.exists()


def test_a_heading_of_the_other_language_is_found_too(load):
    answers = [{"page": "guides/barcamp", "grade": 3, "heading": "Steps"}]
    assert load(QUESTION | {"answers": answers}) == []
    assert question().judgements.get().anchor == "steps"


def test_what_an_editor_changes_stays_until_the_file_changes(load):
    load(QUESTION)
    found = question()
    found.judgements.all().delete()
    load(QUESTION)
    assert not question().judgements.exists()
    load(QUESTION | {"split": "held"})
    assert question().split == "held"
    assert question().judgements.count() == 2


def test_a_question_that_an_editor_deleted_does_not_come_back(load):
    load(QUESTION)
    question().delete()
    load(QUESTION)
    assert not JudgedQuestion.objects.exists()


def test_a_question_that_leaves_the_file_leaves_the_site(load):
    load(QUESTION, NOTHING)
    load(NOTHING)
    assert [found.source for found in JudgedQuestion.objects.all()] == ["demo:de-2"]


def test_an_editors_question_with_the_same_words_stands(load):
    JudgedQuestion.objects.create(text="Wie läuft das ab?", language="de")
    assert load(QUESTION) == []
    assert JudgedQuestion.objects.get().source is None


def test_what_the_site_does_not_have_is_said_at_every_start(load):
    answers = [
        {"page": "guides/nirgends", "grade": 3},
        {"page": "guides/barcamp", "grade": 3, "heading": "Nirgends"},
    ]
    for _ in range(2):
        first, second = load(QUESTION | {"answers": answers})
        assert "de-1: there is no guides/nirgends" in first
        assert "guides/barcamp has no passage “Nirgends”" in second
    assert question().judgements.count() == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"question": ""}, "1 to 500 characters"),
        ({"language": "fr"}, "no language “fr”"),
        ({"kind": "odd"}, "no kind “odd”"),
        ({"reader": "editor"}, "no reader “editor”"),
        ({"answers": [{"page": "guides/barcamp", "grade": 4}]}, "a grade is 0, 1, 2 or 3"),
        ({"answers": [{"grade": 3}]}, "'page' is missing"),
    ],
)
def test_a_row_that_cannot_be_used_is_named(load, change, said):
    with pytest.raises(ContentError, match=said):
        load(QUESTION | change)


def test_the_file_of_the_demo_content_can_be_read():
    from demo.loader.content import CONTENT

    rows = read_judgements(CONTENT.parent / "judgements.yaml")
    assert len(rows) >= 150
    assert {row.kind for row in rows} == {"german", "english", "across", "typo", "compound", "unanswerable"}
    halves = [sum(row.split == split for row in rows) for split in ("tune", "held")]
    assert min(halves) > 100  # what was written later is for tuning alone


def test_without_the_file_there_is_nothing_to_do(tmp_path):
    assert load_judgements(path=tmp_path / "none.yaml", records=Records()) == []
