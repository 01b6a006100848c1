"""A folder of Markdown files becomes guides; nothing is lost, and nothing comes twice."""

import io
import json

import pytest
from django.core.management import CommandError, call_command
from wagtail.models import Page

from kb.core.site_tree import ensure_site
from kb.toolbox.models import GuideSectionPage, ImportedGuide, PracticeGuide, ToolboxPage

pytestmark = pytest.mark.django_db

BREAKFAST = """---
id: breakfast
title: Frühstück
lang: de
time: 90 min
people: 4+
mood: sunny
task_area: vernetzung-veranstaltungen
---
Ein Morgen mit Mitgliedern. Er kostet wenig.

## Ablauf

### Ankommen (15 min)

Kaffee kochen.

## Wetter

Bei Regen drinnen.
"""
FISHBOWL = """---
title: Fishbowl
lang: en-GB
participants: [Facilitator, The team]
---
## What is it?

A talk in two circles.

## How to do it?

1. **Sit** Put four chairs in the middle.
2. **Talk** Change places.
"""


@pytest.fixture(scope="module")
def made_site(once):
    with once():
        ensure_site()
        yield


@pytest.fixture
def site(made_site, db):
    """The pages of a new site, made once for all tests of this file."""


@pytest.fixture
def folder(tmp_path, site):
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "breakfast.md").write_text(BREAKFAST, encoding="utf-8")
    (tmp_path / "deep" / "er" / "fishbowl.md").write_text(FISHBOWL, encoding="utf-8")
    (tmp_path / "notes.txt").write_text("not Markdown")
    return tmp_path


def run(folder, *options):
    """The report of a run as JSON, and its exit code."""
    out, code = io.StringIO(), 0
    try:
        call_command("import_guides", str(folder), "--json", *options, stdout=out)
    except SystemExit as end:
        code = end.code
    return json.loads(out.getvalue()), code


def outcomes(report):
    return {file["path"]: file["outcome"] for file in report["files"]}


def revisions():
    return sum(page.revisions.count() for page in PracticeGuide.objects.all())


def test_files_become_drafts_in_the_tree_of_their_language(folder):
    report, code = run(folder)

    assert code == 0
    assert outcomes(report) == {"breakfast.md": "created", "deep/er/fishbowl.md": "created"}
    german, english = (
        PracticeGuide.objects.get(title="Frühstück"),
        PracticeGuide.objects.get(title="Fishbowl"),
    )
    assert (german.locale.language_code, english.locale.language_code) == ("de", "en")
    assert german.get_parent().specific == ToolboxPage.objects.get(locale__language_code="de")
    assert english.get_parent().specific == ToolboxPage.objects.get(locale__language_code="en")
    assert not german.live
    assert german.has_unpublished_changes
    assert german.get_latest_revision_as_object().steps[0].value["minutes"] == 15
    assert (german.slug, german.duration_min, german.group_min, german.group_max) == (
        "fruehstueck",
        90,
        4,
        None,
    )
    assert (german.task_area.slug, english.task_area.slug) == (
        "vernetzung-veranstaltungen",
        "wissensmanagement",
    )
    assert english.task_area.locale_id == english.locale_id
    assert [block.value["role"] for block in english.roles] == ["Facilitator", "The team"]


def test_the_report_says_what_went_where(folder):
    report, _code = run(folder)

    file = report["files"][0]
    assert file["mapped"] == {"15 min": "minutes of a step", "Ablauf": "steps"}
    assert file["sections"] == ["Wetter"]
    assert file["unused"] == {"mood": "sunny"}
    assert set(file["filled"]) == {"summary", "purpose", "kind"}
    assert file["lost"] == {}
    assert ImportedGuide.objects.get(source_id="breakfast").unused == {"mood": "sunny"}
    assert report["summary"]["words_lost"] == 0


def test_a_second_run_changes_nothing(folder):
    run(folder)
    before = revisions(), Page.objects.count()

    report, code = run(folder)

    assert code == 0
    assert set(outcomes(report).values()) == {"unchanged"}
    assert (revisions(), Page.objects.count()) == before


def test_a_moved_file_with_an_id_is_the_same_guide(folder):
    run(folder)
    (folder / "breakfast.md").rename(folder / "deep" / "morning.md")

    report, _code = run(folder)

    assert outcomes(report)["deep/morning.md"] == "unchanged"
    assert PracticeGuide.objects.count() == 2


def test_a_changed_file_is_a_new_revision_with_the_same_anchors(folder):
    run(folder)
    page = PracticeGuide.objects.get(title="Frühstück")
    anchor = page.steps[0].id
    (folder / "breakfast.md").write_text(BREAKFAST.replace("Kaffee kochen", "Tee kochen"), encoding="utf-8")

    report, _code = run(folder)

    assert outcomes(report)["breakfast.md"] == "updated"
    latest = PracticeGuide.objects.get(pk=page.pk).get_latest_revision_as_object()
    assert "Tee kochen" in str(latest.steps[0].value["text"])
    assert latest.steps[0].id == anchor
    assert run(folder)[0]["summary"]["unchanged"] == 2


def test_an_editors_work_is_not_overwritten(folder):
    run(folder)
    page = PracticeGuide.objects.get(title="Frühstück").get_latest_revision_as_object()
    page.summary = "Von Hand geschrieben."
    page.save_revision()
    (folder / "breakfast.md").write_text(BREAKFAST.replace("Kaffee kochen", "Tee kochen"), encoding="utf-8")

    report, code = run(folder)

    assert code == 0
    assert outcomes(report)["breakfast.md"] == "kept"
    assert "changed on the site" in report["files"][0]["message"]
    latest = PracticeGuide.objects.get(pk=page.pk).get_latest_revision_as_object()
    assert latest.summary == "Von Hand geschrieben."
    assert "Kaffee" in str(latest.steps[0].value["text"])


def test_opening_and_saving_without_a_change_is_no_change(folder):
    """The editor's rich text marks its paragraphs with keys of its own."""
    run(folder)
    page = PracticeGuide.objects.get(title="Frühstück").get_latest_revision_as_object()
    page.purpose = page.purpose.replace("<p>", '<p data-block-key="a1b2c">')
    page.save_revision()
    (folder / "breakfast.md").write_text(BREAKFAST.replace("Kaffee kochen", "Tee kochen"), encoding="utf-8")

    assert outcomes(run(folder)[0])["breakfast.md"] == "updated"


def test_publish_publishes_what_is_complete_and_says_what_is_not(folder):
    (folder / "thought.md").write_text(
        "---\ntitle: Gedanke\n---\nNur ein Gedanke ohne Ablauf.", encoding="utf-8"
    )

    report, code = run(folder, "--publish")

    assert code == 0
    assert set(PracticeGuide.objects.live().values_list("title", flat=True)) == {"Frühstück", "Fishbowl"}
    message = next(file["message"] for file in report["files"] if file["path"] == "thought.md")
    assert message.startswith("stays a draft: ")
    assert report["summary"]["published"] == 2
    assert run(folder, "--publish")[0]["summary"]["published"] == 0


def test_drafts_can_be_published_by_a_later_run(folder):
    run(folder)

    assert run(folder, "--publish")[0]["summary"]["published"] == 2


def test_a_dry_run_writes_nothing(folder):
    before = Page.objects.count()

    report, _code = run(folder, "--dry-run")

    assert outcomes(report)["breakfast.md"] == "created"
    assert Page.objects.count() == before
    assert not ImportedGuide.objects.exists()


def test_one_bad_file_does_not_stop_the_others(folder):
    (folder / "a-empty.md").write_text("")
    (folder / "b-french.md").write_text("---\ntitle: Café\nlang: fr\n---\nBonjour.", encoding="utf-8")
    (folder / "c-latin.md").write_bytes("---\ntitle: Größe\n---\nText".encode("latin-1"))
    (folder / "d-yaml.md").write_text("---\ntitle: [\n---\nText")
    (folder / "e-title.md").write_text("Text ohne Titel")
    (folder / "f-twin.md").write_text(BREAKFAST, encoding="utf-8")

    report, code = run(folder)

    refused = {file["path"]: file["message"] for file in report["files"] if file["outcome"] == "refused"}
    assert code == 1
    assert PracticeGuide.objects.count() == 2
    assert set(refused) == {"a-empty.md", "b-french.md", "c-latin.md", "d-yaml.md", "e-title.md", "f-twin.md"}
    assert refused["b-french.md"] == "in language “fr”: Lotse has de, en"
    assert "breakfast.md" in refused["f-twin.md"]


def test_the_same_id_below_another_section_is_another_guide(folder):
    toolbox = ToolboxPage.objects.get(locale__language_code="de")
    toolbox.add_child(
        instance=GuideSectionPage(title="Archiv", slug="archiv", summary="Altes", locale=toolbox.locale)
    )
    run(folder)

    report, _code = run(folder, "--parent", f"/de/{toolbox.slug}/archiv/")

    assert outcomes(report) == {"breakfast.md": "created", "deep/er/fishbowl.md": "refused"}
    assert PracticeGuide.objects.filter(title="Frühstück").count() == 2


def test_the_language_comes_from_the_file_name_or_folder_where_the_text_does_not_say(tmp_path, site):
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "a.md").write_text("# One\n\nText.")
    (tmp_path / "b.en.md").write_text("# Two\n\nText.")
    (tmp_path / "c.md").write_text("# Three\n\nText.")

    assert [file["language"] for file in run(tmp_path)[0]["files"]] == ["en", "de", "en"]
    assert [file["language"] for file in run(tmp_path, "--language", "en", "--dry-run")[0]["files"]] == [
        "en",
        "en",
        "en",
    ]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["nirgendwo"], "There is no folder"),
        (["."], "There is no toolbox or section at /de/nirgendwo/"),
        ([".", "--task-area", "nirgendwo"], "There is no task area “nirgendwo”"),
    ],
)
def test_mistakes_in_the_command_are_told_at_once(folder, options, words):
    options = [options[0].replace(".", str(folder)), *options[1:]]
    if "toolbox or section" in words:
        options += ["--parent", "/de/nirgendwo/"]

    with pytest.raises(CommandError, match=words) as error:
        call_command("import_guides", *options)
    assert error.value.returncode == 2


def test_an_empty_folder_is_a_mistake(tmp_path, site):
    with pytest.raises(CommandError, match="no Markdown file"):
        call_command("import_guides", str(tmp_path), stdout=io.StringIO())


def test_without_a_toolbox_the_message_says_what_to_do(tmp_path, site):
    for toolbox in ToolboxPage.objects.all():
        toolbox.delete()

    with pytest.raises(CommandError, match="There is no toolbox yet"):
        call_command("import_guides", str(tmp_path))
