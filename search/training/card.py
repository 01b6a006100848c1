"""What is written beside the weights: how search/embedding has to ask, and the model card.

`python -m search.training.card MODEL_FOLDER FIGURES.json ... [--minutes 33 60+2500] [--machine TEXT]` writes README.md from
the figures that `python -m search.training.evaluation ... --json` has left, teacher first; the minutes of each run, and
with +PIECES how many it exchanged.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from search.embedding.models import DESCRIPTION_FILE, MODELS, SHIPPED
from search.training import written
from search.training.sources import SOURCES

DESCRIPTION: dict[str, Any] = {
    name: value for name, value in asdict(MODELS[SHIPPED]).items() if name != "source" and value is not None
} | {"languages": sorted(MODELS[SHIPPED].languages)}
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
that the teacher knows, and German ones). No prefixes. Reads 256 pieces; the rest of a text is cut off.

    from sentence_transformers import SentenceTransformer
    model = SentenceTransformer("FOLDER")  # `./lotse model path` prints where Lotse's own copy lies

## How it was made

{commands}

on {machine}. German pieces start as the mean of the English
pieces that IBM model 1 aligns them with (Brown et al. 1993). Then the student learns to put a German text where the
teacher puts its English translation (Reimers and Gurevych 2020), words, sentences and passages, and questions near the
passages that answer them (negatives from batches of neighbours, and remembered vectors); English texts are in the mix so
that English stays where it was. Between sentences the teacher's own similarities are learnt (Tung and Mori 2019).

## Learnt from

| source | licence | texts |
|---|---|---|
{sources}
| written | written for this model, in this repository | {written} |

Pages of `split: test` and every evaluation set were left out. The weights go on from Apache 2.0 weights; pass this list
on with them, MDN's texts being share-alike.

## Figures

nDCG@10 of the vectors alone for retrieval, Spearman for similarity (sts), share of sentences whose nearest neighbour
is their translation for matching. d365po and practice were not learnt from, but other manuals of d365po's product
family were, which flatters it; practice is far from everything learnt. Measured with plain
sentence-transformers, torch float32.

| | {columns} |
|---|{rule}|
{figures}

Published by others (MTEB's results; nDCG@10, Spearman for STS). The first three sets are Wikipedia's and differ from
ours, so figures there say how those models stand to each other and nothing about this one. STSb is the set of "sts
test" above; no German-English figure is published for it.

| | multilingual-e5-small | paraphrase-multilingual-MiniLM-L12-v2 | static-similarity-mrl-multilingual-v1 | \
potion-multilingual-128M | all-MiniLM-L6-v2 | BM25, English analysis |
|---|---|---|---|---|---|---|
| kind | 12 layers | 12 layers | static, 1,024 dimensions | static | 6 layers | words |
| GermanQuAD | 0.931 | 0.821 | 0.812 | 0.760 | 0.688 | 0.919 |
| MIRACL-de | 0.508 | – | – | – | 0.109 | 0.146 |
| MLQA de-de | 0.658 | – | – | – | 0.300 | 0.564 |
| STSb de | 0.789 | 0.789 | – | – | – | |
| STSb en | 0.836 | 0.844 | 0.799 | – | 0.820 | |

## With 8-bit integers

Lotse computes it by onnxruntime with 8-bit integers, from these same files: 2.5 instead of 14 ms for a question of 16
pieces (the teacher 18 ms: to it the question has 29), 2.4 times the teacher's passages of 128 pieces a second, 0.4
instead of 5.0 s of work to the first vector and 113 instead of 526 MB, imports counted in both; all of one thread in
one run (`python -m tests.bench model`). Practice loses 0.001, similarity nothing.

## Limits

Most of what it has read are software manuals; of the rest of the language it knows single words, short sentences and
some questions with answers, so that long texts of news, law or medicine are strange to it, and rare compounds are read piece
by piece. It knows no other language than the two. Cosines alone
do not tell what is answered: of 1,971 short passages the nearest has 0.40 or more for 19 of 20 questions that they answer
(median 0.54), and still 0.18 to 0.53 for eight in ten that they do not (0.40). Bias of the teacher's English
training data is passed on.
"""


def write(folder: Path, figures: dict[str, dict[str, float]], minutes: Sequence[str], machine: str) -> None:
    """README.md and lotse-model.json in the model's folder. `figures` is name -> figure for every model measured, in
    the order shown; `minutes` are those of each run ("60", or "60+2500" with the pieces exchanged), every one going on
    from the one before."""
    commands = [_command(run, *spent.split("+")) for run, spent in enumerate(minutes, 1)]
    names = list(dict.fromkeys(name for found in figures.values() for name in found))
    rows = [
        f"| {name} | "
        + " | ".join(f"{found[name]:.3f}" if name in found else "–" for found in figures.values())
        + " |"
        for name in names
    ]
    card = _CARD.format(
        name=DESCRIPTION["name"],
        commands="\n".join(commands),
        machine=machine,
        written=f"{len(written.words()):,} word forms, {len(written.sentences()):,} sentences,"
        f" {len(written.answers()):,} questions with their answers, all in both languages",
        sources="\n".join(f"| {s.name} | {s.licence} | {s.attribution} |" for s in SOURCES.values()),
        columns=" | ".join(figures),
        rule="|".join(["---"] * len(figures)),
        figures="\n".join(rows),
    )
    described = json.dumps(DESCRIPTION, indent=2, ensure_ascii=False) + "\n"
    (folder / DESCRIPTION_FILE).write_text(described, encoding="utf-8")
    (folder / "README.md").write_text(card, encoding="utf-8")


def _command(run: int, minutes: str, exchanged: str = "") -> str:
    after = f" --after RUN{run - 1}/student" if run > 1 else ""
    exchange = f" --exchange {exchanged}" if exchanged else ""
    return f"    python -m search.training RUN{run}{after}{exchange} --minutes {minutes}"


def main(typed: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m search.training.card")
    parser.add_argument("folder", type=Path)
    parser.add_argument("figures", type=Path, nargs="+", help="later files add columns and rows")
    parser.add_argument(
        "--minutes", nargs="+", default=["60"], help="of every run, with +PIECES what it exchanged"
    )
    parser.add_argument("--machine", default="2 CPU cores")
    wanted = parser.parse_args(typed)
    columns: dict[str, dict[str, float]] = {}
    for path in wanted.figures:
        for measured, found in json.loads(path.read_text(encoding="utf-8")).items():
            name = {"model": "teacher"}.get(Path(measured).name, Path(measured).name)
            columns.setdefault(name, {}).update(found)
    write(wanted.folder, columns, wanted.minutes, wanted.machine)


if __name__ == "__main__":
    main()
