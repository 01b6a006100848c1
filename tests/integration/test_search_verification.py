"""The verification finds and mends what no mark says, each kind of damage once."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from search.index import services, verification
from search.index.models import IndexedPage, Lexeme, Passage, PassageVector
from search.related import compute
from search.related.models import Relation
from tests.searchable.factories import publish
from tests.searchable.models import Note

pytestmark = pytest.mark.django_db

TEXT = "# Ziel {ziel}\nNeue Mitglieder gewinnt man im Gespräch.\n# Ablauf {ablauf}\nZuerst rufen Sie an, dann laden Sie ein."


@pytest.fixture
def pages(settings):
    # Three pages are too few to stand out.
    settings.SEARCH = {"related_nearest": -9.0, "related_threshold": -9.0}
    found = [publish(f"Mitglieder gewinnen {number}", TEXT) for number in range(3)]
    index()
    assert differences() == []
    return found


def index():
    services.index_due()
    compute.relate_pending()


def differences():
    return list(verification.differences(vectors=True))


def sql(statement, *params):
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


@pytest.fixture
def without_foreign_keys():
    """As in a restored dump, or when triggers are switched off."""
    sql("set session_replication_role = replica")
    yield
    sql("set session_replication_role = origin")


DAMAGE = {
    "title": "update search_indexedpage set title = 'Alt' where page_id = %s",
    "filter values": "update search_indexedpage set facets = '{a:b}' where page_id = %s",
    "length": "update search_indexedpage set length = 99 where page_id = %s",
    "lengths": "update search_indexedpage set lengths = '{1}' where page_id = %s",
    "number of passages": "update search_indexedpage set passage_count = 99 where page_id = %s",
    "passage text": "update search_passage set text = 'Alt' where page_id = %s and ordinal = 0",
    "passage headings": "update search_passage set heading_path = '{Alt}' where page_id = %s and ordinal = 0",
    "passage order": "update search_passage set ordinal = 1 - ordinal where page_id = %s",
    "passages lost": "delete from search_passage where page_id = %s",
    "words lost": "delete from search_posting where page_id = %s and term like '%%mitgli%%'",
    "words counted wrong": "update search_posting set body = body + 1 where page_id = %s",
    "words twice": "insert into search_posting (page_id, term, title, keywords, headings, body, places) "
    "select page_id, term, title, keywords, headings, body, places from search_posting where page_id = %s",
    "vectors lost": "delete from search_passagevector where page_id = %s",
    "vectors of another text": "update search_passagevector v set embedding = (select embedding from "
    "search_passagevector o where o.passage_id <> v.passage_id limit 1) where page_id = %s",
    "vectors of another size": "update search_passagevector set embedding = '[1,0]' where page_id = %s",
    "vocabulary lost": "delete from search_lexeme where %s > 0 and word = 'mitglieder'",
    "vocabulary wrong": "update search_lexeme set stem = 'x' where %s > 0 and word = 'mitglieder'",
    "row lost": "delete from search_indexedpage where page_id = %s",
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_found_and_mended(pages, damage):
    sql(DAMAGE[damage], pages[1].pk)
    found = differences()
    assert pages[1].pk in {one.page_id for one in found}
    verification.mend(found)
    index()
    assert differences() == []


def test_lost_relations_are_found_and_computed_again():
    for number, text in enumerate(
        (
            "Der Antrag auf Fördermittel braucht eine Skizze, ein Budget und eine Frist.",
            "Fristen der Fördermittel im Blick: Antrag und Skizze rechtzeitig, dazu ein Budget.",
            "Wasser kochen, Bohnen mahlen, Filter einlegen. Kaffee langsam aufgießen und heiß servieren.",
            "Das Barcamp beginnt mit einer Vorstellungsrunde und endet mit einer Auswertung der Sitzungen.",
            "Im Technologieradar ordnen Fachleute neue Verfahren nach Reife und Wirkung in Ringe.",
            "Die Delegationsreise führt vier Tage lang zu Häfen, Werften und Hochschulen am Mittelmeer.",
        )
    ):
        publish(f"Seite {number}", text)
    index()
    (page, *_) = Relation.objects.order_by("page_id").values_list("page_id", flat=True)
    Relation.objects.filter(page_id=page).delete()
    found = differences()
    assert [(one.page_id, one.part) for one in found] == [(page, "relations")]
    verification.mend(found)
    index()
    assert differences() == []


ORPHANS = {
    "search_passage": "insert into search_passage (ordinal, anchor, heading_path, text, text_hash, length, page_id) "
    "values (0, '', '{}', 'x', 'x', 1, 999999)",
    "search_posting": "insert into search_posting (page_id, term, title, keywords, headings, body, places) "
    "values (999999, 'de:x', 0, 0, 0, 1, '{}')",
    "search_relation": "insert into search_relation (page_id, other_id, score, shared) "
    "select page_id, 999999, 0.9, '{}' from search_indexedpage limit 1",
    "search_passagevector": "insert into search_passagevector (passage_id, page_id, model_id, embedding) "
    "select 999999, page_id, model_id, embedding from search_passagevector limit 1",
    "search_indexedpage": "insert into search_indexedpage (page_id, pipeline) values (999999, 'x')",
}


@pytest.mark.parametrize("table", ORPHANS)
def test_rows_without_a_parent_are_found_and_removed(pages, without_foreign_keys, table):
    sql(ORPHANS[table])
    found = verification.orphans()
    assert [(one.kind, one.part) for one in found] == [("orphaned", table)]
    assert verification.mend(found) == {"orphaned": 1}
    assert verification.orphans() == []
    index()
    assert differences() == []


def test_page_that_should_not_be_there_is_surplus(pages):
    Note.objects.filter(pk=pages[0].pk).update(live=False)
    found = differences()
    assert [(one.kind, one.page_id) for one in found] == [("surplus", pages[0].pk)]
    verification.mend(found)
    index()
    assert differences() == []


def test_change_behind_djangos_back_is_stale(pages):
    Note.objects.filter(pk=pages[0].pk).update(
        text="# Neu {neu}\nGanz anders als zuvor, und ohne jedes Signal."
    )
    found = differences()
    assert {(one.kind, one.page_id) for one in found} == {("stale", pages[0].pk)}
    verification.mend(found)
    index()
    assert differences() == []
    assert Passage.objects.get(page_id=pages[0].pk).anchor == "neu"


# --- By itself ------------------------------------------------------------------------------------


def age(days):
    sql("update search_indexedpage set indexed_at = now() - make_interval(days => %s)", days)


def test_the_sweep_finds_damage_within_a_day(pages):
    from search import tasks

    age(2)
    Passage.objects.filter(page_id=pages[2].pk, ordinal=0).update(text="Alt")
    tasks.sweep()
    tasks.sweep()
    assert differences() == []
    assert not IndexedPage.objects.filter(verified_at=None).exists()


def test_what_was_written_or_looked_at_today_is_left_alone(pages, monkeypatch):
    looked = []
    monkeypatch.setattr(verification, "of_page", lambda page_id, **options: looked.append(page_id) or [])
    verification.verify_some()
    assert looked == []
    age(2)
    verification.verify_some()
    assert sorted(looked) == sorted(page.pk for page in pages)
    verification.verify_some()
    assert len(looked) == len(pages)


def test_it_ends_in_time_and_goes_on_with_the_longest_unverified(pages, monkeypatch):
    age(2)
    sql(
        "update search_indexedpage set verified_at = now() - interval '3 days' where page_id = %s",
        pages[0].pk,
    )
    sql(
        "update search_indexedpage set indexed_at = now() - interval '9 days' where page_id = %s", pages[1].pk
    )
    assert verification.verify_some(seconds=0) == []
    assert verification._longest_unverified()[0] == pages[1].pk


def test_without_the_model_nothing_counts_as_verified(pages, monkeypatch):
    from search.embedding import EmbedderUnavailable, index_embedder

    age(2)

    def broken(texts):
        raise EmbedderUnavailable("no model here")

    monkeypatch.setattr(index_embedder(), "embed_passages", broken)
    verification.verify_some()
    assert IndexedPage.objects.filter(verified_at=None).count() == len(pages)


# --- The command ----------------------------------------------------------------------------------


def verify(*words):
    out = StringIO()
    try:
        call_command("index_verify", *words, stdout=out)
    except CommandError as error:
        return out.getvalue(), str(error)
    return out.getvalue(), ""


def test_command_reports_kinds_for_machines(pages):
    PassageVector.objects.filter(page_id=pages[0].pk).update(embedding=PassageVector.objects.last().embedding)
    Note.objects.filter(pk=pages[1].pk).update(live=False)
    said, error = verify("--json", "--vectors", "--mend")
    found = json.loads(said)
    assert found["kinds"] == {"missing": 0, "stale": 1, "surplus": 1, "orphaned": 0}
    assert found["mended"] == {"stale": 1, "surplus": 1}
    assert found["pages"] == 2
    assert {one["page"] for one in found["differences"]} == {pages[0].pk, pages[1].pk}
    assert error == "2 differences. All mended."


def test_command_shows_progress_to_people(pages):
    said, error = verify()
    assert "3 of 3 pages" in said
    assert "exactly" in said
    assert error == ""


def test_rebuild_that_was_interrupted_goes_on(pages, monkeypatch):
    services.rebuild()
    services.index_due(seconds=0)
    (first, *_) = services.claims.claim(limit=1)
    services._index([first])
    begun = []
    monkeypatch.setattr(services, "rebuild", lambda: begun.append(1))
    out = StringIO()
    call_command("index_rebuild", "--resume", "--json", stdout=out)
    assert json.loads(out.getvalue())["written"] == 2
    assert begun == []


def test_status_says_how_long_it_takes(pages):
    out = StringIO()
    services.mark_changed([pages[0].pk])
    call_command("index_status", "--json", stdout=out)
    said = json.loads(out.getvalue())
    assert said["pages_per_minute"] == 3
    assert said["seconds_left"] == 20
    assert not Lexeme.objects.filter(word="").exists()
