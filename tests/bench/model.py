"""The shipped model as it is served (8-bit integers) beside its float32 form and the teacher, in one run.

Times are of the processor (one thread each, in turns): on a shared machine the wall clock measures the neighbours.
"""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy

from search.embedding.models import MODELS, SHIPPED
from search.training import evaluation

QUESTION = "Wie bekomme ich viele Unternehmen aus zwei Branchen an einen gemeinsamen Tisch?"
PASSAGE = "The participants first collect what they need and put it in order together now. "
FORMS = {"teacher, torch": "all-MiniLM-L6-v2", "float32, torch": SHIPPED, "int8": SHIPPED}
ROUNDS, QUESTIONS, PASSAGES = 5, 20, 8

# A process that does nothing else: seconds of work and MiB until the first vector is there.
ALONE = """
import sys, time
def resident():
    return int(next(row for row in open("/proc/self/status") if row.startswith("VmRSS")).split()[1]) / 1024
before, began = resident(), time.process_time()
from tests.bench.model import load
model = load(sys.argv[1])
model(["Hafen"])
print(time.process_time() - began, resident() - before)
"""


def load(form: str) -> Callable[[Sequence[str]], Any]:
    """Texts -> vectors, by one thread."""
    from search.embedding.int8 import Int8Model
    from search.embedding.sentence_transformer import SentenceTransformerEmbedder

    description = MODELS[FORMS[form]]
    folder = SentenceTransformerEmbedder(description)._path()
    if form == "int8":
        model = Int8Model(Path(folder), description.max_tokens)
        return lambda texts: numpy.stack([model.encode([text])[0] for text in texts])
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(1)
    plain = SentenceTransformer(str(folder), device="cpu")
    return lambda texts: plain.encode(
        list(texts), batch_size=16, normalize_embeddings=True, show_progress_bar=False
    )


def measure(collection: Path | None = None) -> dict[str, object]:
    """`collection`: a known-item folder (search.training.evaluation) for what the integers cost in nDCG@10."""
    forms = {form: load(form) for form in FORMS}
    texts = [PASSAGE * 9] * PASSAGES
    question: dict[str, list[float]] = {form: [] for form in forms}
    passages: dict[str, list[float]] = {form: [] for form in forms}
    for _ in range(ROUNDS):
        for form, model in forms.items():
            model([QUESTION])
            question[form] += [_spent(model, [QUESTION]) for _ in range(QUESTIONS)]
            passages[form].append(len(texts) / _spent(model, texts))
    found: dict[str, object] = {}
    for form in forms:
        p50, p95 = numpy.percentile(question[form], [50, 95]) * 1000
        seconds, mebibytes = _alone(form)
        found |= {
            f"{form}: ms a question of {_pieces(form, QUESTION)} pieces, p50": round(p50, 2),
            f"{form}: ms a question, p95": round(p95, 2),
            f"{form}: passages of {_pieces(form, texts[0])} pieces a second": round(
                float(numpy.median(passages[form])), 1
            ),
            f"{form}: seconds to the first vector, imports too": round(seconds, 2),
            f"{form}: MiB": round(mebibytes),
        }
    medians = {form: float(numpy.median(values)) for form, values in passages.items()}
    found["int8: times the teacher's passages"] = round(medians["int8"] / medians["teacher, torch"], 2)
    if collection is not None:
        found |= _cost(forms["int8"], forms["float32, torch"], collection)
    return found


def _cost(
    integers: Callable[[Sequence[str]], Any], floats: Callable[[Sequence[str]], Any], folder: Path
) -> dict[str, object]:
    language = sorted(path.name.split(".")[1] for path in folder.glob("corpus.*.jsonl.gz"))[0]
    with gzip.open(folder / f"corpus.{language}.jsonl.gz", "rt", encoding="utf-8") as lines:
        pages = [json.loads(line) for line in lines][:300]
    rows = {page["id"]: number for number, page in enumerate(pages)}
    wanted = {}
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        question, page, _ = line.split("\t")
        if page in rows:
            wanted[question] = rows[page]
    written = (folder / f"queries.{language}.jsonl").read_text(encoding="utf-8").splitlines()
    asked = [question for question in map(json.loads, written) if question["id"] in wanted]
    texts = [f"{page['title']}\n{page['text'][:3000]}" for page in pages]
    questions = [question["text"] for question in asked]
    own = [wanted[question["id"]] for question in asked]
    vectors = {name: (model(questions), model(texts)) for name, model in (("i", integers), ("f", floats))}
    cosines = numpy.concatenate(
        [(one * other).sum(1) for one, other in zip(vectors["i"], vectors["f"], strict=True)]
    )
    name = f"{folder.name} {language}, {len(own)} questions, {len(pages)} pages"
    return {
        f"{name}: cosine of int8 and float32, mean": round(float(cosines.mean()), 4),
        f"{name}: least": round(float(cosines.min()), 4),
        f"{name}: nDCG@10 float32": round(evaluation.ndcg_at_10(*vectors["f"], own), 4),
        f"{name}: nDCG@10 int8": round(evaluation.ndcg_at_10(*vectors["i"], own), 4),
    }


def _spent(model: Callable[[Sequence[str]], Any], texts: Sequence[str]) -> float:
    began = time.process_time()
    model(texts)
    return time.process_time() - began


def _alone(form: str) -> tuple[float, float]:
    done = subprocess.run(
        [sys.executable, "-c", ALONE, form], capture_output=True, text=True, check=True, timeout=300
    )
    seconds, mebibytes = map(float, done.stdout.split())
    return seconds, mebibytes


def _pieces(form: str, text: str) -> int:
    from tokenizers import Tokenizer

    from search.embedding.sentence_transformer import SentenceTransformerEmbedder

    folder = Path(SentenceTransformerEmbedder(MODELS[FORMS[form]])._path())
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    return len(tokenizer.encode(text).ids)
