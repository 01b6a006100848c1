"""The command as a person types it: a collection in a database of its own, and sentences instead of tracebacks."""

import json
import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from psycopg import sql

from search.evaluation.collected.database import database_name

ROOT = Path(__file__).parents[2]
TEXTS = {
    "antrag": (
        "Antrag stellen",
        "# Antrag stellen\nWorum es geht.\n## Skizze\nDer Antrag auf Fördermittel beginnt mit einer Skizze.",
    ),
    "kaffee": ("Kaffee kochen", "Wasser, Bohnen und ein Filter."),
    "gruppe": ("Arbeitsgruppe leiten", "Eine Arbeitsgruppe braucht ein Ziel und ein Ende."),
}
QUESTIONS = {
    "Fördermittelantrag": "antrag",
    "Was braucht man für Kaffee?": "kaffee",
    "Was braucht eine Gruppe?": "gruppe",
    "Antrag": "antrag",
    "Filter und Bohnen": "kaffee",
    "Wie wird das Wetter?": None,
}


def write(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    rows = [{"id": key, "title": title, "text": text} for key, (title, text) in TEXTS.items()]
    (folder / "corpus.de.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    asked = [
        {"id": str(number), "text": text, "split": "train" if number % 2 else "test"}
        for number, text in enumerate(QUESTIONS)
    ]
    (folder / "queries.de.jsonl").write_text("".join(json.dumps(row) + "\n" for row in asked))
    qrels = [f"{number}\t{key}\t3\n" for number, key in enumerate(QUESTIONS.values()) if key]
    (folder / "qrels.tsv").write_text("".join(qrels))
    return folder


def server():
    database = settings.DATABASES["default"]
    words = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    return {word: database[name] or None for word, name in words.items()}


def url(name):
    """As the launcher gives it, of the same server."""
    return os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{name}"


@pytest.fixture(scope="module")
def collection(tmp_path_factory, django_db_setup):
    """A folder whose name no other run has; its database goes with it."""
    folder = write(tmp_path_factory.mktemp("c") / f"t{os.getpid()}")
    yield folder
    name = database_name(folder.name, "hashing-64")
    with psycopg.connect(dbname="postgres", autocommit=True, **server()) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def evaluate(*words, **variables):
    environment = os.environ | {"PYTHONPATH": f"{ROOT / 'site'}{os.pathsep}{ROOT}"} | variables
    return subprocess.run(
        [sys.executable, "-m", "search.evaluation", *map(str, words)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment,
        timeout=240,
    )


@pytest.fixture(scope="module")
def measured(collection):
    done = evaluate("--collection", collection, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_collection_is_measured_through_the_products_own_pipeline(measured):
    rows = measured["pairs"]["de-de"]
    assert {"shown", "full", "words", "grams", "meaning", "rrf", "wagtail", "bm25 pages"} <= rows.keys()
    assert rows["full"]["n"] == 5
    assert rows["full"]["recall"] == 1
    # "Fördermittelantrag" is not in the text: Snowball alone does not find it, compounds do.
    assert rows["words"]["ndcg"] > rows["bm25 pages"]["ndcg"]
    assert measured["honesty"]["all"]["unanswerable"] == 1
    assert measured["model"].startswith("hashing-64")


def test_a_second_run_reuses_what_the_first_has_loaded_and_follows_changes(collection, measured):
    texts = (collection / "corpus.de.jsonl").read_text()
    (collection / "corpus.de.jsonl").write_text(texts.replace("Wasser, Bohnen und ein Filter.", "Tee."))
    try:
        done = evaluate("--collection", collection, "--legs", "words", "--json")
    finally:
        (collection / "corpus.de.jsonl").write_text(texts)
    assert done.returncode == 0, done.stderr
    after = json.loads(done.stdout)["pairs"]["de-de"]["words"]
    assert after["ndcg"] < measured["pairs"]["de-de"]["words"]["ndcg"]


def test_files_of_a_model_that_are_others_now_are_measured(collection, measured):
    name = database_name(collection.name, "hashing-64")
    with psycopg.connect(dbname=name, autocommit=True, **server()) as connection:
        connection.execute("update search_embeddingmodel set fingerprint = 'hashing-64:earlier'")
        done = evaluate("--collection", collection, "--legs", "full,meaning", "--json")
        assert done.returncode == 0, done.stderr
        models = connection.execute("select fingerprint from search_embeddingmodel").fetchall()
    assert models == [(measured["model"],)]
    found = json.loads(done.stdout)["pairs"]["de-de"]
    for leg in ("full", "meaning"):
        assert found[leg]["ndcg"] == pytest.approx(measured["pairs"]["de-de"][leg]["ndcg"])


def test_the_table_is_for_people(collection, measured):
    done = evaluate(
        "--collection", collection, "--legs", "full,words", "--split", "tune", "--set", "bridge=0"
    )
    assert done.returncode == 0, done.stderr
    assert "German questions on German texts: 2 questions" in done.stdout
    assert "full pipeline" in done.stdout
    assert "bridge 0.0" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--legs", "nothing"], "No such row: nothing"),
        (["--pairs", "de-fr"], "There are no questions for de-fr"),
        (["--set", "nothing=1"], "write FIGURE=VALUE"),
        (["--store", "x"], "for a collection there is --json"),
        (["--tune", "--figures", "nothing"], "cannot be tuned"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(collection, measured, words, said):
    done = evaluate("--collection", collection, *words)
    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_that_is_no_collection_is_a_sentence(tmp_path):
    done = evaluate("--collection", tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "holds no file like corpus.de.jsonl.gz" in done.stderr


def test_a_server_that_does_not_answer_is_a_sentence(collection):
    done = evaluate("--collection", collection, DATABASE_URL="postgres://nobody@127.0.0.1:1/none")
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert "PostgreSQL does not answer" in done.stderr


def test_a_site_that_was_never_started_is_a_sentence(django_db_setup):
    done = evaluate(DATABASE_URL=url("no_such_database"))
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert "Start the site once: ./lotse up" in done.stderr


def test_no_site_carries_the_table_of_collections():
    assert "search.evaluation.collected" not in settings.INSTALLED_APPS
