"""The site's own term table: what it learns, what it must never know, and when it is read."""

import json
from datetime import timedelta
from io import StringIO
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from search.bilingual import clauses, current, services, shipped, store, table
from search.bilingual.models import MinedPage, Mining, SiteTerms
from search.bilingual.tasks import mine_terms
from search.conf import using
from search.index import services as index
from search.reader import ANONYMOUS
from search.retrieval import ask
from tests.searchable.factories import home, publish, restrict, translate

pytestmark = pytest.mark.django_db

CONTEXT = [
    ("Der Verein braucht {}.", "The association needs {}."),
    ("Für den Antrag hilft {} sehr.", "For the application {} helps a lot."),
    ("Im Hafen liegt {} bereit.", "In the port {} lies ready."),
]
"""around words that no other table knows"""


@pytest.fixture(autouse=True)
def no_copy():
    """As in a process that has just started, and leaving none to the next test."""
    yield
    current._copy = current._Copy()
    current.look_again()


def text(language, word):
    return "\n".join(context[language == "en"].format(word) for context in CONTEXT)


def pair(german, english, *, parent=None, parent_en=None):
    """A page about an invented thing, and its translation."""
    note = publish(f"Über {german}", text("de", german), parent=parent)
    if parent_en is None:
        twin = translate(note, f"On {english}", text("en", english))
    else:
        twin = publish(
            f"On {english}", text("en", english), parent=parent_en, translation_key=note.translation_key
        )
    return note, twin


def indexed():
    index.index_due()


def known():
    """Every stem of the site's table, of both languages."""
    content = b"\n".join(bytes(terms.content) for terms in SiteTerms.objects.all()).decode()
    return {cell.split(" ")[0] for line in content.splitlines() for cell in line.split("\t")}


def test_a_word_of_the_site_is_translated_both_ways():
    pair("Zwurbel", "gribblet")
    indexed()
    report = services.mine()
    assert (report.pages, report.passages, report.passages_left) == (1, 1, 0)
    assert report.pairs == 1 + len(CONTEXT)
    assert report.de_new >= 1 and report.en_new >= 1
    assert not shipped().row("zwurbel", "de", "en")
    assert table().row("zwurbel", "de", "en")[0][0] == "gribblet"
    assert table().row("gribblet", "en", "de")[0][0] == "zwurbel"
    (clause,) = clauses("zwurbel", "de", "en", word="zwurbel", table=table())
    assert clause.alternatives[0][0] == "gribblet"
    assert table().row("verein", "de", "en"), "the shipped rows are still there"


def test_a_question_finds_what_only_the_site_could_translate():
    pair("Zwurbel", "gribblet")
    alone = publish("Storing things", "A gribblet is best kept dry and out of the sun.", language="en")
    indexed()

    def found():
        with using(dense_weight=0.0, dense_weight_foreign=0.0):
            answer = ask("Zwurbel lagern", reader=ANONYMOUS, language="de")
        return {hit.page_id for hit in answer.hits}

    assert alone.pk not in found()
    services.mine()
    assert alone.pk in found()


def test_before_any_mining_the_shipped_table_serves_alone():
    assert table() is shipped()


def test_a_site_without_translations_has_no_rows():
    publish("Nur deutsch", text("de", "Zwurbel"))
    indexed()
    report = services.mine()
    assert (report.pages, report.de_rows, report.en_rows) == (0, 0, 0)
    assert table().row("zwurbel", "de", "en") == ()


def test_mining_the_same_again_changes_nothing():
    pair("Zwurbel", "gribblet")
    indexed()
    services.mine()
    before = (Mining.objects.get().version, known())
    services.mine()
    assert (Mining.objects.get().version, known()) == before


# --- What visitors may not see ------------------------------------------------------------------


def privately(page):
    restrict(page)


def for_a_group(page):
    restrict(page, PageViewRestriction.GROUPS, Group.objects.create(name="Clique"))


def expire(page):
    Page.objects.filter(pk=page.pk).update(expire_at=timezone.now() - timedelta(minutes=1))


def take_down(page):
    page.unpublish()


def take_down_silently(page):
    Page.objects.filter(pk=page.pk).update(live=False)


def delete(page):
    page.delete()


def move_away(page):
    private = publish("Intern", "x", parent=home(page.locale.language_code))
    restrict(private)
    page.refresh_from_db()
    page.move(Page.objects.get(pk=private.pk), pos="last-child")


HIDING = [privately, for_a_group, expire, take_down, take_down_silently, delete, move_away]


@pytest.mark.parametrize("hide", HIDING)
@pytest.mark.parametrize("which", [0, 1], ids=["german", "english"])
def test_a_word_of_a_hidden_page_is_never_learned(hide, which):
    hide(pair("Zwurbel", "gribblet")[which])
    pair("Quassen", "flobber")
    indexed()
    services.mine()
    assert "quass" in known() and "flobber" in known()
    assert not known() & {"zwurbel", "gribblet"}


def test_a_word_below_a_private_page_is_never_learned():
    private = publish("Intern", "x")
    restrict(private)
    note, _ = pair("Zwurbel", "gribblet", parent=private)
    pair("Quassen", "flobber")
    indexed()
    services.mine()
    assert "quass" in known() and not known() & {"zwurbel", "gribblet"}
    assert not MinedPage.objects.filter(page_id=note.pk).exists()


@pytest.mark.parametrize("hide", HIDING)
@pytest.mark.parametrize("which", [0, 1], ids=["german", "english"])
def test_hiding_a_page_makes_the_table_forget(hide, which):
    hidden = pair("Zwurbel", "gribblet")[which]
    pair("Quassen", "flobber")
    indexed()
    services.mine()
    assert table().row("zwurbel", "de", "en")
    hide(hidden)
    if hide in (expire, take_down_silently):
        assert known(), "nobody was told"
        services.mine_if_due()
    assert "zwurbel" not in known()
    assert table().row("zwurbel", "de", "en") == ()
    services.mine()
    assert "flobber" in known() and not known() & {"zwurbel", "gribblet"}


def test_hiding_the_section_above_makes_the_table_forget():
    section, section_en = publish("Bereich", "x"), publish("Section", "x", language="en")
    pair("Zwurbel", "gribblet", parent=section, parent_en=section_en)
    indexed()
    services.mine()
    assert "zwurbel" in known()
    restrict(section_en)
    assert not known()


def test_hiding_what_was_not_mined_changes_nothing():
    pair("Zwurbel", "gribblet")
    alone = publish("Allein", "Nur auf Deutsch.")
    indexed()
    services.mine()
    version = Mining.objects.get().version
    restrict(alone)
    alone.delete()
    assert Mining.objects.get().version == version and "zwurbel" in known()


def test_a_move_to_a_public_place_changes_nothing():
    note, _ = pair("Zwurbel", "gribblet")
    section = publish("Bereich", "x")
    indexed()
    services.mine()
    note.move(Page.objects.get(pk=section.pk), pos="last-child")
    assert "zwurbel" in known()


def test_a_page_hidden_while_it_is_mined_is_not_learned(monkeypatch):
    note, _ = pair("Zwurbel", "gribblet")
    pair("Quassen", "flobber")
    indexed()
    really = services.mine_site

    def hide_meanwhile(pairs, keeper):
        if not PageViewRestriction.objects.exists():
            restrict(note)
        return really(pairs, keeper)

    monkeypatch.setattr(services, "mine_site", hide_meanwhile)
    # The restriction is made inside the transaction that is given up, as if its own came later.
    with pytest.raises(store.Superseded):
        services.mine()
    assert not SiteTerms.objects.exists() and not MinedPage.objects.exists()
    restrict(note)
    services.mine()
    assert "quass" in known() and not known() & {"zwurbel", "gribblet"}


def test_a_page_that_is_public_again_is_learned_again():
    note, _ = pair("Zwurbel", "gribblet")
    indexed()
    services.mine()
    restriction = restrict(note)
    assert not known()
    restriction.delete()
    services.mine()
    assert "zwurbel" in known()


# --- When it is mined -----------------------------------------------------------------------------


@pytest.fixture
def at_once(monkeypatch):
    monkeypatch.setattr(services, "QUIET_SECONDS", 0)
    monkeypatch.setattr(services, "PAUSE_SECONDS", 0)
    monkeypatch.setattr(services, "PAUSE_SHARE", 0)


def test_the_task_mines_what_changed_and_only_then(at_once):
    note, _ = pair("Zwurbel", "gribblet")
    indexed()
    mine_terms()
    assert "zwurbel" in known()
    assert services.mine_if_due() is None
    note.text = text("de", "Quassen")
    note.save_revision().publish()
    assert services.mine_if_due() is None, "the index does not know yet"
    indexed()
    assert services.mine_if_due() is not None
    assert "quass" in known() and "zwurbel" not in known()


def test_what_has_just_been_written_waits():
    pair("Zwurbel", "gribblet")
    indexed()
    assert services.mine_if_due() is None


def test_only_one_at_a_time(at_once):
    pair("Zwurbel", "gribblet")
    indexed()
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("select pg_advisory_lock(%s)", (store._LOCK,))
        assert services.mine_if_due() is None
    finally:
        other.close()
    assert services.mine_if_due() is not None


def test_more_pages_than_can_be_mined_leave_out_the_oldest(monkeypatch):
    pair("Zwurbel", "gribblet")
    indexed()
    monkeypatch.setattr(services, "BUDGET", 20_000)
    for number in range(8):
        pair(f"Quassen{'abcdefgh'[number]}", f"flobber{'abcdefgh'[number]}")
    indexed()
    report = services.mine()
    assert 0 < report.pages < 9 and report.pages + report.pages_left == 9
    assert "zwurbel" not in known()


def test_every_scheduled_task_exists():
    from config.celery import app

    app.loader.import_default_modules()
    assert "search.mine_terms" in {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert "search.mine_terms" in app.tasks


# --- How it is read -------------------------------------------------------------------------------


@pytest.fixture
def outside(monkeypatch):
    """As in a request: no transaction around it."""
    seen = SimpleNamespace(in_atomic_block=False, cursor=connection.cursor)
    monkeypatch.setattr(current, "connection", seen)
    return seen


def test_questions_ask_the_database_only_now_and_then(outside, monkeypatch):
    pair("Zwurbel", "gribblet")
    indexed()
    services.mine()
    current.look_again()
    with CaptureQueriesContext(connection) as asked:
        for _ in range(100):
            assert table().row("zwurbel", "de", "en")
    assert len(asked) == 1
    now = current.time.monotonic()
    later = SimpleNamespace(monotonic=lambda: now + current.REFRESH_SECONDS)
    monkeypatch.setattr(current, "time", later)
    with CaptureQueriesContext(connection) as asked:
        before = table()
        assert table() is before
    assert len(asked) == 1 and "bilingual_mining" in asked[0]["sql"]


def test_another_table_is_seen_after_the_interval(outside):
    assert table() is shipped()
    pair("Zwurbel", "gribblet")
    indexed()
    services.mine()
    assert table() is shipped()
    current._asked_at -= current.REFRESH_SECONDS
    assert table().row("zwurbel", "de", "en")


def test_this_process_sees_another_table_as_soon_as_it_is_committed(
    outside, django_capture_on_commit_callbacks
):
    pair("Zwurbel", "gribblet")
    indexed()
    assert table() is shipped()
    with django_capture_on_commit_callbacks(execute=True):
        services.mine()
    assert table().row("zwurbel", "de", "en")


def test_without_the_database_the_last_table_serves(outside, caplog):
    pair("Zwurbel", "gribblet")
    indexed()
    services.mine()
    assert table().row("zwurbel", "de", "en")

    def broken():
        raise DatabaseError("no such table")

    outside.cursor = broken
    current.look_again()
    assert table().row("zwurbel", "de", "en")
    assert "the last known one serves" in caplog.text


def test_a_broken_row_is_said_and_left_out(caplog):
    pair("Zwurbel", "gribblet")
    indexed()
    services.mine()
    terms = SiteTerms.objects.get(source="de")
    terms.content = b"verein\tx\nzwurbel\t\xff\n"
    terms.save()
    assert table().row("zwurbel", "de", "en") == ()
    assert table().row("verein", "de", "en") == shipped().row("verein", "de", "en")
    assert caplog.text.count("broken row") == 1


# --- The command ----------------------------------------------------------------------------------


def said(*words):
    out = StringIO()
    call_command("terms_mine", *words, stdout=out)
    return out.getvalue()


def test_the_command_gives_figures():
    assert "0 in German and English" in said() and "serves alone" in said()
    pair("Zwurbel", "gribblet")
    indexed()
    assert "1 in German and English that every visitor may see" in said()
    report = json.loads(said("--json"))
    assert (report["pages"], report["pairs"]) == (1, 4) and report["size"] > 0


def test_the_command_says_when_it_could_not_finish(monkeypatch):
    def superseded(*args, **kwargs):
        raise store.Superseded

    monkeypatch.setattr(services, "_mine", superseded)
    with pytest.raises(CommandError, match="try once more"):
        said()
