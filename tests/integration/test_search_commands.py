"""What an operator types."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from search.index.models import Passage
from tests.searchable.factories import publish
from tests.searchable.models import Note

pytestmark = pytest.mark.django_db


def said(*words, **options):
    out = StringIO()
    call_command(*words, stdout=out, **options)
    return out.getvalue()


def test_pending_status_rebuild_verify():
    publish("Seite", "Neue Mitglieder gewinnt man im Gespräch.")
    assert "1 pages indexed" in said("index_pending")
    state = json.loads(said("index_status", "--json"))
    assert (state["pages"], state["due"], state["languages"]) == (1, 0, {"de": 1})
    assert "languages    de 1" in said("index_status")
    assert "1 pages indexed" in said("index_rebuild")
    assert "exactly" in said("index_verify")


def test_verify_mends():
    publish("Seite", "Neue Mitglieder gewinnt man im Gespräch.")
    said("index_pending")
    Passage.objects.update(text="anders")
    with pytest.raises(CommandError, match="1 differences"):
        said("index_verify", "--mend")
    said("index_pending")
    assert "exactly" in said("index_verify")


def test_failures_are_named_and_end_in_an_error(monkeypatch, settings):
    settings.SEARCH = {"max_tries": 1}
    monkeypatch.setattr(Note, "passages", lambda self: 1 / 0)
    note = publish("Seite", "x")
    with pytest.raises(CommandError, match="index_status"):
        said("index_pending")
    assert f"page {note.pk}" in said("index_status")
    assert "ZeroDivisionError" in said("index_status")


def test_words_first_and_meaning_later():
    from search.index.models import PassageVector
    from search.reader import ANONYMOUS
    from search.retrieval import ask

    publish("Seite", "Neue Mitglieder gewinnt man im Gespräch.")
    assert "1 pages can be found by their words" in said("index_pending", "--words")
    assert not PassageVector.objects.exists()
    assert ask("Gespräch", reader=ANONYMOUS, language="de").total == 1
    assert json.loads(said("index_status", "--json"))["due"] == 1
    said("index_pending")
    assert PassageVector.objects.count() == 1
