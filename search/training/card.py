"""What is written beside the weights: how search/embedding has to ask, and the model card.

`python -m search.training.card MODEL_FOLDER FIGURES.json [--minutes 40] [--machine TEXT]` writes README.md from the
figures that `python -m search.training.evaluation ... --json` has left, teacher first.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from search.training.sources import SOURCES

DESCRIPTION: dict[str, Any] = {
    "name": "lotse-minilm-de-en",
    "languages": ["de", "en"],
    "query_prefix": "",
    "passage_prefix": "",
    "dimensions": 384,
    "max_tokens": 256,
    "floor": 0.30,
}
"""As search/embedding reads it from lotse-model.json."""

_CARD = """\
---
language: [de, en]
library_name: sentence-transformers
pipeline_tag: sentence-similarity
base_model: sentence-transformers/all-MiniLM-L6-v2
---

# {name}

German and English sentences and passages to vectors of 384 dimensions, length 1. A student of all-MiniLM-L6-v2
(Apache 2.0): its encoder of six layers goes on from the teacher's, over a vocabulary of its own (pieces of English
that the teacher knows, and 10,500 German ones). No prefixes. Reads 256 pieces; the rest of a text is cut off.

    from sentence_transformers import SentenceTransformer
    model = SentenceTransformer("FOLDER")

## How it was made

`python -m search.training FOLDER --minutes {minutes}` on {machine}. German pieces start as the mean of the English
pieces that IBM model 1 aligns them with (Brown et al. 1993). Then the student learns to put a German text where the
teacher puts its English translation (Reimers and Gurevych 2020), sentences and passages, and questions near the
passages that answer them (in-batch negatives and remembered teacher vectors); English texts are in the mix so that
English stays where it was.

## Learnt from

| source | licence | texts |
|---|---|---|
{sources}

Pages of `split: test` and every evaluation set were left out.

## Figures

nDCG@10 of the vectors alone for retrieval, Spearman for similarity (sts), share of sentences whose nearest neighbour
is their translation for matching. "titles" are pages kept out of training, from sources that training knows; d365po
and practice were not learnt from, but other manuals of d365po's product family were, which flatters it; practice is
far from everything learnt. Measured with plain sentence-transformers, torch float32.

| | {columns} |
|---|{rule}|
{figures}

Published by others, on other sets, so not to be compared figure by figure (nDCG@10, MTEB results): GermanQuAD
multilingual-e5-small 0.931, all-MiniLM-L6-v2 0.688, BM25 with English analysis 0.919; MIRACL-de 0.508, 0.109, 0.146;
MLQA de-de 0.658, 0.300, 0.564.

## Limits

Most of what it has read are software manuals and, for everyday language, short sentences: news, law, medicine and
slang are foreign to it, rare compounds are read piece by piece. It knows no other language than the two. Cosines of
unrelated texts lie around 0.0 to 0.3. Bias of the teacher's English training data is passed on.
"""


def write(folder: Path, figures: dict[str, dict[str, float]], minutes: str, machine: str) -> None:
    """README.md in the model's folder; `figures` is name -> figure for every model measured, in the order shown."""
    names = list(dict.fromkeys(name for found in figures.values() for name in found))
    rows = [
        f"| {name} | "
        + " | ".join(f"{found[name]:.3f}" if name in found else "–" for found in figures.values())
        + " |"
        for name in names
    ]
    card = _CARD.format(
        name=DESCRIPTION["name"],
        minutes=minutes,
        machine=machine,
        sources="\n".join(f"| {s.name} | {s.licence} | {s.attribution} |" for s in SOURCES.values()),
        columns=" | ".join(figures),
        rule="|".join(["---"] * len(figures)),
        figures="\n".join(rows),
    )
    (folder / "README.md").write_text(card, encoding="utf-8")


def main(typed: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m search.training.card")
    parser.add_argument("folder", type=Path)
    parser.add_argument("figures", type=Path, nargs="+", help="later files add columns")
    parser.add_argument("--minutes", default="60")
    parser.add_argument("--machine", default="2 CPU cores")
    wanted = parser.parse_args(typed)
    columns: dict[str, dict[str, float]] = {}
    for path in wanted.figures:
        for measured, found in json.loads(path.read_text(encoding="utf-8")).items():
            columns[{"model": "teacher"}.get(Path(measured).name, Path(measured).name)] = found
    write(wanted.folder, columns, wanted.minutes, wanted.machine)


if __name__ == "__main__":
    main()
