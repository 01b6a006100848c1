"""Texts that were written for this model: the words and sentences that manuals do not have.

`written/words/*.tsv`       German forms joined by | TAB their English forms, in the same order
`written/sentences/*.tsv`   German sentence TAB English sentence
`written/answers/*.tsv`     German question TAB German passage TAB English question TAB English passage
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from search.training.sources import Pair, Retrieval

FOLDER = Path(__file__).parent / "written"


def words(folder: Path = FOLDER, seed: int = 1) -> list[Pair]:
    """Shuffled, each form with its English one. Raises ValueError where a line has not as many forms on both sides."""
    found = []
    for place, (german, english) in _rows(folder / "words", 2):
        forms = german.split("|"), english.split("|")
        if len(forms[0]) != len(forms[1]):
            raise ValueError(f"{place}: {len(forms[0])} German forms and {len(forms[1])} English ones")
        found += [Pair(de.strip(), en.strip()) for de, en in zip(*forms, strict=True)]
    found = list(dict.fromkeys(found))
    random.Random(seed).shuffle(found)
    return found


def sentences(folder: Path = FOLDER, seed: int = 1) -> list[Pair]:
    """Shuffled. Raises ValueError for a line that has not two columns."""
    found = [Pair(german, english) for _, (german, english) in _rows(folder / "sentences", 2)]
    random.Random(seed).shuffle(found)
    return found


def answers(folder: Path = FOLDER, seed: int = 1) -> list[Retrieval]:
    """Shuffled questions with the passages that answer them. Raises ValueError for a line that has not four columns."""
    found = [Retrieval(*columns) for _, columns in _rows(folder / "answers", 4)]
    random.Random(seed).shuffle(found)
    return found


def _rows(folder: Path, columns: int) -> Iterator[tuple[str, list[str]]]:
    """Place and columns of every line of the folder's files."""
    for path in sorted(folder.glob("*.tsv")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            cells = [cell.strip() for cell in line.split("\t")]
            if len(cells) != columns or not all(cells):
                raise ValueError(f"{path.name}, line {number}: {columns} columns were expected")
            yield f"{path.name}, line {number}", cells
