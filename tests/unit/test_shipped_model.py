"""The shipped files: loaded by plain sentence-transformers without a network, small, quick, and in both languages."""

import fnmatch
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy
import pytest

from door import places
from search.embedding.__main__ import table
from search.embedding.models import MODELS, SHIPPED, SHIPPED_FOLDER, describe

ROOT = Path(__file__).parents[2]

PAIRS = [
    ("Wie gewinnen wir neue Mitglieder für unser Netzwerk?", "How do we win new members for our network?"),
    (
        "Vor dem Workshop klärt ihr, wer welche Frage mitbringt.",
        "Before the workshop you settle who brings which question.",
    ),
    (
        "Der Förderantrag muss bis Ende März gestellt sein.",
        "The grant application must be filed by end of March.",
    ),
    (
        "Die Reederei sucht Partner für grünen Wasserstoff.",
        "The shipping company seeks partners for green hydrogen.",
    ),
    ("Das Protokoll geht am nächsten Tag an alle.", "The minutes are sent to everybody on the next day."),
    (
        "Pflegekräfte berichten, was die neue Software ihnen abnimmt.",
        "Nurses tell which work the new software spares them.",
    ),
    (
        "Eine stille Pause hilft, wenn die Diskussion sich im Kreis dreht.",
        "A silent break helps when the discussion goes round in circles.",
    ),
    ("Am Hafen ist heute kein Parkplatz frei.", "There is no parking space left at the harbour today."),
    (
        "Woran messen wir, ob die Messe sich gelohnt hat?",
        "How do we measure whether the trade fair was worth it?",
    ),
    ("Die Suppe ist zu salzig geworden.", "The soup has turned out too salty."),
]

# What a stranger does with the folder, on a machine that reaches nobody.
STRANGER = """
import json, socket, sys, time

def refused(*_, **__):
    raise OSError("no network in this test")

socket.socket.connect = socket.socket.connect_ex = socket.create_connection = socket.getaddrinfo = refused
import torch
from sentence_transformers import SentenceTransformer

began = time.process_time()  # the wall clock of a busy machine says nothing about the files
model = SentenceTransformer(sys.argv[1], device="cpu")
seconds = time.process_time() - began
vectors = model.encode(json.loads(sys.argv[2]))
print(json.dumps({"seconds": seconds, "dtype": str(model.dtype), "vectors": vectors.tolist()}))
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """Seconds to load, type of the weights in memory, and the vectors of all German, then all English sentences."""
    home = tmp_path_factory.mktemp("home")
    texts = [german for german, _ in PAIRS] + [english for _, english in PAIRS]
    offline = {"HF_HUB_OFFLINE": "1", "HOME": str(home), "HF_HOME": str(home), "PATH": os.environ["PATH"]}
    done = subprocess.run(
        [sys.executable, "-c", STRANGER, str(SHIPPED_FOLDER), json.dumps(texts)],
        capture_output=True,
        text=True,
        cwd=home,
        env=offline,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    return found | {"vectors": numpy.array(found["vectors"])}


def test_loads_in_two_seconds_as_float32_without_a_network(loaded):
    assert loaded["seconds"] <= 2
    assert loaded["dtype"] == "torch.float32"


def test_vectors_have_384_dimensions_and_length_one(loaded):
    assert loaded["vectors"].shape == (2 * len(PAIRS), 384)
    assert numpy.allclose(numpy.linalg.norm(loaded["vectors"], axis=1), 1, atol=1e-5)


def test_a_sentence_is_nearer_to_its_translation_than_to_any_other_sentence_of_either_language(loaded):
    cosines = loaded["vectors"] @ loaded["vectors"].T
    numpy.fill_diagonal(cosines, -1)
    nearest = cosines.argmax(axis=1)
    count = len(PAIRS)
    assert sum(nearest[:count] == numpy.arange(count) + count) >= 9
    assert sum(nearest[count:] == numpy.arange(count)) >= 9


def test_files_are_small_and_know_no_machine():
    files = [file for file in SHIPPED_FOLDER.rglob("*") if file.is_file()]
    assert {"model.safetensors", "tokenizer.json", "README.md"} <= {file.name for file in files}
    assert sum(file.stat().st_size for file in files) <= 45_000_000
    for file in files:
        found = re.search(
            rb"/(work|tmp|home|root|Users|usr|mnt)/|site-packages|https?://(?!www\.|arxiv)", file.read_bytes()
        )
        assert found is None, f"{file.name}: {found and found.group()}"


@pytest.mark.parametrize("name", [".gitignore", ".dockerignore"])
def test_files_reach_a_clone_and_the_image(name):
    assert "COPY search search" in (ROOT / "Dockerfile").read_text()
    patterns = [row.strip().strip("/").removeprefix("**/") for row in (ROOT / name).read_text().splitlines()]
    for file in SHIPPED_FOLDER.rglob("*"):
        inside = file.relative_to(ROOT)
        reached = [str(inside), *inside.parts]
        assert not any(
            fnmatch.fnmatch(part, pattern) for pattern in patterns if pattern for part in reached
        ), inside


def test_folder_says_of_itself_what_the_registry_says():
    assert describe(str(SHIPPED_FOLDER)) == MODELS[SHIPPED]


def test_card_names_licences_figures_and_limits():
    card = (SHIPPED_FOLDER / "README.md").read_text()
    for heading in ("## Learnt from", "## Figures", "## Limits"):
        assert heading in card
    assert "CC BY 4.0" in card


def test_the_site_starts_with_it_unless_told_otherwise():
    settings = (ROOT / "site/config/settings/base.py").read_text()
    assert f'env("LOTSE_EMBEDDING_MODEL", default="{SHIPPED}")' in settings
    assert f"${{LOTSE_EMBEDDING_MODEL:-{SHIPPED}}}" in (ROOT / "docker-compose.yml").read_text()
    assert f"LOTSE_EMBEDDING_MODEL={SHIPPED}\n" in (ROOT / "docs/operators.env.example").read_text()


def test_the_door_prints_the_folder_and_nothing_else():
    assert places.MODEL == SHIPPED_FOLDER
    done = subprocess.run([ROOT / "lotse", "model", "path"], capture_output=True, text=True, timeout=60)
    assert done.stdout == f"{SHIPPED_FOLDER}\n"


def test_list_marks_the_model_in_force_even_one_that_nobody_knows(tmp_path):
    rows = table(SHIPPED)
    assert [row for row in rows if row.startswith("* ")] == [rows[0]]
    assert rows[0].split() == ["*", SHIPPED, "384", "de,", "en", "part", "of", "Lotse"]
    assert any(row.startswith("* somebody/else") and "its own" in row for row in table("somebody/else"))
    (tmp_path / "lotse-model.json").write_text('{"name": "ours", "dimensions": 512, "languages": ["de"]}')
    assert any(row.split() == ["*", "ours", "512", "de", "folder"] for row in table(str(tmp_path)))
