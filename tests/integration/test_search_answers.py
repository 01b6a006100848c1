"""A question's answer: what is found, what is shown, and what nobody may notice."""

import json
import uuid

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser, Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from search.conf import using
from search.embedding import EmbedderUnavailable, query_embedder, reset
from search.index import services
from search.reader import ANONYMOUS, Reader
from search.retrieval import ask, asking, prepared, statement
from tests.searchable.factories import home, publish, restrict, translate
from tests.searchable.models import Note

pytestmark = pytest.mark.django_db

LOGIN = Reader(authenticated=True)


@pytest.fixture(autouse=True)
def fresh_model():
    reset()


def answer(question, reader=ANONYMOUS, language="de", **options):
    return ask(question, reader=reader, language=language, **options)


def titles(question, reader=ANONYMOUS, **options):
    return [hit.title for hit in answer(question, reader, **options).hits]


@pytest.fixture
def pages():
    found = {
        "gewinnung": publish(
            "Neue Betriebe überzeugen",
            "# Ziel {ziel}\nMitgliedergewinnung gelingt im persönlichen Gespräch.\n"
            "# Ablauf {ablauf}\nRufen Sie an. Das Erstgespräch dauert 45 Minuten. Danach schicken Sie Unterlagen.",
            task_area="gewinnung",
            keywords="Akquise",
        ),
        "geld": publish(
            "Geld für Vorhaben",
            "# Skizze {skizze}\nDer Antrag auf Fördermittel beginnt mit einer Skizze von zwei Seiten.",
            task_area="geld",
        ),
        "kaffee": publish(
            "Kaffee kochen", "Wasser, Bohnen und ein Filter. Mehr braucht es nicht.", kind="template"
        ),
    }
    services.index_due()
    return found


# --- Words ---


def test_words_of_a_question_find_the_compound(pages):
    found = answer("Wie kann ich Mitglieder gewinnen?")
    assert found.hits[0].title == "Neue Betriebe überzeugen"
    assert found.hits[0].passage.anchor == "ziel"
    assert found.hits[0].matched == ()
    assert found.hits[0].matched_as == (
        ("Mitglieder", "Mitgliedergewinnung"),
        ("gewinnen", "Mitgliedergewinnung"),
    )
    assert [part.text for part in found.hits[0].passage.fragments if part.marked] == ["Mitgliedergewinnung"]


def test_compound_of_a_question_finds_its_parts(pages):
    hit = answer("Fördermittelantrag").hits[0]
    assert hit.title == "Geld für Vorhaben"
    assert [part.text for part in hit.passage.fragments if part.marked] == ["Antrag", "Fördermittel"]


def test_a_slip_is_forgiven_and_said(pages):
    found = answer("Mitgleidergewinnung")
    assert found.hits[0].title == "Neue Betriebe überzeugen"
    assert [(one.typed, one.meant) for one in found.corrections] == [
        ("Mitgleidergewinnung", "Mitgliedergewinnung")
    ]
    assert found.suggestion == "Mitgliedergewinnung"
    assert found.hits[0].matched_as == (("Mitgleidergewinnung", "Mitgliedergewinnung"),)


def test_a_slip_inside_a_compound_is_forgiven(pages):
    publish("Zwei Tage programmieren", "Beim Hackathon steht der Zeitplan fest.")
    publish("Termine", "Der Zeitplan für das Jahr.")
    services.index_due()
    found = answer("Hakathonzeitplan")
    assert found.suggestion == "Hackathonzeitplan"
    hit = next(hit for hit in found.hits if hit.title == "Zwei Tage programmieren")
    assert ("Hakathonzeitplan", "Hackathon") in hit.matched_as
    assert answer("Hackathonzeitplan").corrections == ()
    assert answer("Gesprächszeitplan").corrections == ()


def test_a_reason_names_the_word_as_the_page_writes_it(pages):
    publish("Wer zahlt", "Die Fördertöpfe des Landes sind klein. Ein Fördertopf reicht selten.")
    publish("Geschirr", "Ein Topf.")
    services.index_due()
    hit = next(hit for hit in answer("Welche Töpfe gibt es?").hits if hit.title == "Wer zahlt")
    assert ("Töpfe", "Fördertöpfe") in hit.matched_as


def test_a_short_word_and_a_known_one_are_no_slips(pages):
    assert answer("Gled").corrections == ()  # "Geld" has four letters
    assert answer("Antrag").corrections == ()
    # A word of the language, though of no page here: not "Bohnen".
    assert answer("Wohnen").corrections == ()


def test_a_word_of_hidden_pages_corrects_nothing(pages):
    publish("Geheimnis", "Die Standortverlagerung kommt.")
    services.index_due()
    assert answer("Standortverlagreung").corrections
    restrict(Page.objects.get(title="Geheimnis"), "login")
    assert answer("Standortverlagreung").corrections == ()
    assert answer("Standortverlagreung", LOGIN).corrections


def test_a_correction_is_spelled_as_the_reader_may_see_it(pages):
    publish("Netze", "Das Netzwerk wächst.")
    for number in range(2):
        restrict(publish(f"Geheim {number}", "Das NETZWERK wächst."))
    services.index_due()
    assert answer("Netziwerk").corrections[0].meant == "Netzwerk"
    assert answer("Netziwerk", LOGIN).corrections[0].meant == "NETZWERK", "as most pages write it"


def test_a_hidden_form_of_a_visible_stem_corrects_nothing(pages):
    publish("Satzung", "Die Beiträge beschließt die Versammlung.")
    restrict(publish("Geheimnis", "Der Beitrag steigt."))
    services.index_due()
    assert answer("Beitrga").corrections == ()
    assert answer("Beitrga", LOGIN).corrections[0].meant == "Beitrag"


def test_hidden_words_take_no_place_among_those_that_are_tried(pages):
    publish("Rundfahrt", "Die Hafenrundfahrt dauert zwei Stunden.")
    # Shorter, so tried first; its other part is a word that everybody may see.
    publish("Feste", "Das Fest dauert zwei Tage.")
    restrict(publish("Geheimnis", "Das Hafenfest fällt aus."))
    services.index_due()
    with using(compound_words=1, gram_words=1):
        assert "Rundfahrt" in titles("Hafen")
        assert "Geheimnis" in titles("Hafen", LOGIN)


def test_a_hidden_form_makes_a_visible_word_no_more_similar(pages):
    publish("Menü", "Zum Frühstück gibt es Brot.")
    publish("Runde", "Die Frühstücksrunde trifft sich.")
    services.index_due()
    before = answer("Frühstückstisch")
    assert {"Menü", "Runde"} <= {hit.title for hit in before.hits}
    restrict(publish("Geheimnis", "Die Kosten des Frühstücks steigen."))
    services.index_due()
    assert answer("Frühstückstisch").hits == before.hits


def test_a_reason_is_spelled_as_on_the_page_that_was_found(pages):
    publish("Networking at lunch", "Bring people together. Workshops help.", language="en")
    restrict(publish("Secret", "A workshop and another workshop.", language="en"))
    services.index_due()
    hit = next(hit for hit in answer("Workshop").hits if hit.language == "en")
    assert hit.matched == (), "the word itself is only on a hidden page"
    assert hit.matched_as == (("Workshop", "Workshops"),)


def test_a_german_question_finds_an_english_page_by_its_words(pages):
    translate_only = publish(
        "Applying for funding", "Write the application for a grant on two pages.", language="en"
    )
    services.index_due()
    hit = next(hit for hit in answer("Fördermittel beantragen").hits if hit.page_id == translate_only.pk)
    assert hit.language == hit.found_language == "en"
    assert hit.matched == ()
    assert {asked for asked, _ in hit.matched_as} == {"Fördermittel", "beantragen"}


@pytest.fixture
def frequent(pages, monkeypatch):
    """A word that many pages have, one that two have, and one page with a phrase of the frequent word; words alone."""
    monkeypatch.setattr(asking, "query_vector", lambda text, embedder: None)
    for number in range(8):
        publish(f"Werkstatt {number}", "Die Werkstatt lädt ein.")
    publish("Kran", "In der Werkstatt steht ein Kran.")
    publish("Kai", "Am Kai steht ein Kran.")
    publish("Fest", "Die große Werkstatt feiert.")
    services.index_due()


def test_a_frequent_word_is_not_read_where_others_say_enough(frequent):
    with using(postings=1, result_floor=0.0):
        found = answer("Kran Werkstatt")
        assert {hit.title for hit in found.hits} == {"Kran", "Kai"}
        assert next(hit for hit in found.hits if hit.title == "Kran").matched == ("Kran", "Werkstatt")
        # It is known all the same, and found where there is nothing else to go by.
        assert found.evidence["known"] == 1
        assert answer("Werkstatt").total >= 8
    with using(result_floor=0.0):
        assert answer("Kran Werkstatt").total > 8


def test_a_frequent_word_weighs_the_same_read_or_not(frequent):
    def known(postings):
        with using(postings=postings):
            return answer("Kran Werkstatt Quarzuhrwerk").evidence["known"]

    assert known(1) == pytest.approx(known(5_000))
    assert 0 < known(1) < 1


def test_a_word_on_very_many_pages_is_read_in_titles_and_headings_alone(frequent):
    with using(common_pages=3, result_floor=0.0):
        found = answer("Werkstatt")
        assert {hit.title for hit in found.hits} == {f"Werkstatt {number}" for number in range(8)}
        assert found.evidence["known"] == 1
        assert {hit.title for hit in answer("Kran").hits} == {"Kran", "Kai"}, "two pages are not many"
        assert titles('"große Werkstatt"') == ["Fest"]
    with using(common_pages=1_000, result_floor=0.0):
        assert {"Kran", "Fest"} <= {hit.title for hit in answer("Werkstatt", limit=20).hits}


def test_translations_have_a_limit_of_their_own(frequent):
    publish("Crane", "A crane stands on the quay.", language="en")
    services.index_due()
    with using(postings=1, result_floor=0.0):
        assert {"Kran", "Crane"} <= {hit.title for hit in answer("Kran").hits}


def test_who_sees_few_pages_has_the_same_answer(frequent):
    publish("Kranführer", "Ein Kranführer steigt auf den Hafenkran.")
    services.index_due()
    for question in ("Kran Werkstatt", "Hafenkräne", "Kranfürer", "Kran am Hafen"):
        with using(few_pages=0):
            searched = answer(question)
        with using(few_pages=1_000):
            assert answer(question) == searched
        assert searched.hits


def test_a_phrase_of_frequent_words_is_found_whatever_is_read(frequent):
    with using(postings=1):
        assert titles('Kran "große Werkstatt"') == ["Fest"]
        assert "Kran" not in titles("Werkstatt -Kran")


@pytest.mark.parametrize("fusion", ["convex", "rrf"])
@pytest.mark.parametrize("figures", [{"gram_weight": 1.0}, {"gram_weight": 0.0}, {"bridge": 0.0}, {}])
def test_every_leg_answers_alone(pages, fusion, figures):
    with using(fusion=fusion, **figures):
        assert answer("Antrag auf Fördermittel").hits[0].title == "Geld für Vorhaben"


def test_compound_needs_both_parts(pages):
    assert titles("Kaffeeantrag", filters={"kind": "guide"}) == []


@pytest.mark.parametrize("spelling", ["Foerdermittel", "FORDERMITTEL", "För\u00addermittel"])
def test_spelling_does_not_matter(pages, spelling):
    assert titles(spelling)[0] == "Geld für Vorhaben"


def test_keywords_and_title_are_searched(pages):
    assert titles("Akquise")[0] == "Neue Betriebe überzeugen"
    hit = answer("Kaffee").hits[0]
    assert [(part.text, part.marked) for part in hit.title_fragments] == [
        ("Kaffee", True),
        (" kochen", False),
    ]


def test_phrase_must_occur_and_excluded_word_must_not(pages):
    assert titles('"Skizze von zwei Seiten"') == ["Geld für Vorhaben"]
    other_order = answer('"Seiten von zwei Skizze"')
    assert other_order.without_quotes
    assert other_order.hits[0].title == "Geld für Vorhaben"
    assert titles('"Seiten von zwei Skizze"', filters={"kind": "guide"}) == []
    assert "Geld für Vorhaben" in titles("Fördermittel Gespräch")
    assert "Geld für Vorhaben" not in titles("Gespräch Fördermittel -Antrag")


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ('"in der Werkstatt"', "Kran"),
        ('Werkstatt "Werkstatt steht"', "Kran"),
        ('"In der Werkstatt" "ein Kran"', "Kran"),
        ('"letter of intent"', "Absicht"),
        ("Vereinbarung „letter of intent“", "Absicht"),
    ],
)
def test_a_phrase_with_words_that_one_language_leaves_out_or_that_are_asked_twice(frequent, question, title):
    publish("Absicht", "Ein Letter of Intent bindet niemanden.")
    services.index_due()
    found = answer(question)
    assert not found.without_quotes
    assert [hit.title for hit in found.hits] == [title]


def test_of_two_pages_with_the_same_passage_the_one_that_is_about_it_comes_first():
    passage = "# Fracht {fracht}\nDer Kran hebt Fracht im Hafen."
    other = publish("Notiz", f"Bohnen mahlen, Filter falten, Wasser kochen.\n{passage}")
    about = publish("Notiz", f"Im Hafen arbeitet ein Kran an der Fracht.\n{passage}")
    services.index_due()
    meaning_alone = {"dense_weight": 1.0, "dense_weight_foreign": 1.0, "result_floor": 0.0}
    with using(**meaning_alone, first_meaning=0.0):
        nearest = answer("Der Kran hebt Fracht im Hafen").hits
    with using(**meaning_alone, first_meaning=0.3):
        hits = answer("Der Kran hebt Fracht im Hafen").hits
    assert [(hit.page_id, hit.score) for hit in nearest] == [(other.pk, 0.0), (about.pk, 0.0)]
    assert [(hit.page_id, hit.score) for hit in hits] == [(about.pk, 1.0), (other.pk, 0.0)]


def test_title_counts_more_than_text(pages):
    publish("Filter", "Etwas anderes mit einem langen Text über dies und das.")
    services.index_due()
    assert titles("Filter")[0] == "Filter"


@pytest.mark.parametrize(
    "question",
    [
        "",
        "😀🎉",
        "\x00",
        "a" * 10_000,
        "wort " * 3_000,
        "'; drop table search_passage; --",
        "<script>alert(1)</script>",
        "%s %(x)s 100 % _ \\",
        "שלום עולם \u202e مرحبا",
        '"',
        '""" -',
        "{}[]()*&|!:",
        "\ud83d",
        "-Antrag",
    ],
)
def test_strange_question_gets_a_calm_answer(pages, question):
    found = answer(question)
    assert found.total >= len(found.hits)
    assert not found.timed_out
    assert "\x00" not in found.question


def test_what_nobody_wrote_about_is_not_found(pages):
    assert answer("Quantenchromodynamik").total == 0


def test_too_long_is_said(pages):
    assert answer("Antrag " * 200).too_long
    assert not answer("Antrag").too_long


# --- Visibility: a page that may not be seen changes nothing that can be seen ---


def seen(question, reader=ANONYMOUS):
    found = answer(question, reader)
    return [(hit.page_id, hit.score, hit.passage, hit.more) for hit in found.hits], found.total, found.facets


@pytest.mark.parametrize("how", ["login", "groups", "ancestor", "password", "unpublished", "expired"])
def test_hidden_page_leaves_no_trace(pages, how):
    before = {
        question: seen(question) for question in ("Fördermittelantrag", "Gespräch", "Akquise", "Geheimplan")
    }
    parent = publish("Bereich", "Nichts von Belang steht hier.") if how == "ancestor" else None
    hidden = publish(
        "Geheimplan Fördermittelantrag",
        "Gespräch über Geheimplan und Antrag. Akquise im Gespräch. Geheimplan.",
        parent=parent,
        task_area="geheim",
        kind="secret",
    )
    services.index_due()
    assert seen("Geheimplan", Reader(authenticated=True, superuser=True))[1] == 1
    if how == "unpublished":
        hidden.unpublish()
    elif how == "expired":
        Page.objects.filter(pk=hidden.pk).update(expire_at=timezone.now())
    elif how == "ancestor":
        restrict(parent)
    else:
        restrict(hidden, how, *([Group.objects.create(name="Andere")] if how == "groups" else []))
    assert {question: seen(question) for question in before} == before


def test_groups_decide_at_once(pages):
    inside, outside = Group.objects.create(name="Innen"), Group.objects.create(name="Außen")
    restriction = restrict(pages["geld"], PageViewRestriction.GROUPS, inside)
    member = get_user_model().objects.create_user("mitglied", "m@example.org", "x")
    member.groups.add(outside)
    assert titles("Fördermittel", Reader.of(member)) == []
    member.groups.add(inside)
    assert titles("Fördermittel", Reader.of(member)) == ["Geld für Vorhaben"]
    member.groups.remove(inside)
    assert titles("Fördermittel", Reader.of(member)) == []
    restriction.delete()
    assert titles("Fördermittel") == ["Geld für Vorhaben"]


def test_two_restrictions_must_both_be_passed(pages):
    one, two = Group.objects.create(name="Eins"), Group.objects.create(name="Zwei")
    restrict(home(), PageViewRestriction.GROUPS, one)
    restrict(pages["geld"], PageViewRestriction.GROUPS, two)
    assert titles("Fördermittel", Reader(True, False, (one.pk,))) == []
    assert titles("Fördermittel", Reader(True, False, (one.pk, two.pk))) == ["Geld für Vorhaben"]


def test_login_is_enough_where_login_is_asked(pages):
    restrict(pages["geld"])
    assert titles("Fördermittel") == []
    assert titles("Fördermittel", LOGIN) == ["Geld für Vorhaben"]


def test_reader_of_users():
    assert Reader.of(AnonymousUser()) == ANONYMOUS
    user = get_user_model().objects.create_user("wer", "w@example.org", "x", is_active=False)
    assert Reader.of(user) == ANONYMOUS


def test_page_below_no_site_has_no_address_and_is_not_found(pages):
    root = Page.objects.get(depth=1)
    publish("Abseits mit Antrag", "Antrag", parent=root)
    services.index_due()
    assert "Abseits mit Antrag" not in titles("Antrag")


# --- Translations ---


def test_translations_are_one_result_in_the_readers_language(pages):
    translate(
        pages["geld"], "Money for projects", "# Sketch {skizze}\nThe application starts with two pages."
    )
    services.index_due()
    found = answer("Antrag auf Fördermittel", language="en")
    hit = found.hits[0]
    assert (hit.title, hit.language, hit.passage.anchor) == ("Money for projects", "en", "skizze")
    assert hit.url.startswith("/en/")
    assert [hit.title for hit in found.hits].count("Geld für Vorhaben") == 0
    assert answer("Antrag auf Fördermittel").hits[0].title == "Geld für Vorhaben"


def test_page_in_the_other_language_only_is_found_and_says_so(pages):
    publish("Hosting guests", "Barcamp for guests from abroad.", language="en")
    services.index_due()
    hit = answer("Barcamp").hits[0]
    assert (hit.title, hit.language) == ("Hosting guests", "en")


def test_hidden_translation_falls_back_to_the_visible_one(pages):
    english = translate(pages["geld"], "Money for projects", "The application.")
    services.index_due()
    restrict(english)
    assert answer("Fördermittel", language="en").hits[0].title == "Geld für Vorhaben"


def test_only_one_language(pages):
    translate(pages["geld"], "Workshop money", "Workshop in English.")
    publish("Workshop", "Workshop auf Deutsch.")
    services.index_due()
    assert {hit.language for hit in answer("Workshop", only_language="en").hits} == {"en"}
    assert {hit.language for hit in answer("Workshop", filters={"language": "de"}).hits} == {"de"}


# --- Filters, counts, pages of results ---


def test_filters_and_their_counts(pages):
    for number in range(3):
        publish(
            f"Gespräch {number}", "Gespräch führen.", kind="template" if number else "guide", task_area="geld"
        )
    services.index_due()
    everything = answer("Gespräch führen")
    only = answer("Gespräch führen", filters={"kind": "template"})
    assert {hit.kind for hit in only.hits} == {"template"}
    assert only.total == everything.facets["kind"]["template"]
    assert only.facets["kind"] == everything.facets["kind"], "a filter does not hide its own alternatives"
    both = answer("Gespräch führen", filters={"kind": "template", "task_area": "geld"})
    assert both.total == 2
    assert answer("Gespräch", filters={"task_area": "gibt es nicht"}).total == 0
    assert answer("Gespräch", filters={"kind": ""}).total == answer("Gespräch").total


def test_pages_of_results_do_not_overlap(pages):
    for number in range(7):
        publish(f"Treffen {number}", f"Treffen planen, Nummer {number}.")
    services.index_due()
    parts = [answer("Treffen planen", offset=offset, limit=3) for offset in (0, 3, 6)]
    ids = [hit.page_id for part in parts for hit in part.hits]
    assert len(ids) == len(set(ids)) == parts[0].total
    assert answer("Treffen", offset=-5, limit=0).hits


def test_url_follows_a_move_without_new_index(pages):
    page = Page.objects.get(pk=pages["geld"].pk)
    page.slug = "neue-adresse"
    page.save(update_fields=["slug"])
    page.set_url_path(home())
    Page.objects.filter(pk=page.pk).update(url_path=page.url_path, slug=page.slug)
    hit = answer("Fördermittel").hits[0]
    assert hit.url == "/de/neue-adresse/"
    assert hit.translation_key == page.translation_key
    assert isinstance(hit.translation_key, uuid.UUID)


# --- One statement, and no leg that breaks the answer ---


def test_a_question_is_one_statement(pages):
    answer("Antrag")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer("Fördermittelantrag für Mitglieder")
    sent = [query["sql"] for query in queries if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    # Inside a transaction the vocabulary and the term table are looked at each time, else every few seconds; the
    # model in force is a row.
    small = ("from search_lexeme", "from bilingual_mining", "from search_modelchoice")
    looks = [sql for sql in sent if any(table in sql for table in small)]
    assert len(looks) <= 3
    # Likewise what the reader may see (test_search_audience.py), and the question.
    assert len(sent) - len(looks) == 2


SETTINGS = (
    "select json_build_array(current_setting('statement_timeout'), current_setting('enable_nestloop'))::text"
)


@pytest.mark.parametrize("inside_a_transaction", [True, False])
def test_limits_hold_for_the_statement_alone(monkeypatch, inside_a_transaction):
    used = connection if inside_a_transaction else connection.copy()
    for module in (statement, prepared):
        monkeypatch.setattr(module, "connection", used)
    try:
        with used.cursor() as cursor:
            cursor.execute(SETTINGS)
            before = cursor.fetchone()
            assert statement.run(SETTINGS, {}, timeout_ms=1_234) == ["1234ms", "off"]
            cursor.execute(SETTINGS)
            assert cursor.fetchone() == before
    finally:
        if not inside_a_transaction:
            used.close()


def test_a_pooler_may_hand_over_a_connection_that_knows_less_or_more(pages):
    def found():
        return [hit.title for hit in answer("Antrag auf Fördermittel").hits]

    first = found()
    with connection.cursor() as cursor:
        cursor.execute("deallocate all")
    assert found() == first, "a statement that it does not know is prepared"
    prepared._known.clear()
    assert found() == first, "one that it knows already is used"


def test_slow_statement_ends_and_says_so(pages, monkeypatch, settings):
    settings.SEARCH = {"statement_timeout_ms": 50}
    monkeypatch.setattr(asking, "statement", lambda index: "select pg_sleep(5)::text")
    assert answer("Antrag").timed_out
    monkeypatch.undo()
    assert Note.objects.exists(), "the transaction around it still works"


def test_without_a_model_words_answer(pages, monkeypatch):
    def broken(text):
        raise EmbedderUnavailable("gone")

    monkeypatch.setattr(query_embedder(), "embed_query", broken)
    found = answer("Fördermittel")
    assert found.lexical_only
    assert found.hits[0].title == "Geld für Vorhaben"


def test_vectors_of_another_model_are_never_compared(pages):
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into search_embeddingmodel (name, fingerprint, dimensions, created_at) "
            "values ('other', 'other', 3, now()) returning id"
        )
        cursor.execute(
            "insert into search_passagevector (passage_id, page_id, model_id, embedding) "
            "select id, page_id, %s, '[1,0,0]' from search_passage",
            cursor.fetchone(),
        )
    assert titles("Fördermittel")[0] == "Geld für Vorhaben"


def test_a_slip_keeps_its_capital(pages):
    publish("Gewinn", "Der Gewinn wird verteilt. Man kann ihn gewinnen.")
    services.index_due()
    assert answer("gewinen").corrections[0].meant == "gewinnen"
    assert answer("Gewiin").corrections[0].meant == "Gewinn"


def test_what_the_model_has_not_read_yet_is_judged_by_its_words(pages, tmp_path):
    """A new page, or all of them in the first minute: the model's line would refuse what it knows nothing about."""
    never = {"intercept": -9.0, "coefficients": {}, "line": 0.5}
    always = {"intercept": 9.0, "coefficients": {}, "line": 0.5}
    lines = tmp_path / "lines.json"
    lines.write_text(json.dumps({query_embedder().name: {"de": never}, "words": {"de": always}}))
    with using(calibration=str(lines)):
        assert not answer("Fördermittel Antrag").answered
        publish("Stiftungen", "Eine Stiftung fördert Vorhaben im Sommer.")
        services.write_words()
        assert answer("Stiftung Sommer").answered
        assert not answer("Fördermittel Antrag").answered
        services.index_due()
        assert not answer("Stiftung Sommer").answered
