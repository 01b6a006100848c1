"""Several pages are written together, and somebody else is at one of them."""

import threading

import pytest
from django.db import connections, transaction

from search.embedding import EmbedderUnavailable, query_embedder
from search.index import selectors, services, verification
from search.index.models import IndexedPage, Passage
from tests.searchable.factories import committed, publish

TEXT = "Neue Mitglieder gewinnt man im Gespräch, und danach lädt man sie ein."


@pytest.fixture
def notes(db):
    with committed():
        yield [publish(f"Seite {number}", TEXT) for number in range(3)]


class Holder(threading.Thread):
    """Holds a page's row, as whoever deletes or saves it does until the commit."""

    def __init__(self, page_id):
        super().__init__(daemon=True)
        self.page_id, self.holds, self.over = page_id, threading.Event(), threading.Event()

    def run(self):
        try:
            with transaction.atomic():
                IndexedPage.objects.select_for_update().get(pk=self.page_id)
                self.holds.set()
                self.over.wait(20)
        finally:
            connections["default"].close()

    def __enter__(self):
        self.start()
        assert self.holds.wait(10)
        return self

    def __exit__(self, *_):
        self.over.set()
        self.join(10)


def test_a_group_waits_for_no_row_while_it_holds_others(notes, monkeypatch):
    """A deletion that holds one page's row and waits for the next would wait for ever."""
    held = []
    write = services.writer.write

    def meanwhile(pages, group, **given):
        if len(group) < len(notes):
            return write(pages, group, **given)
        with Holder(notes[1].pk):
            held.append(write(pages, group, **given))
        return held[0]

    monkeypatch.setattr(services.writer, "write", meanwhile)
    services.index_due()
    assert held == [{notes[0].pk, notes[2].pk}], "the others were written meanwhile"
    assert selectors.pages_due() == []
    assert set(Passage.objects.values_list("page_id", flat=True)) == {note.pk for note in notes}
    assert not IndexedPage.objects.filter(tries__gt=0).exists()


def test_vectors_of_pages_are_computed_while_the_words_of_others_are_written(notes, monkeypatch, settings):
    """Nobody's words wait for vectors, and the thread that computes them uses no rows."""
    settings.SEARCH = {"batch_pages": 1}
    embedder = query_embedder()
    embed, may_go_on, threads = embedder.embed_passages, threading.Event(), set()

    def slowly(texts):
        threads.add(threading.current_thread())
        assert may_go_on.wait(20), "the words of the last page were not written meanwhile"
        return embed(texts)

    write = services.writer.write

    def seen(pages, group, **given):
        written = write(pages, group, **given)
        if Passage.objects.values("page_id").distinct().count() == len(notes):
            may_go_on.set()
        return written

    monkeypatch.setattr(embedder, "embed_passages", slowly)
    monkeypatch.setattr(services.writer, "write", seen)
    assert services.index_due() == services.Report(written=len(notes))
    assert threading.main_thread() not in threads
    assert selectors.pages_due() == []
    assert list(verification.differences()) == []


def test_who_was_tried_before_is_worked_on_while_nobody_else_is(notes, monkeypatch, settings):
    """What it does to the worker is then noted at no other page."""
    settings.SEARCH = {"batch_pages": 2}
    services.write_words()
    suspect = notes[1].pk
    IndexedPage.objects.filter(pk=suspect).update(tries=1)
    embedder = query_embedder()
    embed, begun = embedder.embed_passages, []

    def noted(texts):
        begun.append(set(IndexedPage.objects.exclude(last_error="").values_list("pk", flat=True)))
        if threading.current_thread() is not threading.main_thread():
            connections["default"].close()
        return embed(texts)

    monkeypatch.setattr(embedder, "embed_passages", noted)
    services.index_due()
    assert {suspect} in begun
    assert not any(suspect in pages and len(pages) > 1 for pages in begun)


def test_a_model_that_fails_in_its_thread_leaves_words_and_an_error(notes, monkeypatch, settings):
    settings.SEARCH = {"batch_pages": 1}

    def broken(texts):
        raise EmbedderUnavailable("no model here")

    monkeypatch.setattr(query_embedder(), "embed_passages", broken)
    assert services.index_due() == services.Report(failed=len(notes))
    assert set(Passage.objects.values_list("page_id", flat=True)) == {note.pk for note in notes}
    assert set(IndexedPage.objects.values_list("last_error", "claim", "tries")) == {
        ("no model here", None, 1)
    }
