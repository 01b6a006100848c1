"""The shipped table as a question meets it."""

import gzip
import subprocess
import sys
import time

import pytest

from search.analysis import stem, words
from search.bilingual import clauses, lookup, translations
from search.bilingual.rows import TermFile
from search.bilingual.sources import glossary, glossary_rows

FIELD = {
    "Mitglied": "member",
    "Förderung": "fund",
    "Antrag": "applic",
    "Veranstaltung": "event",
    "Netzwerk": "network",
    "Fachkräfte": "skill",
    "Verein": "associ",
    "Beirat": "advisori",
    "Satzung": "statut",
    "Haushalt": "budget",
    "Zuschuss": "grant",
    "Gesuch": "request",
    "Angebot": "offer",
    "Messe": "fair",
    "Wissenstransfer": "knowledg",
    "Unternehmen": "compani",
    "Rollstuhl": "wheelchair",
    "Dolmetscherin": "interpret",
    "Stichtag": "deadlin",
}


def asked(word: str, source: str, target: str) -> dict[str, float]:
    (found,) = [found for found in words(word, source) if not found.part]
    return dict(translations(found.term, source, target, word=found.folded))


@pytest.mark.parametrize(("german", "english"), FIELD.items())
def test_words_of_the_field_are_known(german: str, english: str) -> None:
    found = asked(german, "de", "en")
    assert english in found and 0 < sum(found.values()) <= 1.0001


@pytest.mark.parametrize(
    ("english", "german"), [("member", "mitglied"), ("funding", "forder"), ("grant", "zuschuss")]
)
def test_the_table_works_both_ways(english: str, german: str) -> None:
    assert any(term.startswith(german) for term in asked(english, "en", "de"))


@pytest.mark.parametrize(
    ("form", "english"),
    [
        ("einzureichen", "submit"),
        ("anzurufen", "call"),
        ("aufgefrischt", "refresh"),
        ("eingespart", "save"),
        ("unterschreibt", "sign"),
    ],
)
def test_a_verb_is_known_by_its_infinitive(form: str, english: str) -> None:
    assert not lookup.shipped().row(stem("de", form), "de", "en"), "has a row of its own: choose another one"
    found = asked(form, "de", "en")
    assert max(found, key=found.__getitem__) == english


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A copy of the shipped files that may be broken."""
    for name in ("de-en.tsv", "en-de.tsv"):
        (tmp_path / name).write_bytes((lookup.FOLDER / name).read_bytes())
    monkeypatch.setattr(lookup, "FOLDER", tmp_path)
    lookup._file.cache_clear()
    lookup.forget()
    yield tmp_path
    lookup._file.cache_clear()
    lookup.forget()


@pytest.mark.parametrize(
    "content",
    [None, b"", b"\n", b"\xff\xfe\x00", b"mitglied\n", b"mitglied\tmember\n", b"z\ty 80\na\tb 80\n"],
)
def test_without_a_usable_file_words_are_themselves_and_the_log_says_why(folder, caplog, content) -> None:
    path = folder / "de-en.tsv"
    path.unlink() if content is None else path.write_bytes(content)
    assert asked("Mitglied", "de", "en") == {"mitg": 1.0}
    assert asked("Verein", "de", "en")
    assert "member" in asked("member", "en", "en")
    assert asked("member", "en", "de").keys() & {"mitglied"}, "the other direction still serves"
    (line,) = [record.getMessage() for record in caplog.records]
    assert str(path) in line and "python -m search.bilingual.build" in line


def test_one_broken_row_costs_that_row_alone(folder, caplog) -> None:
    path = folder / "de-en.tsv"
    path.write_bytes(path.read_bytes().replace(b"\nmitglied\tmember", b"\nmitglied\tmember x", 1))
    assert asked("Mitglied", "de", "en") == {"mitg": 1.0}
    assert "associ" in asked("Verein", "de", "en")
    assert asked("Mitglied", "de", "en") and len(caplog.records) == 1


def test_an_unknown_compound_is_translated_by_its_parts() -> None:
    found = clauses(stem("de", "mitgliederfeedback"), "de", "en", word="mitgliederfeedback")
    assert [clause.alternatives[0][0] for clause in found] == ["member", "feedback"]
    assert all(clause.weight < 1 for clause in found)
    assert {"member", "feedback"} <= asked("Mitgliederfeedback", "de", "en").keys()


def test_a_compound_is_split_from_its_stem_alone() -> None:
    assert {"member", "feedback"} <= dict(translations("mitgliederfeedback", "de", "en")).keys()


@pytest.mark.parametrize("word", ["365", "5G", "Kaizen", "Quuxfrobnicator"])
def test_numbers_and_names_stay_themselves(word: str) -> None:
    assert asked(word, "de", "en") == {stem("en", word.lower()): 1.0}


def test_other_languages_have_no_rows() -> None:
    assert translations("membr", "fr", "en") == (("membr", 1.0),)
    assert translations("mitglied", "de", "de") == (("mitglied", 1.0),)


@pytest.mark.parametrize("stem_given", ["", "\t", "a\tb", "\n", "arbeitsmarkt" * 6, "x" * 10_000, "🙂", "ء"])
def test_anything_may_be_asked(stem_given: str) -> None:
    started = time.process_time()
    assert translations(stem_given, "de", "en")
    assert time.process_time() - started < 0.5


def test_the_table_opens_quickly() -> None:
    started = time.process_time()
    table = TermFile.at(lookup.FOLDER / "de-en.tsv")
    assert table.get("mitglied")
    assert time.process_time() - started < 0.05


def test_nothing_is_read_before_the_first_word() -> None:
    code = "from search.bilingual import lookup; import sys; sys.exit(lookup._file.cache_info().currsize)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_files_are_small_sorted_and_without_doubles() -> None:
    size = 0
    for name in ("de-en.tsv", "en-de.tsv"):
        content = (lookup.FOLDER / name).read_bytes()
        size += len(gzip.compress(content))
        lines = content.split(b"\n")[:-1]
        keys = [line.split(b"\t")[0] for line in lines]
        assert lines == sorted(lines) and len(keys) == len(set(keys))
    assert size <= 1_500_000


def test_every_weight_of_the_files_is_a_share_of_one() -> None:
    for name in ("de-en.tsv", "en-de.tsv"):
        for line in (lookup.FOLDER / name).read_text(encoding="utf-8").splitlines():
            weights = [int(cell.split(" ")[1]) for cell in line.split("\t")[1:]]
            assert weights and min(weights) > 0 and sum(weights) <= 100, line


def test_every_line_of_the_glossary_says_something() -> None:
    entries = glossary()
    assert len(entries) > 300
    assert all(german and english for german, english in entries)
    shipped = TermFile.at(lookup.FOLDER / "de-en.tsv")
    de, _ = glossary_rows(entries)
    assert all(shipped.get(row.term) for row in de)
