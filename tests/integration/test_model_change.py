"""A site whose vectors are another model's, before and after the shipped one has read its pages."""

import pytest

from search.embedding import embedder_named, query_embedder
from search.embedding.models import SHIPPED
from search.index import selectors, services
from search.index.models import PassageVector
from search.reader import ANONYMOUS
from search.retrieval import ask
from tests.searchable.factories import publish

pytestmark = [pytest.mark.django_db, pytest.mark.model]

TEXT = "# Ziel {ziel}\nNeue Mitglieder gewinnt man im Gespräch.\n# Ablauf {ablauf}\nZuerst rufen Sie an, dann laden Sie ein."


def found(question):
    answer = ask(question, reader=ANONYMOUS, language="de")
    return [hit.page_id for hit in answer.hits]


def test_pages_are_due_once_and_found_by_words_until_then(settings, monkeypatch):
    note = publish("Mitglieder gewinnen", TEXT)
    services.index_due()
    before = PassageVector.objects.count()

    settings.SEARCH_EMBEDDING_MODEL = SHIPPED
    query_embedder().warm()
    assert selectors.pages_due() == [note.pk]
    assert found("Mitglieder gewinnen") == [note.pk]
    assert services.index_due().written == 1
    assert selectors.pages_due() == []
    assert PassageVector.objects.count() == 2 * before
    assert found("recruiting people for our association") == [note.pk]

    settings.SEARCH_EMBEDDING_MODEL = "hashing-64"
    monkeypatch.setattr(embedder_named("hashing-64"), "embed_passages", lambda texts: 1 / 0)
    assert services.index_due().written == 1
    assert PassageVector.objects.count() == 2 * before
