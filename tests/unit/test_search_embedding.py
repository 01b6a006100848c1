"""The seam to the models: prefixes, failures, time limits, one load."""

import json
import shutil
import threading
import time
from dataclasses import replace

import numpy
import pytest

from search.embedding import EmbedderUnavailable, embedder_named, process, query_vector, reset
from search.embedding.hashing import HashingEmbedder
from search.embedding.models import DESCRIPTION_FILE, MODELS, describe
from search.embedding.sentence_transformer import SentenceTransformerEmbedder
from tests import tiny_model


@pytest.fixture(autouse=True)
def fresh():
    reset()
    yield
    reset()


class Slow(HashingEmbedder):
    def __init__(self, seconds: float, warm: bool = True) -> None:
        super().__init__(f"slow-{seconds}-{warm}")
        self.seconds, self.is_warm, self.asked = seconds, warm, 0

    def warm(self):
        self.embed_query("Hafen")
        self.is_warm = True

    def embed_query(self, text):
        self.asked += 1
        time.sleep(self.seconds)
        return super().embed_query(text)


def test_hashing_is_deterministic_and_of_length_one():
    embedder = HashingEmbedder()
    vectors = embedder.embed_passages(["Mitglieder gewinnen", "Mitgliedergewinnung", "Kaffee", ""])
    assert vectors.shape == (4, 64)
    assert vectors.dtype == numpy.float32
    assert numpy.allclose(numpy.linalg.norm(vectors, axis=1), 1)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]
    assert numpy.array_equal(
        vectors,
        HashingEmbedder().embed_passages(["Mitglieder gewinnen", "Mitgliedergewinnung", "Kaffee", ""]),
    )


def test_question_is_not_kept_waiting_for_a_slow_model(settings):
    settings.SEARCH = {"embedding_timeout_ms": 30}
    began = time.monotonic()
    assert query_vector("Hafen?", Slow(0.4)) is None
    assert time.monotonic() - began < 0.3


def test_cold_model_warms_in_the_background_and_answers_next_time():
    embedder = Slow(0.05, warm=False)
    assert query_vector("Hafen?", embedder) is None
    for _ in range(100):
        if embedder.is_warm:
            break
        time.sleep(0.02)
    assert query_vector("Hafen?", embedder) is not None


def test_same_question_is_embedded_once():
    embedder = Slow(0.01)
    first, second = query_vector("Hafen?", embedder), query_vector("Hafen?", embedder)
    assert numpy.array_equal(first, second)
    assert embedder.asked == 1


def test_missing_model_is_a_clear_sentence_and_tried_once(monkeypatch):
    embedder = SentenceTransformerEmbedder(describe("/nowhere/model"))
    loads = []
    monkeypatch.setattr(
        embedder, "_load", lambda: loads.append(1) or (_ for _ in ()).throw(OSError("no such folder"))
    )
    for _ in range(3):
        with pytest.raises(EmbedderUnavailable, match="/nowhere/model could not be loaded: no such folder"):
            embedder.embed_query("x")
    assert len(loads) == 1


def test_one_load_for_many_threads(monkeypatch):
    embedder = SentenceTransformerEmbedder(describe("somewhere"))
    loads = []

    def load():
        loads.append(1)
        time.sleep(0.05)
        return object()

    monkeypatch.setattr(embedder, "_load", load)
    threads = [threading.Thread(target=embedder._loaded) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(loads) == 1


def test_folder_describes_itself(tmp_path):
    (tmp_path / DESCRIPTION_FILE).write_text(
        json.dumps({"name": "ours", "query_prefix": "frage: ", "languages": ["de", "en"], "floor": 0.4})
    )
    model = describe(str(tmp_path))
    assert (model.name, model.query_prefix, model.languages, model.floor) == (
        "ours",
        "frage: ",
        {"de", "en"},
        0.4,
    )
    (tmp_path / DESCRIPTION_FILE).write_text('{"prefix": ""}')
    with pytest.raises(ValueError, match="prefix"):
        describe(str(tmp_path))


def test_prefixes_belong_to_the_model():
    assert MODELS["intfloat/multilingual-e5-small"].query_prefix == "query: "
    assert MODELS["intfloat/multilingual-e5-small"].passage_prefix == "passage: "
    assert MODELS["Qwen/Qwen3-Embedding-0.6B"].query_prefix.startswith("Instruct: ")


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return tiny_model.build(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="module")
def plain(tiny):
    """Text -> vector, without anything of ours around it."""
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(tiny), device="cpu")
    return lambda text: model.encode([text])[0]


HUB = [name for name, model in MODELS.items() if "/" in model.source and not model.source.startswith("/")]


@pytest.mark.parametrize("name", HUB)
def test_hub_models_read_questions_and_passages_behind_their_prefixes(name, tiny, plain):
    """The registry's own description, its weights exchanged for ones that need no network."""
    model = replace(MODELS[name], source=str(tiny), dimensions=16)
    embedder = SentenceTransformerEmbedder(model)
    question, (passage,) = embedder.embed_query("wo liegt der hafen"), embedder.embed_passages(["am fluss"])
    assert numpy.allclose(question, plain(model.query_prefix + "wo liegt der hafen"), atol=1e-4)
    assert numpy.allclose(passage, plain(model.passage_prefix + "am fluss"), atol=1e-4)
    if model.query_prefix:
        assert not numpy.allclose(question, plain("wo liegt der hafen"), atol=1e-2)
    assert embedder.dimensions == 16


def test_a_prompt_that_a_model_brings_along_does_not_come_on_top(tiny, plain, tmp_path):
    folder = shutil.copytree(tiny, tmp_path / "prompted")
    (folder / "config_sentence_transformers.json").write_text(
        json.dumps({"prompts": {"query": "search for this: "}, "default_prompt_name": "query"})
    )
    embedder = SentenceTransformerEmbedder(replace(describe(str(folder)), query_prefix="query: "))
    assert numpy.allclose(embedder.embed_query("hafen"), plain("query: hafen"), atol=1e-4)
    assert numpy.allclose(embedder.embed_passages(["hafen"])[0], plain("hafen"), atol=1e-4)


def test_fewer_dimensions_and_a_shorter_text_where_the_description_says_so(tiny, plain):
    short = SentenceTransformerEmbedder(
        replace(describe(str(tiny)), truncate_dim=8, max_tokens=6)  # four letters between the marks
    )
    vectors = short.embed_passages(["a b c d e f g", "a b c d"])
    assert vectors.shape == (2, short.dimensions) == (2, 8)
    assert numpy.allclose(numpy.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert numpy.allclose(vectors[0], vectors[1], atol=1e-4)
    cut = plain("a b c d")[:8]
    assert numpy.allclose(vectors[1], cut / numpy.linalg.norm(cut), atol=1e-4)


def test_fingerprint_changes_with_the_prefix(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    plain = SentenceTransformerEmbedder(describe(str(tmp_path))).fingerprint
    (tmp_path / DESCRIPTION_FILE).write_text(json.dumps({"query_prefix": "q: "}))
    assert SentenceTransformerEmbedder(describe(str(tmp_path))).fingerprint != plain


def test_names_share_one_embedder():
    assert embedder_named("hashing-64") is embedder_named("hashing-64")
    assert process.source_of(embedder_named("hashing-96")) == "hashing-96"


def test_fingerprint_changes_with_weights_that_differ_in_the_middle(tmp_path):
    """A model that was trained further begins with the same embeddings and has the same size."""
    (tmp_path / "config.json").write_text("{}")
    weights = bytearray(8_000_000)
    (tmp_path / "model.safetensors").write_bytes(weights)
    before = SentenceTransformerEmbedder(describe(str(tmp_path))).fingerprint
    weights[4_000_000:4_200_000] = b"x" * 200_000
    (tmp_path / "model.safetensors").write_bytes(weights)
    assert SentenceTransformerEmbedder(describe(str(tmp_path))).fingerprint != before


def test_fingerprint_of_missing_files_is_looked_for_again(tmp_path):
    embedder = SentenceTransformerEmbedder(describe(str(tmp_path / "later")))
    before = embedder.fingerprint
    (tmp_path / "later").mkdir()
    (tmp_path / "later" / "config.json").write_text("{}")
    assert embedder.fingerprint != before


@pytest.mark.model
def test_bundled_model_knows_what_belongs_together():
    embedder = embedder_named("all-MiniLM-L6-v2")
    vectors = embedder.embed_passages(
        ["How to win new members", "Recruiting members for an association", "Fried fish"]
    )
    assert vectors.shape == (3, 384)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.2
    assert embedder.is_warm
