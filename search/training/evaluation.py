"""How good an encoder is alone, teacher beside student: retrieval, sentence similarity, translation matching.

`python -m search.training.evaluation DATA MODEL_FOLDER ... [--sets all]` loads every folder with plain
sentence-transformers. Without --sets only figures that may be tuned on are measured: pages of the parallel
data's `split: test`, which training leaves out, and the development part of the sentence similarity set.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy
from numpy.typing import NDArray

Vectors = NDArray[numpy.float32]
Embed = Callable[[Sequence[str]], Vectors]
"""Texts -> float32, shape (len(texts), dimensions), rows of length 1."""


def ndcg_at_10(questions: Vectors, passages: Vectors, wanted: Sequence[int]) -> float:
    """Mean over the questions; `wanted[i]` is the row of the one passage that answers question i.

    With one relevant passage the ideal gain is 1 (Järvelin and Kekäläinen 2002), so nDCG is 1 / log2(rank + 1).
    """
    scores = questions @ passages.T
    own = scores[numpy.arange(len(wanted)), list(wanted)]
    ranks = 1 + (scores > own[:, None]).sum(1)
    return float(numpy.where(ranks <= 10, 1 / numpy.log2(ranks + 1), 0.0).mean())


def spearman(first: Sequence[float], second: Sequence[float]) -> float:
    """Correlation of ranks, equal values sharing the mean of their ranks."""

    def ranks(values: Sequence[float]) -> NDArray[numpy.float64]:
        _, place, count = numpy.unique(numpy.asarray(values), return_inverse=True, return_counts=True)
        middle = numpy.cumsum(count) - (count - 1) / 2
        return numpy.asarray(middle[place], dtype=numpy.float64)

    return float(numpy.corrcoef(ranks(first), ranks(second))[0, 1])


def matching(german: Vectors, english: Vectors) -> float:
    """Share of the German sentences whose nearest English one is their own translation."""
    return float(((german @ english.T).argmax(1) == numpy.arange(len(german))).mean())


def development(embed: Embed, data: Path, limit: int = 150) -> dict[str, float]:
    """Titles against the pages' texts of `split: test` in parallel/, and the development part of STS."""
    pages = []
    for name in ("d365bc", "php", "mdn"):
        with gzip.open(data / f"parallel/pages/{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            found = [page for page in map(json.loads, lines) if page["split"] == "test"]
        pages += [page for page in found if page["title_de"] != page["title_en"]][:limit]
    texts = {
        language: embed([page[f"text_{language}"].split("\n", 1)[-1][:900] for page in pages])
        for language in ("de", "en")
    }
    titles = {language: embed([page[f"title_{language}"] for page in pages]) for language in ("de", "en")}
    own = range(len(pages))
    figures = {
        f"titles {asked}->{text}": ndcg_at_10(titles[asked], texts[text], own)
        for asked in ("de", "en")
        for text in ("de", "en")
    }
    return figures | similarity(embed, data / "eval/sts/stsb_dev.tsv")


def similarity(embed: Embed, path: Path) -> dict[str, float]:
    """Spearman of cosines and judged scores: German, English, and German against English."""
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    scores = [float(row[4]) for row in rows]
    columns = [embed([row[column] for row in rows]) for column in range(4)]
    name = path.stem.removeprefix("stsb_")
    return {
        f"sts {name} {label}": spearman((columns[a] * columns[b]).sum(1).tolist(), scores)
        for label, a, b in (("de", 0, 1), ("en", 2, 3), ("de-en", 0, 3))
    }


def known_item(embed: Embed, folder: Path, split: str | None = None) -> dict[str, float]:
    """nDCG@10 for every pair of question language and text language of a collection; a page is one vector."""
    wanted: dict[str, str] = {}
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        question, page, _ = line.split("\t")
        wanted[question] = page
    languages = sorted(path.name.split(".")[1] for path in folder.glob("corpus.*.jsonl.gz"))
    figures = {}
    texts = {}
    for language in languages:
        with gzip.open(folder / f"corpus.{language}.jsonl.gz", "rt", encoding="utf-8") as lines:
            pages = [json.loads(line) for line in lines]
        rows = {page["id"]: number for number, page in enumerate(pages)}
        texts[language] = rows, embed([f"{page['title']}\n{page['text'][:3000]}" for page in pages])
    for asked in languages:
        written = (folder / f"queries.{asked}.jsonl").read_text(encoding="utf-8").splitlines()
        questions = [q for q in map(json.loads, written) if split is None or q["split"] == split]
        vectors = embed([question["text"] for question in questions])
        for language, (rows, passages) in texts.items():
            own = [rows[wanted[question["id"]]] for question in questions]
            figures[f"{folder.name} {asked}->{language}"] = ndcg_at_10(vectors, passages, own)
    return figures


def translations(embed: Embed, data: Path) -> dict[str, float]:
    """Matching over the first 1,000 pairs of three sets."""
    figures = {}
    for name in ("ntrex", "tatoeba_laser1000", "practice"):
        lines = (data / f"eval/translation/{name}.tsv").read_text(encoding="utf-8").splitlines()[:1000]
        german, english = (embed([line.split("\t")[column] for line in lines]) for column in (0, 1))
        figures[f"matching {name} (1,000)"] = matching(german, english)
    return figures


SETS: dict[str, Callable[[Embed, Path], dict[str, float]]] = {
    "development": development,
    "d365po": lambda embed, data: known_item(embed, data / "eval/known_item/d365po"),
    "sts": lambda embed, data: similarity(embed, data / "eval/sts/stsb_test.tsv"),
    "translations": translations,
    "practice": lambda embed, data: known_item(embed, data / "eval/known_item/practice"),
    "d365bc": lambda embed, data: known_item(embed, data / "eval/known_item/d365bc", split="test"),
}
"""All but the first are held out: no step of the recipe has looked at them. To be reported, never tuned on."""


def speed(model: Any) -> dict[str, float]:
    """Milliseconds for a question of some 16 pieces (median of 30), passages a second at some 128 pieces."""
    question = "Wie bekomme ich Unternehmen aus zwei Branchen an einen Tisch?"
    passage = " ".join(["Die Teilnehmenden sammeln zuerst, was sie brauchen, und ordnen es gemeinsam."] * 8)
    model.encode([question])
    times = []
    for _ in range(30):
        start = time.perf_counter()
        model.encode([question], show_progress_bar=False)
        times.append(time.perf_counter() - start)
    start = time.perf_counter()
    model.encode([passage] * 32, batch_size=16, show_progress_bar=False)
    return {
        "ms a question": 1000 * float(numpy.median(times)),
        "passages a second": 32 / (time.perf_counter() - start),
    }


def main(typed: Sequence[str] | None = None) -> None:
    from sentence_transformers import SentenceTransformer

    from search.embedding.int8 import Int8Model

    parser = argparse.ArgumentParser(prog="python -m search.training.evaluation")
    parser.add_argument("data", type=Path)
    parser.add_argument("models", type=Path, nargs="+")
    parser.add_argument("--sets", default="development", help=f"all, or some of {','.join(SETS)}")
    parser.add_argument("--speed", action="store_true")
    parser.add_argument(
        "--int8", action="store_true", help="computed with 8-bit integers, as they are served"
    )
    parser.add_argument("--json", type=Path, help="keep the figures there; what is there already stays")
    wanted = parser.parse_args(typed)
    figures: dict[str, dict[str, float]] = {}
    if wanted.json and wanted.json.exists():
        figures = json.loads(wanted.json.read_text(encoding="utf-8"))
    embeds: dict[str, Embed] = {}
    for folder in wanted.models:
        name = str(folder)
        if wanted.int8:
            figures.setdefault(f"{name} int8", {})
            embeds[f"{name} int8"] = Int8Model(folder).encode
            continue
        start = time.perf_counter()
        model = SentenceTransformer(name, device="cpu")
        found = figures.setdefault(name, {})
        found["seconds to load"] = time.perf_counter() - start
        if wanted.speed:
            found |= speed(model)
        embeds[name] = _plain(model)
    for name in SETS if wanted.sets == "all" else wanted.sets.split(","):
        for folder_name, embed in embeds.items():
            measured = SETS[name](embed, wanted.data)
            figures[folder_name] |= measured
            print(folder_name, "  ".join(f"{key} {value:.3f}" for key, value in measured.items()), flush=True)
            if wanted.json:
                wanted.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    for name in next(iter(figures.values())):
        print(f"{name:32}", *(f"{found.get(name, float('nan')):9.3f}" for found in figures.values()))


def _plain(model: Any) -> Embed:
    def embed(texts: Sequence[str]) -> Vectors:
        vectors = model.encode(list(texts), normalize_embeddings=True, batch_size=32, show_progress_bar=False)
        return numpy.asarray(vectors, dtype=numpy.float32)

    return embed


if __name__ == "__main__":
    main()
