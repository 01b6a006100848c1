"""A model computed with 8-bit integers: near what torch computes, without torch, and never a reason to fail."""

from __future__ import annotations

import json
import logging
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy
import pytest

from search.embedding import int8
from search.embedding.interface import EmbedderUnavailable
from search.embedding.models import MODELS, SHIPPED, SHIPPED_FOLDER, describe
from search.embedding.sentence_transformer import SentenceTransformerEmbedder
from tests import tiny_model

TEXTS = ["wo liegt der hafen", "am fluss", "die halle ist für alle da und hat ein dach", "x"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder as the shipped one."""
    return tiny_model.build(tmp_path_factory.mktemp("models") / "small", dimensions=32, spread=0.2, int8=True)


@pytest.fixture(scope="module")
def plain(folder):
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(folder), device="cpu")
    return lambda texts: model.encode(texts, normalize_embeddings=True)


def test_vectors_are_nearly_those_of_torch_and_of_length_one(folder, plain):
    embedder = SentenceTransformerEmbedder(describe(str(folder)))
    assert embedder.backend == "int8"
    found = embedder.embed_passages(TEXTS)
    assert found.dtype == numpy.float32
    assert found.shape == (4, embedder.dimensions) == (4, 32)
    assert numpy.allclose(numpy.linalg.norm(found, axis=1), 1, atol=1e-5)
    assert (found * plain(TEXTS)).sum(1).min() > 0.99
    assert numpy.array_equal(embedder.embed_query(TEXTS[0]), found[0])


def test_a_vector_does_not_depend_on_the_texts_beside_it(folder):
    model = int8.Int8Model(folder)
    assert numpy.array_equal(model.encode(TEXTS)[1], model.encode([TEXTS[1]])[0])
    assert model.encode([]).shape == (0, 32)


def test_fewer_dimensions_and_a_shorter_text(folder, plain):
    model = int8.Int8Model(folder, max_tokens=6, truncate_dim=8)  # four letters between the marks
    vectors = model.encode(["a b c d e f g", "a b c d"])
    assert vectors.shape == (2, 8)
    assert numpy.array_equal(vectors[0], vectors[1])
    cut = plain(["a b c d"])[0][:8]
    assert vectors[1] @ cut / numpy.linalg.norm(cut) > 0.98


def test_without_onnxruntime_torch_computes_says_so_and_is_another_fingerprint(
    folder, plain, monkeypatch, caplog
):
    with_int8 = SentenceTransformerEmbedder(describe(str(folder))).fingerprint
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    monkeypatch.setattr(int8, "_broken", int8._broken.__wrapped__)
    embedder = SentenceTransformerEmbedder(describe(str(folder)))
    assert embedder.backend == "torch"
    assert embedder.fingerprint != with_int8
    with caplog.at_level(logging.WARNING):
        assert numpy.allclose(embedder.embed_query("hafen"), plain(["hafen"])[0], atol=1e-4)
    assert "computed by torch: onnxruntime does not work here" in caplog.text


def test_an_operator_that_is_missing_is_noticed_before_anything_is_loaded(folder, monkeypatch):
    monkeypatch.setattr(int8, "_broken", int8._broken.__wrapped__)
    assert int8._broken() == ""
    monkeypatch.setattr(int8, "_MICROSOFT", "com.nobody")
    assert SentenceTransformerEmbedder(describe(str(folder))).backend == "torch"


def test_a_processor_whose_sums_overflow_is_noticed(folder, monkeypatch):
    monkeypatch.setattr(int8, "_broken", int8._broken.__wrapped__)
    monkeypatch.setattr(int8, "_largest_product", lambda: 32.5)
    assert "overflow" in int8.unfit(folder)


def test_weights_that_cannot_be_read_are_a_clear_sentence_and_no_other_fingerprint(folder, tmp_path):
    broken = Path(shutil.copytree(folder, tmp_path / "broken"))
    (broken / "model.safetensors").write_bytes(b"\x02\0\0\0\0\0\0\0{}")
    embedder = SentenceTransformerEmbedder(describe(str(broken)))
    before = embedder.fingerprint
    with pytest.raises(EmbedderUnavailable, match="small could not be loaded"):
        embedder.embed_query("hafen")
    assert embedder.fingerprint == before


def test_torch_computes_what_does_not_ask_for_integers(folder):
    asked = describe(str(folder))
    assert SentenceTransformerEmbedder(replace(asked, int8=False)).backend == "torch"
    assert [name for name, model in MODELS.items() if model.int8] == [SHIPPED]


@pytest.mark.parametrize(
    ("file", "change", "reason"),
    [
        ("config.json", {"model_type": "xlm-roberta"}, "no BERT"),
        ("config.json", {"hidden_act": "relu"}, "no BERT"),
        ("config.json", {"position_embedding_type": "relative_key"}, "positions"),
        ("1_Pooling/config.json", {"pooling_mode_cls_token": True}, "mean"),
    ],
)
def test_says_why_it_cannot_compute_a_model(folder, tmp_path, file, change, reason):
    assert int8.unfit(folder) == ""
    other = Path(shutil.copytree(folder, tmp_path / "other"))
    (other / file).write_text(json.dumps(json.loads((other / file).read_text()) | change))
    assert reason in int8.unfit(other)
    assert "lacks" in int8.unfit(tmp_path)


# What a web process does, on its own.
ASKING = """
import sys, time
from pathlib import Path
from search.embedding.int8 import Int8Model

began = time.process_time()
model = Int8Model(Path(sys.argv[1]), 256)
model.encode(["Hafen"])
print(time.process_time() - began, "torch" in sys.modules, "transformers" in sys.modules)
"""


def test_the_shipped_model_loads_in_two_seconds_without_torch():
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", ASKING, str(SHIPPED_FOLDER)],
        capture_output=True,
        text=True,
        cwd=root,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    seconds, torch, transformers = done.stdout.split()
    assert float(seconds) <= 2
    assert (torch, transformers) == ("False", "False")
