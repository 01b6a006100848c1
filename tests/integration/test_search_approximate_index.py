"""The HNSW index that the sweep keeps: it comes with many vectors, goes with few, and nobody waits for it."""

import threading

import pytest
from django.db import OperationalError, connection, connections
from wagtail.models import Site

from search import tasks
from search.analysis import stem
from search.conf import using
from search.embedding import query_embedder, reset
from search.index import approximate, writer
from search.reader import ANONYMOUS
from search.retrieval import ask


@pytest.fixture
def outside(db):
    """A connection without the test's own transaction: an index can be built only beside rows that are committed."""
    inside = connections["default"]
    connections["default"] = inside.copy()
    yield
    connections["default"].close()
    connections["default"] = inside


@pytest.fixture
def committed(outside):
    """A model with sixty vectors of one page with the word "Messe"; gone after the test."""
    reset()
    embedder = query_embedder()
    page = Site.objects.select_related("root_page").get(is_default_site=True).root_page.pk
    model = writer.model_row(embedder)
    key = model.pk
    vectors = embedder.embed_passages([f"Messe {number}" for number in range(60)])
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "insert into search_indexedpage "
                "(page_id, translation_key, language, kind, title, pipeline, passage_count, length, lengths) "
                "select id, translation_key, 'de', 'guide', 'Messe', 'test', 60, 60, array_fill(1::smallint, array[60]) "
                "from wagtailcore_page where id = %s",
                (page,),
            )
            cursor.execute(
                "insert into search_posting (page_id, term, title, keywords, headings, body, places) "
                "values (%s, %s, 1, 0, 0, 1, '{1}')",
                (page, f"de:{stem('de', 'messe')}"),
            )
            cursor.execute(
                """
                with passages as (
                    insert into search_passage (page_id, ordinal, anchor, heading_path, text, text_hash, length)
                    select %(page)s, n, '', '{}', 'Eine Messe', n, 1 from generate_series(0, 59) n
                    returning id, ordinal
                )
                insert into search_passagevector (passage_id, page_id, model_id, embedding)
                select id, %(page)s, %(model)s, (%(vectors)s::text[])[ordinal + 1]::halfvec from passages
                """,
                {"page": page, "model": key, "vectors": [writer.as_literal(vector) for vector in vectors]},
            )
        approximate.forget()
        yield model
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"drop index if exists {approximate.PREFIX}{key}")
            cursor.execute("delete from search_indexedpage where page_id = %s", (page,))
            cursor.execute("delete from search_embeddingmodel where id = %s", (key,))
        approximate.forget()


def indexes():
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.relname, i.indisvalid from pg_index i join pg_class c on c.oid = i.indexrelid "
            "where starts_with(c.relname, %s)",
            (approximate.PREFIX,),
        )
        return dict(cursor.fetchall())


def test_the_index_comes_and_goes_with_the_number_of_vectors(committed):
    name = f"{approximate.PREFIX}{committed.pk}"
    with using(exact_up_to=60):
        assert approximate.keep() == []
        assert approximate.index_of(committed.fingerprint) is None
    with using(exact_up_to=59):
        assert approximate.keep() == [f"built {name}"]
        assert approximate.keep() == []
    assert indexes() == {name: True}
    found = approximate.index_of(committed.fingerprint)
    assert (found.model_id, found.dimensions, found.vectors) == (committed.pk, 64, 60)
    with using(exact_up_to=120):
        assert approximate.keep() == []  # half as many still keep it
    with using(exact_up_to=121):
        assert approximate.keep() == [f"dropped {name}"]
    assert approximate.index_of(committed.fingerprint) is None


def test_the_sweep_keeps_it(committed, monkeypatch):
    monkeypatch.setattr(tasks.services, "index_due", lambda seconds: None)
    with using(exact_up_to=50):
        tasks.sweep()
    assert list(indexes().values()) == [True]


def test_an_index_without_its_model_goes(committed):
    name = f"{approximate.PREFIX}{committed.pk}"
    with using(exact_up_to=50):
        approximate.keep()
    committed.delete()
    with using(exact_up_to=50):
        assert approximate.keep() == [f"dropped {name}"]
    assert indexes() == {}


@pytest.fixture
def writing(committed):
    """Somebody in the middle of a transaction that wrote vectors: a build waits for it."""
    other = connection.copy()
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute(
            "update search_passagevector set embedding = embedding "
            "where id = (select min(id) from search_passagevector where model_id = %s)",
            (committed.pk,),
        )
    yield other
    other.close()


def test_a_build_that_was_interrupted_is_begun_anew(committed, writing):
    name = f"{approximate.PREFIX}{committed.pk}"
    interrupted = connection.copy()
    with pytest.raises(OperationalError), interrupted.cursor() as cursor:
        cursor.execute("set statement_timeout = 300")
        cursor.execute(
            f"create index concurrently {name} on search_passagevector "
            f"using hnsw ((embedding::halfvec(64)) halfvec_cosine_ops) where model_id = {committed.pk}"
        )
    interrupted.close()
    assert indexes() == {name: False}
    assert approximate.index_of(committed.fingerprint) is None
    writing.rollback()
    with using(exact_up_to=50):
        assert approximate.keep() == [f"dropped {name}", f"built {name}"]
    assert indexes() == {name: True}


def test_asking_and_writing_go_on_during_a_build(committed, writing):
    done = []

    def build():
        with using(exact_up_to=50):
            done.extend(approximate.keep())
        connection.close()

    thread = threading.Thread(target=build)
    thread.start()
    try:
        while not indexes():
            assert thread.is_alive()
        assert [hit.title for hit in ask("Messe", reader=ANONYMOUS, language="de").hits] == ["Messe"]
        with connection.cursor() as cursor:
            cursor.execute("set statement_timeout = 5000")
            cursor.execute(
                "delete from search_passagevector where id = (select max(id) from search_passagevector)"
            )
        with using(exact_up_to=50):
            assert approximate.keep() == []  # the second sweep leaves it to the first
        assert list(indexes().values()) == [False]
    finally:
        writing.rollback()
        thread.join()
    assert done == [f"built {approximate.PREFIX}{committed.pk}"]
    approximate.forget()
    with using(exact_up_to=50):
        assert [hit.title for hit in ask("Messe", reader=ANONYMOUS, language="de").hits] == ["Messe"]


def test_a_failed_build_leaves_answers_exact(committed, caplog):
    with connection.cursor() as cursor:
        cursor.execute("update search_embeddingmodel set dimensions = 63 where id = %s", (committed.pk,))
    with using(exact_up_to=50):
        assert approximate.keep() == []
    assert "could not be" in caplog.text.lower()
    assert approximate.index_of(committed.fingerprint) is None


def test_models_too_wide_for_the_index_stay_exact(committed):
    with connection.cursor() as cursor:
        cursor.execute("update search_embeddingmodel set dimensions = 5000 where id = %s", (committed.pk,))
    with using(exact_up_to=50):
        assert approximate.keep() == []
    assert indexes() == {}
