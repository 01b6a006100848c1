"""What the shipped table is built from: texts whose licence allows to share what is derived from them, what was written
for the model and the table (search/training/written), and our own glossary of the field."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

from search.analysis import words
from search.bilingual.rows import Row
from search.training import written

GLOSSARY = Path(__file__).parent / "glossary.txt"

MDN_STEP = 2
"""every so many-th pair of mdn is taken: it is two thirds of all pairs, translated by machine, and about one subject"""

SENTENCES = frozenset({"d365bc", "d365bc_old", "php", "tatoeba", "mdn"})
PAGES = ("d365bc", "mdn", "php")

WORD_TIMES = 3
"""how often each of our own word pairs counts: by itself a pair of words, seen once, says nothing (`Settings.min_joint`)"""

Phrase = tuple[str, ...]


def shared_pairs(folder: Path) -> Iterator[tuple[str, str]]:
    """(German, English) sentences and page titles under `folder`, in a fixed order; test pages stay out.

    Raises FileNotFoundError when `folder` is not the shared data (`parallel/sentences.tsv.gz`, `parallel/pages`).
    """
    yield from _sentences(folder / "parallel" / "sentences.tsv.gz")
    for name in PAGES:
        yield from _titles(
            folder / "parallel" / "pages" / f"{name}.jsonl.gz", MDN_STEP if name == "mdn" else 1
        )


def written_pairs() -> Iterator[tuple[str, str]]:
    """(German, English) words, sentences and questions of our own, in a fixed order."""
    for pair in written.words():
        yield from [(pair.de, pair.en)] * WORD_TIMES
    for pair in written.sentences():
        yield pair.de, pair.en
    for item in written.answers():
        yield item.question_de, item.question_en


def _sentences(path: Path) -> Iterator[tuple[str, str]]:
    mdn = 0
    with gzip.open(path, "rt", encoding="utf-8", newline="\n") as lines:
        for line in lines:
            german, english, source = line.rstrip("\n").split("\t")
            if source not in SENTENCES:
                continue
            if source == "mdn":
                mdn += 1
                if mdn % MDN_STEP:
                    continue
            yield german, english


def _titles(path: Path, step: int) -> Iterator[tuple[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="\n") as lines:
        for number, line in enumerate(lines):
            page = json.loads(line)
            if page["split"] == "train" and number % step == 0:
                yield page["title_de"], page["title_en"]


def glossary(path: Path = GLOSSARY) -> list[tuple[list[str], list[Phrase]]]:
    """(German stems, English translations as stems) of each line. Raises ValueError for a line of another form."""
    entries = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        german, english = line.split(" = ")
        stems = [_stems(form, "de")[0] for form in german.split(",") if len(_stems(form, "de")) == 1]
        phrases = [_stems(phrase, "en") for phrase in english.split(";")]
        entries.append((list(dict.fromkeys(stems)), [phrase for phrase in phrases if phrase]))
    return entries


def _stems(text: str, language: str) -> Phrase:
    return tuple(word.term for word in words(text, language) if not word.part)


def glossary_rows(entries: list[tuple[list[str], list[Phrase]]]) -> tuple[list[Row], list[Row]]:
    """German and English rows that the glossary alone would give; weights of a row sum up to at most 1.

    Two translations of a line share the weight as 2 : 1, three as 3 : 2 : 1: the usual one comes first. The way back
    a word of a phrase says little by itself: "letter" is not an Absichtserklärung, a letter of intent.
    """
    de: dict[str, dict[str, float]] = {}
    en: dict[str, dict[str, float]] = {}
    for german, phrases in entries:
        whole = len(phrases) * (len(phrases) + 1) / 2
        for place, phrase in enumerate(phrases):
            share = (len(phrases) - place) / whole
            for english in phrase:
                for term in german:
                    row = de.setdefault(term, {})
                    row[english] = row.get(english, 0.0) + share / len(phrase)
                    back = en.setdefault(english, {})
                    back[term] = max(back.get(term, 0.0), (1.0 if place == 0 else 0.5) / len(phrase) ** 2)
    return _normalised(de), _normalised({term: _upper_first(row) for term, row in en.items()})


def _upper_first(row: dict[str, float]) -> dict[str, float]:
    """Divided by the place: of ten German words for "funding" the first ones are meant more often."""
    ordered = sorted(row.items(), key=lambda entry: -entry[1])  # stable: as in the glossary
    return {term: weight / place for place, (term, weight) in enumerate(ordered, start=1)}


def _normalised(table: dict[str, dict[str, float]]) -> list[Row]:
    rows = []
    for term in sorted(table):
        whole = max(1.0, sum(table[term].values()))
        cells = sorted(table[term].items(), key=lambda entry: (-entry[1], entry[0]))
        rows.append(Row(term, tuple((other, weight / whole) for other, weight in cells)))
    return rows
