"""`python -m search.bilingual.build FOLDER`: writes the shipped term table anew from the shared texts.

The same texts, code and locked libraries give the same bytes. Takes under two minutes and 2 GB.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from search.bilingual.lookup import FOLDER
from search.bilingual.mining import mine
from search.bilingual.rows import Row, encoded
from search.bilingual.sources import glossary, glossary_rows, shared_pairs, written_pairs

GLOSSARY_SHARE = {("de", "en"): 0.5, ("en", "de"): 0.3}
"""of a row's weight where texts and glossary both know a term. Less from English: "board" or "call" mean more outside
the glossary than in it."""

KEEP = 6


def merged(mined: Iterable[Row], ours: Iterable[Row], share: float, keep: int = KEEP) -> list[Row]:
    """Rows of both; where both have one, `share` of the weight is the glossary's."""
    rows = {row.term: row for row in mined}
    for row in ours:
        best = row.translations[:keep]
        whole = sum(weight for _, weight in best)
        known = rows[row.term].translations if row.term in rows else ()
        # A word that stands only in phrases ("right" in "voting right") is left to the texts.
        part = min(1.0, whole) * (share if known else 1.0)
        weights = {term: weight * (1 - part) for term, weight in known}
        for term, weight in best:
            weights[term] = weights.get(term, 0.0) + weight / whole * part
        cells = sorted(weights.items(), key=lambda entry: (-entry[1], entry[0]))
        rows[row.term] = Row(row.term, tuple(cells[:keep]))
    return [rows[term] for term in sorted(rows)]


def tables(folder: Path) -> dict[tuple[str, str], bytes]:
    """Contents of the files by (source language, target language)."""
    mined = mine(chain(shared_pairs(folder), written_pairs()))
    de, en = glossary_rows(glossary())
    found = {}
    for direction, rows, ours in ((("de", "en"), mined.de, de), (("en", "de"), mined.en, en)):
        found[direction] = encoded(merged(rows, ours, GLOSSARY_SHARE[direction]))
    return found


def build(folder: Path, target: Path = FOLDER) -> list[Path]:
    """Writes `<source>-<target>.tsv` files into `target` and returns their paths."""
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for (source, other), content in tables(folder).items():
        path = target / f"{source}-{other}.tsv"
        path.write_bytes(content)
        written.append(path)
    return written


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m search.bilingual.build", description=__doc__)
    parser.add_argument("folder", type=Path, help="the shared data: holds parallel/")
    parser.add_argument("--into", type=Path, default=FOLDER)
    wanted = parser.parse_args()
    for path in build(wanted.folder, wanted.into):
        print(f"{path.name}: {path.stat().st_size:,} bytes, {len(path.read_bytes().splitlines()):,} rows")


if __name__ == "__main__":
    main()
