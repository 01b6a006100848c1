"""The second plan of a question: candidates from an HNSW index where a model has many vectors."""

import random

import pytest
from django.db import connection
from wagtail.models import Page

from search.conf import conf, using
from search.embedding import query_embedder, reset
from search.index import approximate, services, writer
from search.reader import ANONYMOUS, Reader
from search.retrieval import ask, asking, statement
from tests.searchable.factories import publish, restrict
from tests.searchable.models import Note

LOGIN = Reader(authenticated=True)
TEXT = """
Antrag Skizze Partner Messe Stand Budget Termin Raum Moderation Thema Umfrage Betrieb Mitglied Newsletter
Vortrag Werkstatt Protokoll Frist Gutachten Vertrag Hafen Kran Labor Patent Lizenz Muster Prototyp Daten
Karte Netz Strom Wind Wasser Lager Fracht Bahn Schiff Flug Film Musik Spiel Verlag Klinik Pflege Gerät Test
"""
WORDS = TEXT.split()
QUESTIONS = (
    "Messe Stand Budget",
    "Wie läuft ein Antrag mit Gutachten?",
    "Klinik Pflege Gerät",
    "Wind Strom Netz",
)


@pytest.fixture(scope="module")
def pages(once):
    """75 pages with four passages each; a third closed to visitors, every fifth a template. One HNSW index."""
    chance = random.Random(5)
    reset()
    with once():
        for number in range(75):
            topic = chance.sample(WORDS, 6)
            text = "\n".join(
                f"# Teil {part} {{t{part}}}\n{' '.join(chance.choices(topic, k=6) + chance.choices(WORDS, k=4))}."
                for part in range(4)
            )
            page = publish(f"{topic[0]} {number}", text, kind="template" if number % 5 == 0 else "guide")
            if number % 3 == 0:
                restrict(page, "login")
        services.index_due()
        model = writer.model_row(query_embedder())
        with connection.cursor() as cursor:
            cursor.execute(
                f"create index {approximate.PREFIX}{model.pk} on search_passagevector "
                f"using hnsw ((embedding::halfvec({model.dimensions})) halfvec_cosine_ops) where model_id = {model.pk}"
            )
        approximate.forget()
        yield model
    approximate.forget()


@pytest.fixture
def scans(pages, monkeypatch):
    """How often the index was scanned so far. So few rows would be sorted: the planner is told not to."""
    monkeypatch.setattr(
        statement, "PLANNER", {**statement.PLANNER, "enable_seqscan": "off", "enable_sort": "off"}
    )

    def scans():
        with connection.cursor() as cursor:
            cursor.execute(
                "select pg_stat_get_xact_numscans(%s::regclass)", (f"{approximate.PREFIX}{pages.pk}",)
            )
            return cursor.fetchone()[0]

    return scans


def answers(monkeypatch, question, reader=ANONYMOUS, **options):
    """The answer of each plan: exact, approximate."""
    with monkeypatch.context() as patch:
        patch.setattr(asking, "index_of", lambda fingerprint: None)
        exact = ask(question, reader=reader, language="de", **options)
    return exact, ask(question, reader=reader, language="de", **options)


def told(answer):
    return [(hit.title, hit.passage, hit.more, hit.matched) for hit in answer.hits[:5]]


@pytest.mark.django_db
@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("reader", [ANONYMOUS, LOGIN])
def test_both_plans_give_the_same_first_results(scans, monkeypatch, question, reader):
    before = scans()
    with using(exact_up_to=50, nearest=120, candidates=15):
        exact, near = answers(monkeypatch, question, reader)
    assert scans() == before + 1
    assert len(exact.hits) >= 5
    assert told(near) == told(exact)


@pytest.mark.django_db
def test_meaning_alone_compares_all_passages_of_what_it_found(scans, monkeypatch):
    with using(exact_up_to=50, nearest=60, candidates=10, dense_weight=1.0, dense_weight_foreign=1.0):
        exact, near = answers(monkeypatch, "Hafen Kran Fracht")
    assert scans()
    assert told(near) == told(exact)


@pytest.mark.django_db
def test_a_filter_starves_nothing(scans, monkeypatch):
    before = scans()
    with using(exact_up_to=20, nearest=30, candidates=8):
        exact, near = answers(monkeypatch, "Messe Stand Budget", filters={"kind": "template"})
    assert scans() == before + 2  # everything visible for the counts, and what passes
    assert exact.hits and {hit.kind for hit in near.hits} == {"template"}
    assert told(near)[:3] == told(exact)[:3]


@pytest.mark.django_db
def test_who_sees_little_is_answered_exactly(scans, monkeypatch):
    before = scans()
    with using(exact_up_to=250):  # visitors see 200 passages, members 300
        exact, near = answers(monkeypatch, "Messe Stand Budget")
        assert scans() == before
        assert near == exact
        answers(monkeypatch, "Messe Stand Budget", LOGIN)
        assert scans() == before + 1
    with using(exact_up_to=50, few_share=0.9):
        assert asking.approximate_params(approximate.Approximate(1, 64, 300))["few_passages"] == 270


@pytest.mark.django_db
def test_a_scan_that_gives_up_is_made_good(scans, monkeypatch):
    before = scans()
    with using(exact_up_to=50, nearest=250):  # more than a visitor can see
        exact, near = answers(monkeypatch, "Wind Strom Netz")
    assert scans() == before + 1
    assert near == exact


@pytest.mark.django_db
def test_what_is_compared_instead_is_bounded(scans, monkeypatch):
    """On a site of a million passages comparing all takes a second."""
    monkeypatch.setattr(asking, "floor", lambda *languages: -1.0)  # whatever has a cosine is an answer

    def found(**figures):
        by_meaning = {"dense_weight": 1.0, "dense_weight_foreign": 1.0, "result_floor": 0.0, "field_pages": 0}
        gives_up = {"exact_up_to": 50, "nearest": 250, "hnsw_ef_search": 1, "hnsw_max_scan_tuples": 1}
        with using(**by_meaning, **gives_up, **figures, candidates=75):  # all 50 pages, if they are compared
            return ask("Quarzuhrwerk", reader=ANONYMOUS, language="de", limit=100)

    assert 0 < found(made_good_up_to=199).total < found(made_good_up_to=200).total == 50


@pytest.mark.django_db
def test_closing_a_page_holds_at_once(scans):
    with using(exact_up_to=50, nearest=60):
        first = ask("Klinik Pflege Gerät", reader=ANONYMOUS, language="de").hits[0]
        restrict(Page.objects.get(pk=first.page_id), "login")
        found = ask("Klinik Pflege Gerät", reader=ANONYMOUS, language="de", limit=100)
        assert first.page_id not in {hit.page_id for hit in found.hits}
        member = ask("Klinik Pflege Gerät", reader=LOGIN, language="de", limit=100)
        assert first.page_id in {hit.page_id for hit in member.hits}


@pytest.mark.django_db
@pytest.mark.parametrize("reader", [ANONYMOUS, LOGIN])
def test_nothing_hidden_is_found_or_counted(scans, monkeypatch, reader):
    allowed = set(Note.objects.values_list("pk", flat=True))
    if reader == ANONYMOUS:
        allowed &= set(Note.objects.public().values_list("pk", flat=True))
    with using(exact_up_to=50, nearest=60, result_floor=0.0):
        for question in QUESTIONS:
            found = ask(question, reader=reader, language="de", limit=100)
            assert {hit.page_id for hit in found.hits} <= allowed
            assert found.total <= len(allowed)


@pytest.mark.django_db
def test_settings_of_the_scan_end_with_the_statement(scans):
    with using(exact_up_to=50, nearest=60):
        ask("Messe", reader=ANONYMOUS, language="de")
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('hnsw.iterative_scan'), current_setting('hnsw.ef_search')")
        assert cursor.fetchone() == ("off", "40")


@pytest.mark.django_db
def test_words_answer_alone_without_a_vector(scans, monkeypatch):
    monkeypatch.setattr(asking, "query_vector", lambda text, embedder: None)
    before = scans()
    with using(exact_up_to=50):
        found = ask("Messe Stand", reader=ANONYMOUS, language="de")
    assert found.lexical_only and found.hits
    assert scans() == before


@pytest.mark.django_db
def test_inside_a_transaction_nothing_is_built(pages):
    with using(exact_up_to=1):
        assert approximate.keep() == []


@pytest.mark.django_db
def test_the_index_is_looked_for_seldom(pages, django_assert_num_queries):
    approximate.forget()
    fingerprint = query_embedder().fingerprint
    with django_assert_num_queries(1):
        for _ in range(10):
            assert approximate.index_of(fingerprint)
    assert conf().approximate_seconds == 60
