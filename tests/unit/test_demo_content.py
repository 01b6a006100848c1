"""The demo content keeps its promises; no database needed."""

import shutil

import pytest

from demo.loader.check import problems
from demo.loader.content import CONTENT, ContentError, read_content
from demo.loader.fields import fields_of


@pytest.fixture(scope="module")
def content():
    return read_content()


def test_content_is_complete_and_both_languages_are_built_alike(content):
    assert problems(content) == []


def test_every_page_has_fields_in_each_of_its_languages(content):
    for entry in content.entries.values():
        for language in entry.texts:
            fields = fields_of(entry, language)
            assert fields["title"]
            assert len(fields["summary"]) <= 300


@pytest.fixture
def copy(tmp_path):
    """A copy of the folder in which a file can be changed."""
    folder = tmp_path / "content"
    shutil.copytree(CONTENT, folder)

    def change(name, old, new):
        path = folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return read_content(folder)

    change.folder = folder
    return change


GERMAN, ENGLISH = "guides/barcamp.de.md", "guides/barcamp.en.md"


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        (GERMAN, "kind: event_format", "kind: party", "kind"),
        (GERMAN, "  - {guide: ", "  - {guide: nirgendwo-", "nirgendwo"),
        (GERMAN, "image: ", "image: nirgendwo-", "there is no image nirgendwo"),
        (ENGLISH, "## Preparation\n\n- ", "## Preparation\n\n- One more\n- ", "preparation: "),
        (ENGLISH, "## Steps\n\n### ", "## Steps\n\n### Extra (5 min)\n\nText.\n\n### ", "steps: "),
        ("templates/ablaufplan.de.md", "{file: ", "{file: kein-", "there is no file files/kein-"),
        ("cases/lsn-fishbowl-messwerte.en.md", "## Situation", "## Position", "“Position” is not one of"),
    ],
)
def test_a_problem_names_file_and_place(copy, name, old, new, words):
    found = problems(copy(name, old, new))

    assert any(name.rsplit(".", 2)[0] in problem and words in problem for problem in found), found


def test_a_broken_file_is_named_with_its_line(copy):
    with pytest.raises(ContentError, match=r"guides/barcamp\.de\.md: broken front matter, line \d+"):
        copy(GERMAN, "title: ", "title: [")


def test_a_missing_value_is_named(copy):
    with pytest.raises(ContentError, match=r"guides/barcamp\.de\.md: the front matter lacks “title”"):
        copy(GERMAN, "title: ", "headline: ")


def test_a_removed_file_is_noticed(copy):
    (copy.folder / ENGLISH).unlink()

    assert any("barcamp" in problem for problem in problems(read_content(copy.folder)))
