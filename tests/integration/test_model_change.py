"""Another model, while people search: embedded beside, compared, switched to in one step; and back."""

import json
import threading
import time
from io import StringIO

import numpy
import pytest
from django.core.management import CommandError, call_command

from search import model_change
from search.embedding import embedder_named, index_embedder, query_embedder, reset
from search.embedding.models import DESCRIPTION_FILE
from search.evaluation.models import JudgedQuestion, Judgement, Run
from search.index import beside, claims, content, selectors, services, verification, writer
from search.index.models import EmbeddingModel, IndexedPage, ModelChoice, PassageVector, VectorFailure
from search.reader import ANONYMOUS
from search.related import compute
from search.retrieval import ask
from tests.searchable.factories import publish

pytestmark = pytest.mark.django_db

OLD, NEW = "hashing-64", "hashing-96"
TEXT = "# Ziel {ziel}\nNeue Mitglieder gewinnt man im Gespräch.\n# Ablauf {ablauf}\nZuerst rufen Sie an, dann laden Sie ein."
WORDS = ["Wasserstoff", "Logistik", "Hafenkran", "Förderantrag", "Satzung", "Beirat"]


@pytest.fixture(autouse=True)
def fresh():
    reset()
    yield
    reset()


@pytest.fixture
def site():
    notes = [publish(f"Seite {number}", TEXT) for number in range(3)]
    services.index_due()
    return notes


def in_force():
    return ModelChoice.objects.get().current.name


def change(**options):
    while model_change.go_on(**options):
        pass


def asked(question="Mitglieder gewinnen"):
    return ask(question, reader=ANONYMOUS, language="de")


def vectors_of(name):
    return PassageVector.objects.filter(model__name=name)


# --- The change ---------------------------------------------------------------------------------


def test_first_vectors_put_the_model_of_the_setting_into_force(settings):
    assert query_embedder().name == OLD
    publish("Seite", TEXT)
    services.write_words()
    assert not ModelChoice.objects.exists()
    services.index_due()
    assert in_force() == OLD
    settings.SEARCH_EMBEDDING_MODEL = NEW
    assert (query_embedder().name, index_embedder().name) == (OLD, OLD)
    assert selectors.pages_due() == []
    assert model_change.state().setting_differs


def test_change_is_embedded_beside_and_switched_in_one_step(site):
    before = set(vectors_of(OLD).values_list("pk", flat=True))
    assert model_change.start(NEW).missing == 6
    assert selectors.pages_due() == [], "no page is due because of a model that is not in force"
    assert model_change.go_on(seconds=0) or in_force() == NEW
    change()
    assert in_force() == NEW
    assert asked().model.startswith(NEW)
    assert set(vectors_of(OLD).values_list("pk", flat=True)) == before
    assert selectors.pages_due() == []
    compute.relate_pending()
    assert list(verification.differences()) == []
    state = model_change.state()
    assert (state.previous.name, state.previous.missing, state.change) == (OLD, 0, None)
    assert "no judged questions" in state.verdict


def test_until_the_switch_the_old_model_answers(site, monkeypatch):
    model_change.start(NEW)
    embedder = embedder_named(NEW)
    original = embedder.embed_passages
    seen = []

    def looked(texts):
        if threading.current_thread() is threading.main_thread():  # else it is a question
            seen.append(asked().model)
        return original(texts)

    monkeypatch.setattr(embedder, "embed_passages", looked)
    change()
    assert seen and all(model.startswith(OLD) for model in seen)
    assert asked().model.startswith(NEW)


def test_newest_publication_first(site, monkeypatch, settings):
    settings.SEARCH = {"embedding_batch": 2}
    model_change.start(NEW)
    newest = publish("Eben erst", TEXT)
    services.index_due()
    model_change.go_on(seconds=0)
    assert set(vectors_of(NEW).values_list("page_id", flat=True)) == {newest.pk}


def test_page_published_edited_and_deleted_during_the_change(site, settings):
    settings.SEARCH = {"embedding_batch": 1}
    model_change.start(NEW)
    assert model_change.go_on(seconds=0)
    published = publish("Neu", TEXT)
    edited, gone = site[2], site[1]
    edited.text = TEXT.replace("Gespräch", "Netzwerk")
    edited.save_revision().publish()
    gone.delete()
    services.index_due()
    while model_change.go_on(seconds=0):
        pass
    assert in_force() == NEW
    assert selectors.pages_due() == []
    compute.relate_pending()
    assert list(verification.differences()) == []
    assert set(vectors_of(NEW).values_list("page_id", flat=True)) == {site[0].pk, edited.pk, published.pk}
    assert vectors_of(NEW).count() == 6


def test_switch_waits_for_a_page_that_is_just_written(site):
    """What is written while somebody looks whether all is there is seen: the switch takes the row's lock."""
    model_change.start(NEW)
    candidate = EmbeddingModel.objects.get(name=NEW)
    beside.embed(candidate.pk, embedder_named(NEW))
    publish("Neu", TEXT)
    services.index_due()
    assert not model_change._switch(candidate.pk, complete=True)
    assert in_force() == OLD
    change()
    assert in_force() == NEW


def test_page_embedded_across_the_switch_is_written_with_the_model_in_force(site):
    note = publish("Neu", TEXT)
    (claimed,) = claims.claim(limit=1, pages=[note.pk])
    page = content.load(note.pk)
    old = index_embedder()
    vectors = services._embed(writer.unwritten([page], old), [claimed], old)
    model_change.start(NEW)
    change()
    assert not writer.write([page], [claimed], embedder=old, vectors=vectors)
    claims.release([claimed])
    services.index_due()
    assert vectors_of(NEW).filter(page_id=note.pk).count() == 2


def test_back_is_one_step_and_what_came_meanwhile_is_due(site):
    model_change.start(NEW)
    change()
    late = publish("Danach", TEXT)
    services.index_due()
    assert model_change.back() == OLD
    assert in_force() == OLD
    assert asked().model.startswith(OLD)
    assert selectors.pages_due() == [late.pk]
    services.index_due()
    compute.relate_pending()
    assert list(verification.differences()) == []
    assert model_change.back() == NEW, "and forth again"
    assert selectors.pages_due() == []


def test_another_change_replaces_the_one_under_way_and_stop_gives_up(site):
    model_change.start(NEW)
    model_change.start("hashing-32")
    change()
    assert in_force() == "hashing-32"
    model_change.start(NEW)
    assert model_change.stop() == NEW
    assert not model_change.go_on()
    assert in_force() == "hashing-32"
    with pytest.raises(model_change.Refused, match="No change"):
        model_change.stop()


def test_relations_follow_the_model(site):
    waiting = IndexedPage.objects.filter(passage_count__gt=0, related_at=None)
    compute.relate_pending()
    assert not waiting.exists()
    model_change.start(NEW)
    change()
    assert waiting.exists(), "they are computed anew"
    compute.relate_pending()
    assert not waiting.exists()


def test_drop_frees_what_is_not_used(site):
    model_change.start(NEW)
    with pytest.raises(model_change.Refused, match="under way"):
        model_change.drop(NEW)
    change()
    with pytest.raises(model_change.Refused, match="in force"):
        model_change.drop(NEW)
    with pytest.raises(model_change.Refused, match="no vectors of nobody"):
        model_change.drop("nobody")
    assert [one.vectors for one in model_change.drop(OLD)] == [6]
    assert not EmbeddingModel.objects.filter(name=OLD).exists()
    assert not vectors_of(OLD).exists()
    with pytest.raises(model_change.Refused, match="no model to go back to"):
        model_change.back()
    assert asked().model.startswith(NEW)


def test_index_of_the_new_vectors_is_built_before_the_switch(site, monkeypatch):
    order = []
    monkeypatch.setattr(model_change.approximate, "keep", lambda: order.append(in_force()) or ["built"])
    model_change.start(NEW)
    change()
    assert order == [OLD]
    assert in_force() == NEW


# --- Models that are refused --------------------------------------------------------------------


def test_model_that_cannot_be_loaded_is_refused_with_a_sentence(site, tmp_path):
    with pytest.raises(model_change.Refused, match="cannot be used"):
        model_change.start("no/such-model")
    (tmp_path / DESCRIPTION_FILE).write_text("{")
    with pytest.raises(model_change.Refused, match="not readable as JSON"):
        model_change.start(str(tmp_path))
    with pytest.raises(model_change.Refused, match="already in force"):
        model_change.start(OLD)
    assert ModelChoice.objects.get().candidate is None


def test_model_that_is_too_slow_for_questions_is_refused(site, settings, monkeypatch):
    settings.SEARCH = {"embedding_timeout_ms": 10}
    embedder = embedder_named(NEW)
    original = embedder.embed_query
    monkeypatch.setattr(embedder, "embed_query", lambda text: time.sleep(0.02) or original(text))
    with pytest.raises(model_change.Refused, match="ms for a question"):
        model_change.start(NEW)
    assert model_change.start(NEW, force=True)


@pytest.fixture
def judged_questions(site):
    """Six questions, each answered by another page."""
    notes = [publish(word, f"Alles über {word} und was man dazu wissen muss.") for word in WORDS]
    services.index_due()
    for word, note in zip(WORDS, notes, strict=True):
        question = JudgedQuestion.objects.create(text=f"{word} wissen", language="de")
        Judgement.objects.create(question=question, translation_key=note.translation_key, grade=3)
    return notes


def test_not_worse_on_the_judged_questions_is_switched_to_and_measured(judged_questions):
    model_change.start(NEW)
    change(seconds=1)
    assert in_force() == NEW
    assert "over 6 questions" in model_change.state().verdict
    assert "no calibration" in model_change.state().verdict
    runs = {run.model.split(":")[0]: run.metrics["all"]["n"] for run in Run.objects.all()}
    assert runs == {OLD: 6, NEW: 6}


def test_worse_on_the_judged_questions_stops_and_force_goes_on(judged_questions, monkeypatch, settings):
    settings.SEARCH = {"dense_weight": 1.0, "dense_weight_foreign": 1.0, "passage_dense_weight": 1.0}
    embedder = embedder_named(NEW)
    axes = numpy.eye(96, dtype=numpy.float32)

    def place(text):
        return next((at for at, word in enumerate(WORDS) if word in text), 50)

    # To this one every page answers its neighbour's question.
    monkeypatch.setattr(
        embedder, "embed_passages", lambda texts: numpy.stack([axes[(place(text) + 1) % 6] for text in texts])
    )
    monkeypatch.setattr(embedder, "embed_query", lambda text: axes[place(text)])
    model_change.start(NEW)
    change()
    state = model_change.state()
    assert in_force() == OLD
    assert state.change.phase == model_change.STOPPED
    assert "Worse" in state.change.why
    assert not model_change.go_on(), "it waits for a person"
    model_change.start(NEW, force=True)
    change()
    assert in_force() == NEW


# --- What goes wrong on the way -----------------------------------------------------------------


def test_passage_that_the_model_cannot_read_is_given_up_and_named(site, monkeypatch, settings):
    settings.SEARCH = {"max_tries": 2}
    poison = publish("Gift", "Dieser Text bringt das Modell zu Fall, immer wieder und jedes Mal.")
    services.index_due()
    embedder = embedder_named(NEW)
    original = embedder.embed_passages

    def read(texts):
        if any("zu Fall" in text for text in texts):
            raise RuntimeError("index out of range")
        return original(texts)

    monkeypatch.setattr(embedder, "embed_passages", read)
    model_change.start(NEW)
    change()
    state = model_change.state()
    assert in_force() == OLD
    assert vectors_of(NEW).count() == 6, "all others have theirs"
    assert state.change.phase == model_change.STOPPED
    assert [(one["page"], one["error"]) for one in state.change.failures] == [
        (poison.pk, "RuntimeError: index out of range")
    ]
    model_change.start(NEW, force=True)
    change()
    assert in_force() == NEW
    assert selectors.pages_due() == [poison.pk]
    assert poison.pk in [hit.page_id for hit in asked("Gift für das Modell").hits]


def test_model_that_fails_altogether_costs_no_passage_a_try(site, monkeypatch):
    model_change.start(NEW)
    with monkeypatch.context() as patched:
        patched.setattr(embedder_named(NEW), "embed_passages", lambda texts: 1 / 0)
        assert not model_change.go_on()
    assert not VectorFailure.objects.exists()
    assert "Waits" in model_change.state().change.why
    change()
    assert in_force() == NEW


def test_files_that_change_under_the_name_are_embedded_anew_and_never_mixed(site, monkeypatch):
    old = embedder_named(OLD).fingerprint
    monkeypatch.setattr(embedder_named(OLD), "fingerprint", f"{OLD}:trained-further")
    assert len(selectors.pages_due()) == 3
    answer = asked()
    assert answer.lexical_only and answer.hits
    assert answer.model == ""
    model_change.go_on()
    assert ModelChoice.objects.get().current.fingerprint == old, "not before everything is embedded"
    services.index_due()
    model_change.go_on()
    assert ModelChoice.objects.get().current.fingerprint.endswith("trained-further")
    assert asked().model.endswith("trained-further")


def test_process_without_the_new_model_goes_on_with_the_one_before(site, monkeypatch):
    model_change.start(NEW)
    change()
    new = embedder_named(NEW)
    loading = threading.Event()
    with monkeypatch.context() as patched:
        patched.setattr(type(new), "is_warm", property(lambda self: self.name == OLD))
        patched.setattr("search.embedding.process.warm_in_background", lambda embedder: loading.set())
        embedder_named(OLD)
        answer = asked()
        assert answer.model.startswith(OLD)
        assert not answer.lexical_only
        assert loading.is_set()
    assert asked().model.startswith(NEW)


# --- What an operator types ---------------------------------------------------------------------


def said(*words, **options):
    out = StringIO()
    call_command("search_model", *words, stdout=out, **options)
    return out.getvalue()


def test_use_status_back_drop_as_typed(site):
    assert "in force   hashing-64: 6 vectors" in said("status")
    shown = said("use", NEW)
    assert "6 of 6 passages have no vector" in shown
    assert "in force   hashing-96" in shown
    assert "no judged questions" in shown
    state = json.loads(said("status", "--json"))
    assert (state["in_force"]["name"], state["previous"]["name"], state["change"]) == (NEW, OLD, None)
    assert "hashing-64 is in force again" in said("back")
    assert "6 vectors of hashing-96 deleted" in said("drop", NEW)
    with pytest.raises(CommandError, match="no/such cannot be used"):
        said("use", "no/such")


def test_use_without_waiting_is_seen_in_the_status(site):
    assert "The worker goes on" in said("use", NEW, "--no-wait")
    assert "embedding: 0 of 6 passages, 0%" in said("status")
    assert json.loads(said("status", "--json"))["change"]["to"]["missing"] == 6
    call_command("search_model", "stop", stdout=StringIO())
    assert "under way" not in said("status")


def test_setting_that_names_another_model_is_explained(site, settings):
    settings.SEARCH_EMBEDDING_MODEL = NEW
    assert f"./lotse model use {NEW}" in said("status")


# --- Another version of the code ----------------------------------------------------------------


def test_new_analysis_is_written_words_first_and_keeps_the_vectors(site, monkeypatch):
    before = set(PassageVector.objects.values_list("pk", flat=True))
    for module in (content, writer):
        monkeypatch.setattr(module, "ANALYSIS_VERSION", "next")
    assert selectors.status().other_version == 3
    assert asked().hits
    assert services.write_words() == 3
    assert selectors.pages_due() == []
    assert selectors.status().other_version == 0
    assert set(PassageVector.objects.values_list("pk", flat=True)) == before


def test_new_splitter_keeps_a_page_as_it_is_until_its_new_passages_have_vectors(site, monkeypatch):
    from dataclasses import replace

    from search.index import splitting

    original = content.fitted
    monkeypatch.setattr(content, "SPLITTER_VERSION", "next")
    monkeypatch.setattr(
        content, "fitted", lambda passages: [replace(one, text=f"{one.text} …") for one in original(passages)]
    )
    assert splitting.SPLITTER_VERSION != "next"
    assert services.write_words() == 0
    embedder = index_embedder()
    seen = []
    embed = embedder.embed_passages

    def looked(texts):
        if threading.current_thread() is not threading.main_thread():
            return embed(texts)  # a question
        answer = asked()
        seen.append((answer.total, answer.model, selectors.status().other_version))
        return embed(texts)

    monkeypatch.setattr(embedder, "embed_passages", looked)
    services.index_due()
    assert [(total, other) for total, _, other in seen] == [(3, 3)]
    assert all(model.startswith(OLD) for _, model, _ in seen)
    assert selectors.pages_due() == []
