"""Suggestions while typing: what is offered, in which order, and that nothing hidden shows through."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction, Site

from search.embedding import process
from search.index import services
from search.index.models import Lexeme
from search.reader import ANONYMOUS, Reader
from search.suggesting import suggest as suggesting
from tests.searchable.factories import publish, restrict, translate

pytestmark = pytest.mark.django_db

MEMBER = Reader(authenticated=True)


def offered(typed, reader=ANONYMOUS, language="de"):
    return suggesting(typed, reader=reader, language=language)


def texts(typed, reader=ANONYMOUS, language="de"):
    return [one.text for one in offered(typed, reader, language)]


@pytest.fixture
def pages():
    found = {
        "gewinnung": publish(
            "Mitglieder gewinnen im Erstgespräch",
            "# Ziel {ziel}\nMitgliedergewinnung gelingt im Gespräch. Mitglieder bleiben.\n"
            "# Einwände sammeln {einwaende}\nWer Mitglieder gewinnen will, hört zu.",
        ),
        "geld": publish(
            "Geld für Vorhaben",
            "# Ziel {ziel}\nDer Antrag auf Fördermittel beginnt mit einer Skizze. Fördermittel sind knapp.\n"
            "# Förderstelle anrufen {anruf}\nDie Gewerbesteuer spielt keine Rolle.",
        ),
        "kaffee": publish("Kaffee kochen", "Wasser, Bohnen und ein Filter.", kind="template"),
    }
    services.index_due()
    return found


# --- What is offered ---


def test_words_first_then_pages_then_places_on_pages(pages):
    found = offered("mitgl")
    assert [one.text for one in found[:2]] == ["Mitglieder", "Mitgliedergewinnung"]
    assert all(one.url == "" for one in found[:2])
    page = found[2]
    assert (page.text, page.kind, page.url) == (
        "Mitglieder gewinnen im Erstgespräch",
        "guide",
        pages["gewinnung"].get_url(),
    )


def test_a_heading_leads_to_its_passage(pages):
    place = offered("einwä")[-1]
    assert (place.text, place.page_title) == ("Einwände sammeln", "Mitglieder gewinnen im Erstgespräch")
    assert place.url == pages["gewinnung"].get_url() + "#einwaende"


def test_a_heading_that_stands_everywhere_leads_nowhere(pages):
    assert [one for one in offered("zie") if one.page_title] == []


def test_what_was_typed_is_kept_and_completed(pages):
    first = offered("Wie kann ich Mitglieder gewi")[0]
    assert first.text == "Wie kann ich Mitglieder gewinnen"
    assert [(part.text, part.marked) for part in first.fragments] == [
        ("Wie kann ich Mitglieder ", False),
        ("gewi", True),
        ("nnen", False),
    ]


def test_the_words_before_decide_between_endings(pages):
    assert texts("Mitglieder gew")[0] == "Mitglieder gewinnen"
    assert texts("Fördermittel gew")[0] == "Fördermittel Gewerbesteuer"


@pytest.mark.parametrize("typed", ["förderm", "foerderm", "forderm", "FÖRDERM", "fo\u0308rderm"])
def test_spelling_does_not_matter(pages, typed):
    assert texts(typed) == ["Fördermittel"]


def test_a_part_of_a_compound_finds_the_compound(pages):
    assert "Mitgliedergewinnung" in texts("gewinnung")
    marked = [part.text for part in offered("gewinnung")[0].fragments if part.marked]
    assert marked == ["gewinnung"]


def test_a_part_that_is_none_does_not(pages):
    """ "Skizze" holds "kizze", "Fördermittel" "ermittel": no words."""
    assert texts("kizze") == []
    assert texts("ermittel") == []


def test_every_word_must_stand_in_a_title(pages):
    assert "Mitglieder gewinnen im Erstgespräch" in texts("erstg mitgl")
    assert "Mitglieder gewinnen im Erstgespräch" not in texts("kaffee mitgl")


def test_a_finished_word_offers_pages_only(pages):
    assert texts("Kaffee ") == ["Kaffee kochen"]


def test_a_function_word_that_begins_so_is_no_match(pages):
    """ "im" stands in a title, and so do "für" and "ein" in the texts."""
    assert all("Erstgespräch" not in text for text in texts("im"))
    assert texts("was ist das") == []


def test_a_word_is_offered_once_and_as_it_is_mostly_written(pages):
    publish("Anderes", "GEWINNEN gewinnen gewinnen. Mitglied, Mitglieder, Mitglieder.")
    services.index_due()
    words = [one.text for one in offered("gewin") if not one.url]
    assert words.count("gewinnen") == 1
    assert "GEWINNEN" not in words


def test_not_more_than_eight(pages):
    for number in range(12):
        publish(f"Treffen {number}", f"Treffpunkt{number} Treffsicher{number} vereinbaren.")
    services.index_due()
    assert len(offered("treff")) == 8


def test_one_statement_and_no_embedding(pages, monkeypatch):
    """Beside the one that reads which pages there are, once for each kind of reader (test_search_audience)."""
    monkeypatch.setattr(
        process, "query_vector", lambda *_: pytest.fail("A key press is not worth an embedding")
    )
    Site.get_site_root_paths()  # cached by Wagtail
    with CaptureQueriesContext(connection) as queries:
        assert offered("mitgl")
    assert len([one for one in queries if "execute lotse_" in one["sql"]]) == 2  # search.retrieval.prepared
    assert len([one for one in queries if "SAVEPOINT" not in one["sql"]]) == 2


def test_a_noun_is_completed_although_it_begins_like_a_function_word(pages):
    assert texts("Wie gewinne ich Mit")[0] == "Wie gewinne ich Mitglieder"


# --- Languages ---


def test_the_readers_language_comes_first(pages):
    publish("Membership matters", "Mitgliedschaft in English. Members and memory.", language="en")
    services.index_due()
    assert [one.language for one in offered("mem", language="de")] == ["en"] * len(offered("mem"))
    assert [one.language for one in offered("mitgl")][:2] == ["de", "de"]
    assert offered("mitgl", language="en")[0].language == "en"


def test_a_page_is_offered_in_the_readers_language_only(pages):
    translate(pages["kaffee"], "Kaffee brewing", "Water and beans.")
    services.index_due()
    assert "Kaffee brewing" not in texts("kaff")
    assert "Kaffee brewing" in texts("kaff", language="en")
    assert "Kaffee kochen" not in texts("kaff", language="en")


def test_without_a_visible_translation_the_other_language_is_offered(pages):
    restrict(translate(pages["kaffee"], "Kaffee brewing", "Water."))
    services.index_due()
    assert [(one.text, one.language) for one in offered("kaff", language="en") if one.url] == [
        ("Kaffee kochen", "de")
    ]


# --- Nothing hidden shows through ---


@pytest.mark.parametrize("how", ["login", "groups", "ancestor", "unpublished", "expired"])
def test_a_hidden_page_leaves_no_trace(pages, how):
    questions = ["mitgl", "geh", "zinn", "Mitglieder gew", "gewinnung", "förder", "ziel", "plan", "gewinnst"]
    before = {typed: offered(typed) for typed in questions}
    parent = publish("Bereich", "Nichts von Belang.") if how == "ancestor" else None
    services.index_due()
    before = {typed: offered(typed) for typed in questions}
    hidden = publish(
        "Geheimplan Zinnober Mitglieder",
        "# Zinnoberheading {z}\nGeheimplan. Mitgliederzinnober, Mitgliedern, gewinnst, Zinnobergewinnung.\n"
        "# Einwände sammeln {e}\nGEWINNEN GEWINNEN GEWINNEN Fördermittelgeheimnis. Mitglied Mitglied Mitglied.",
        parent=parent,
    )
    services.index_due()
    assert "Geheimplan" in texts("geh", Reader(authenticated=True, superuser=True))
    if how == "unpublished":
        hidden.unpublish()
    elif how == "expired":
        Page.objects.filter(pk=hidden.pk).update(expire_at=timezone.now())
    elif how == "ancestor":
        restrict(parent)
    else:
        restrict(hidden, how, *([Group.objects.create(name="Andere")] if how == "groups" else []))
    assert Lexeme.objects.filter(word="mitgliederzinnober").exists(), "the vocabulary still knows the word"
    assert {typed: offered(typed) for typed in questions} == before


def test_a_form_of_a_word_that_only_a_hidden_page_uses_is_not_offered(pages):
    """The stem stands on a public page, "Bohnenkaffees" does not."""
    restrict(publish("Intern", "Die Skizzen liegen bereit. Skizzenhaft. Skizzen."))
    services.index_due()
    assert [one.text for one in offered("skizz") if not one.url] == ["Skizze"]
    assert texts("skizzen") == []
    assert "Skizzen" in texts("skizze", MEMBER)


def test_a_compound_is_not_split_by_a_word_of_a_hidden_page():
    """ "gewinnung" is a part of "Zinnobergewinnung" only where "Zinnober" is a word that one may read."""
    publish("Offen", "Die Zinnobergewinnung ruht.")
    secret = publish("Geheim", "Zinnober.")
    services.index_due()
    assert texts("gewinnung") == ["Zinnobergewinnung"]
    restrict(secret)
    assert texts("gewinnung") == []
    assert texts("gewinnung", MEMBER) == ["Zinnobergewinnung"]


def test_a_word_of_a_hidden_page_is_no_last_part_of_a_compound():
    """What is typed begins "Zinnober", which only the hidden page has by itself."""
    publish("Offen", "Das Werk. Ein Werkzinnober.")
    secret = publish("Geheim", "Zinnober.")
    services.index_due()
    assert set(texts("zinno")) == {"Zinnober", "Werkzinnober"}
    restrict(secret)
    assert texts("zinno") == []
    assert set(texts("zinno", MEMBER)) == {"Zinnober", "Werkzinnober"}


def test_groups_decide_at_once(pages):
    inside = Group.objects.create(name="Innen")
    restriction = restrict(pages["kaffee"], PageViewRestriction.GROUPS, inside)
    assert texts("kaff") == []
    assert "Kaffee kochen" in texts("kaff", Reader(True, False, (inside.pk,)))
    assert texts("kaff", Reader(True, False, (inside.pk + 1,))) == []
    restriction.delete()
    assert "Kaffee kochen" in texts("kaff")


# --- Whatever is typed ---


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "a",
        "😀🎉",
        "\x00mit",
        "mit\x00gl",
        "a" * 10_000,
        "wort " * 3_000,
        "'; drop table search_passage; --",
        "<script>alert(1)</script>",
        "%s %(x)s 100 % _ \\",
        "שלום עולם \u202e مرحبا",
        '"mitgl',
        "-mitgl",
        "((((mitgl",
        "[mitgl",
        "mitgl\\",
        "\ud83d",
        "mitgl\ud83d",
        "was ist das",
        "?!…",
        "\u202emitgl",
        "mit\u00adgl",
        "ﬁnanz",
        "Ⅷ ²",
        "ß",
        "İ",
        "x\u0301" * 90,
    ],
)
def test_strange_beginnings_are_calm(pages, typed):
    for language in ("de", "en"):
        found = offered(typed, language=language)
        assert len(found) <= 8
        assert all("\x00" not in one.text for one in found)


def test_a_slow_database_offers_nothing(pages, monkeypatch):
    from search.retrieval.statement import TimedOut

    def slow(*_args, **_arguments):
        raise TimedOut

    monkeypatch.setattr("search.suggesting.offering.run", slow)
    assert offered("mitgl") == ()
