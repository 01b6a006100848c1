"""Any folder in the form of a collection is read; a broken one is refused by file and line."""

import gzip
import json

import pytest

from search.evaluation.collection import CollectionError, key_of, questions, read_collection
from search.evaluation.sources import Refused, foreign


def lines(*rows):
    return "".join(json.dumps(row) + "\n" for row in rows)


@pytest.fixture
def folder(tmp_path):
    """German and English texts, one question in each language, one that nothing answers."""
    (tmp_path / "corpus.de.jsonl").write_text(
        lines({"id": "s:de:a", "text": "Antrag"}, {"id": "s:de:b", "title": "B", "text": "Kaffee"})
    )
    with gzip.open(tmp_path / "corpus.en.jsonl.gz", "wt") as file:
        file.write(lines({"id": "s:en:a", "title": "A", "text": "Application"}))
    (tmp_path / "queries.de.jsonl").write_text(
        lines(
            {"id": "q1", "text": "Wie stelle ich den Antrag?", "split": "train"},
            {"id": "q2", "text": "Wie wird das Wetter?"},
        )
    )
    (tmp_path / "queries.en.jsonl").write_text(lines({"id": 7, "text": "How to apply?", "split": "test"}))
    (tmp_path / "qrels.tsv").write_text(
        "query-id\tcorpus-id\tscore\nq1\ts:de:a\t3\nq1\ts:de:b\t0\n7\ts:en:a\t1\n"
    )
    return tmp_path


def read(folder):
    return questions(read_collection(folder))


def test_every_question_is_asked_on_the_texts_of_every_language(folder):
    found = read(folder)
    assert found.pairs == ["de-de", "en-en", "de-en", "en-de"]
    asked = next(q for q in found.questions if q.pair == "de-en" and q.answerable)
    assert asked.only_language == "en"
    # The English text is the German one's translation: the same page.
    assert dict(asked.wanted) == {str(key_of("s:de:a")): 3} == {str(key_of("s:en:a")): 3}


def test_halves_are_taken_from_the_collection_or_drawn(folder):
    splits = {q.id: q.split for q in read(folder).questions}
    assert splits["de:q1"] == "tune"
    assert splits["en:7"] == "held"
    assert splits["de:q2"] in ("tune", "held")


def test_a_question_that_no_judgement_names_has_no_answer(folder):
    assert {q.id for q in read(folder).unanswerable()} == {"de:q2"}


def test_one_language_without_titles_splits_and_headings_suffices(tmp_path):
    (tmp_path / "corpus.de.jsonl").write_text(lines({"id": "a", "text": "Antrag"}))
    (tmp_path / "queries.de.jsonl").write_text(lines({"id": "1", "text": "Antrag?"}))
    (tmp_path / "qrels.tsv").write_text("1\ta\t1\n")
    found = read(tmp_path)
    assert found.pairs == ["de-de"]
    assert next(read_collection(tmp_path).documents("de")).title == ""


def test_a_text_without_words_is_its_title(folder):
    (folder / "corpus.de.jsonl").write_text(lines({"id": "s:de:a", "title": "Antrag", "text": " "}))
    assert [one.text for one in read_collection(folder).documents("de")] == ["Antrag"]


def test_judgements_as_trec_eval_writes_them(folder):
    (folder / "qrels.tsv").write_text("q1\t0\ts:de:a\t2\n")
    assert read(folder).answerable("de-de")[0].wanted == {str(key_of("s:de:a")): 2}


def test_answers_that_are_in_no_text_are_counted(folder):
    (folder / "qrels.tsv").write_text("q1\ts:de:b\t1\n7\ts:en:a\t1\n")
    found = read(folder)
    assert "missing among the texts" in found.warnings[0]
    assert "de-en" not in found.pairs


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("corpus.de.jsonl", '{"id": "a"', r"corpus.de.jsonl, line 1: no JSON"),
        ("corpus.de.jsonl", '["a"]', r"corpus.de.jsonl, line 1: no JSON object"),
        ("corpus.de.jsonl", '{"id": "a"}', r"line 1: “text” is missing"),
        (
            "corpus.de.jsonl",
            '{"id": "a", "text": "x"}\n\n{"id": "a", "text": "y"}',
            r"line 3: the id “a” .* twice",
        ),
        ("queries.de.jsonl", '{"text": "x"}', r"queries.de.jsonl, line 1: “id”"),
        ("queries.de.jsonl", '{"id": "q1", "text": null}', r"“text” is missing"),
        ("qrels.tsv", "q1 a 1\n", r"qrels.tsv, line 1: .* divided by tabs"),
        ("qrels.tsv", "q1\ts:de:a\t1\nq1\ts:de:b\tgood\n", r"line 2: “good” is no grade"),
        ("qrels.tsv", "q1\ts:de:a\t0\n", r"names no answer"),
        ("qrels.tsv", "other\telse\t1\n", r"are the ids the same"),
        ("corpus.en.jsonl.gz", "no gzip", r"corpus.en.jsonl.gz cannot be read"),
    ],
)
def test_what_is_broken_is_named(folder, name, text, said):
    (folder / name).write_text(text)
    with pytest.raises(CollectionError, match=said):
        read(folder)


@pytest.mark.parametrize("name", ["qrels.tsv", "queries", "corpus"])
def test_what_is_missing_is_named(folder, name):
    for path in folder.glob(f"{name}*"):
        path.unlink()
    with pytest.raises(CollectionError, match=name):
        read(folder)
    with pytest.raises(CollectionError, match="no folder"):
        read_collection(folder / "nowhere")


def test_questions_of_another_collection_have_no_answer_here(folder):
    found = foreign(folder)
    assert {question.id for question in found} == {"foreign:de:q1", "foreign:de:q2", "foreign:en:7"}
    assert not any(question.answerable or question.only_language for question in found)
    with pytest.raises(Refused, match="no folder"):
        foreign(folder / "nowhere")


def test_a_nul_in_a_text_does_not_reach_the_database(folder):
    (folder / "corpus.de.jsonl").write_text(lines({"id": "s:de:a", "text": "An\x00trag"}))
    assert next(read_collection(folder).documents("de")).text == "Antrag"
