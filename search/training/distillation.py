"""Training: a German text is put where the teacher puts its translation, and near the question it answers.

Reimers and Gurevych 2020 (arXiv 2004.09813) for the distance to the teacher; van den Oord et al. 2018 (arXiv
1807.03748) for the contrastive term over the batch. Six kinds of batches take turns: words, everyday sentence pairs, all
sentence pairs, questions and passages in both languages, those written for this model, and German questions and passages
for which there is no teacher.

Batches are made of neighbours (search/training/neighbours.py): what stands beside a question's passage is about nearly
the same, and what stands beside a sentence says something similar, so that the teacher's own similarities between them
are worth learning (Tung and Mori 2019, arXiv 1907.09682).

The plan is in minutes, not in steps: the same recipe ends in time on any machine. A checkpoint holds everything, so
that a run that was cut off goes on where it was.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from search.training.sources import Pair, Retrieval
from search.training.student import Encoder

T = TypeVar("T")


@dataclass(frozen=True)
class Plan:
    """Figures of one run."""

    minutes: float = 60.0
    encoder_rate: float = 1.5e-4
    embedding_rate: float = 8e-4
    warm_up: float = 0.05
    """Share of the time in which the rates rise from 0; after it they fall as a cosine to 2 %."""
    embeddings_alone: float = 0.15
    """Share of the time in which only the embedding table moves: new pieces find their place first."""
    temperature: float = 0.05
    distance: float = 8.0
    """Weight of the distance to the teacher (1 - cosine) beside the contrastive terms."""
    similarity: float = 40.0
    """Weight of the squared difference between the student's cosines and the teacher's, over all pairs of a batch of
    sentences."""
    same: float = 0.9
    """Passages with a greater cosine than this say the same; neither is a wrong answer to the other's question."""
    words: int = 256
    everyday: int = 96
    sentences: int = 64
    passages: int = 16
    german: int = 16
    sentence_tokens: int = 40
    passage_tokens: int = 112
    memory: int = 1024
    """Vectors of the teacher kept from earlier batches as further negatives. It does not move, so they stay valid."""
    average: float = 0.98
    """Moving average of the weights, updated every 5 steps; it is what is exported."""
    turns: str = "EWSPEAGEWPA"
    """Order of the kinds: W words, E everyday sentences, S all sentences, P passages in both languages, A answers that were
    written for it, G German passages."""
    english_every: int = 3
    """Every third batch of passages is the English side, so that English stays where it is."""
    checkpoint_seconds: float = 240.0
    measure_seconds: float = 1200.0


class Memory:
    """The last vectors of one kind of text, shape (up to `size`, d)."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.vectors: Tensor | None = None

    def before(self, new: Tensor) -> Tensor:
        """`new` with what was remembered below it; `new` is remembered from now on."""
        seen = new if self.vectors is None else torch.cat([new, self.vectors])
        self.vectors = seen[: self.size]
        return seen


@dataclass(frozen=True)
class Material:
    """Each in the order in which it is learnt from."""

    words: Sequence[Pair]
    everyday: Sequence[Pair]
    pairs: Sequence[Pair]
    aligned: Sequence[Retrieval]
    answers: Sequence[Retrieval]
    german: Sequence[Retrieval]


def train(
    student: Encoder,
    teacher: Encoder,
    material: Material,
    plan: Plan,
    checkpoint: Path,
    stop_at: float | None = None,
    measure: Callable[[Encoder], None] | None = None,
) -> dict[str, Tensor]:
    """Trains until the plan's minutes are used (time of earlier runs counted) or until `stop_at` (seconds since
    the epoch), and returns the averaged weights. Goes on from `checkpoint` when it exists."""
    bert = student.bert
    bert.train()
    for module in bert.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = (
                0.0  # the target is exact; there is nothing to be robust against in one pass over the data
            )
    table = bert.embeddings.word_embeddings.weight
    encoder = [value for value in bert.parameters() if value is not table]
    optimizer = torch.optim.AdamW(
        [{"params": [table], "lr": plan.embedding_rate}, {"params": encoder, "lr": plan.encoder_rate}],
        betas=(0.9, 0.98),
        weight_decay=0.0,
    )
    memory = {name: Memory(plan.memory) for name in ("words", "sentences", "passages", "answers", "german")}
    average = {name: value.detach().clone() for name, value in bert.state_dict().items()}
    step, used = 0, 0.0
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        bert.load_state_dict(state["weights"])
        optimizer.load_state_dict(state["optimizer"])
        average, step, used = state["average"], state["step"], state["used"]
    planned = plan.minutes * 60
    last = saved = measured = time.time()
    smooth: dict[str, float] = {}
    while used < planned and (stop_at is None or time.time() < stop_at):
        done = used / planned
        frozen = done < plan.embeddings_alone
        for value in encoder:
            value.requires_grad_(not frozen)
        for group, rate, start in zip(
            optimizer.param_groups,
            (plan.embedding_rate, plan.encoder_rate),
            (0.0, plan.embeddings_alone),
            strict=True,
        ):
            group["lr"] = rate * _rate(done, start, plan.warm_up)
        kind = plan.turns[step % len(plan.turns)]
        loss = _loss(kind, step, student, teacher, material, memory, plan)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(bert.parameters(), 1.0)
        optimizer.step()
        step += 1
        if step % 5 == 0:
            for name, value in bert.state_dict().items():
                if value.is_floating_point():
                    # A short memory at first, so that the start of the run is soon forgotten.
                    average[name].lerp_(value, 1 - min(plan.average, step / (step + 50)))
        smooth[kind] = 0.95 * smooth.get(kind, float(loss.detach())) + 0.05 * float(loss.detach())
        now = time.time()
        used, last = used + now - last, now
        if step % 10 == 0:
            shown = " ".join(f"{name} {value:.3f}" for name, value in sorted(smooth.items()))
            print(f"{time.strftime('%H:%M:%S')} step {step} {100 * used / planned:.1f} % {shown}", flush=True)
        if now - saved > plan.checkpoint_seconds:
            _save(checkpoint, bert, optimizer, average, step, used)
            if measure is not None and now - measured > plan.measure_seconds:
                _measured(student, average, measure)
                measured = time.time()
            last = saved = time.time()  # neither saving nor measuring counts as training
    _save(checkpoint, bert, optimizer, average, step, used)
    return average


def _rate(done: float, start: float, warm_up: float) -> float:
    if done < start:
        return 0.0
    rise = min(1.0, (done - start + 1e-3) / warm_up)
    return rise * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(1.0, done))))


def _loss(
    kind: str,
    step: int,
    student: Encoder,
    teacher: Encoder,
    material: Material,
    memory: dict[str, Memory],
    plan: Plan,
) -> Tensor:
    turn, place = divmod(step, len(plan.turns))
    number = turn * plan.turns.count(kind) + plan.turns[:place].count(kind)  # batches of this kind so far
    if kind == "W":
        return _sentences(_batch(material.words, number, plan.words), student, teacher, memory["words"], plan)
    if kind == "E":
        pairs = _batch(material.everyday, number, plan.everyday)
        return _sentences(pairs, student, teacher, memory["sentences"], plan)
    if kind == "S":
        pairs = _sorted_batch(material.pairs, number, plan.sentences)
        return _sentences(pairs, student, teacher, memory["sentences"], plan)
    if kind in "PA":
        items, remembered = (material.aligned, "passages") if kind == "P" else (material.answers, "answers")
        batch = _batch(items, number, plan.passages)
        english = number % plan.english_every == 2
        return _aligned(batch, english, student, teacher, memory[remembered], plan)
    return _german(_batch(material.german, number, plan.german), student, memory, plan)


def _sentences(
    pairs: Sequence[Pair], student: Encoder, teacher: Encoder, memory: Memory, plan: Plan
) -> Tensor:
    with torch.no_grad():
        target = teacher([pair.en for pair in pairs], plan.sentence_tokens)
    # Every third also in English.
    vectors = student([pair.de for pair in pairs] + [pair.en for pair in pairs[::3]], plan.sentence_tokens)
    targets = torch.cat([target, target[::3]])
    german = vectors[: len(pairs)]
    similar = ((vectors @ vectors.T - targets @ targets.T) ** 2).mean()
    choice = _soft_choice(german, target, memory.before(target), plan.temperature)
    return plan.distance * _distance(vectors, targets) + plan.similarity * similar + 0.5 * choice


def _aligned(
    batch: Sequence[Retrieval],
    english: bool,
    student: Encoder,
    teacher: Encoder,
    memory: Memory,
    plan: Plan,
) -> Tensor:
    with torch.no_grad():
        asked = teacher([item.question_en for item in batch], plan.sentence_tokens)
        target = teacher([item.passage_en for item in batch], plan.passage_tokens)
    if english:
        question = student([item.question_en for item in batch], plan.sentence_tokens)
        passage = student([item.passage_en for item in batch], plan.passage_tokens)
    else:
        question = student([item.question_de for item in batch], plan.sentence_tokens)
        passage = student([item.passage_de for item in batch], plan.passage_tokens)
    same = _same(batch, target, plan.same)
    contrast = (
        _contrast(question, passage, same, plan.temperature)
        + _contrast(question, target, same, plan.temperature, memory)
        + _contrast(asked, passage, same, plan.temperature)
    ) / 3
    distance = _distance(question, asked) + _distance(passage, target)
    return plan.distance * distance + contrast


def _german(batch: Sequence[Retrieval], student: Encoder, memory: dict[str, Memory], plan: Plan) -> Tensor:
    question = student([item.question_de for item in batch], plan.sentence_tokens)
    passage = student([item.passage_de for item in batch], plan.passage_tokens)
    same = _same(batch, passage.detach(), plan.same)
    return _contrast(question, passage, same, plan.temperature, memory["german"])


def _distance(vectors: Tensor, target: Tensor) -> Tensor:
    return 1 - (vectors * target).sum(-1).mean()


def _same(batch: Sequence[Retrieval], passages: Tensor, limit: float) -> Tensor:
    """Bool, shape (n, n): which other passages may answer a question too, being of its page or saying the same."""
    pages = [item.page for item in batch]
    same = torch.tensor([[bool(one) and one == other for other in pages] for one in pages])
    return (same | (passages @ passages.T > limit)).fill_diagonal_(False)


def _soft_choice(vectors: Tensor, target: Tensor, seen: Tensor, temperature: float) -> Tensor:
    """Cross-entropy between how the teacher's vectors of the same texts are drawn to everything seen, and how the
    student's are: a near paraphrase is no wrong answer. Shapes (n, d), (n, d), (m, d)."""
    wanted = (target @ seen.T / temperature).softmax(-1)
    return cross_entropy(vectors @ seen.T / temperature, wanted)


def _contrast(
    first: Tensor, second: Tensor, same: Tensor, temperature: float, memory: Memory | None = None
) -> Tensor:
    """Cross-entropy of row i choosing column i and column i choosing row i; shapes (n, d), (n, d), and (n, n) for
    what is not compared. With a memory, rows choose among the remembered vectors too."""
    own = torch.arange(len(first))
    cosines = first @ second.T
    hidden = cosines.masked_fill(same, -1.0) / temperature
    back = cosines.T.masked_fill(same, -1.0) / temperature
    if memory is not None:
        earlier = memory.before(second.detach())[len(second) :]
        hidden = torch.cat([hidden, first @ earlier.T / temperature], dim=1)
    return (cross_entropy(hidden, own) + cross_entropy(back, own)) / 2


def _batch(items: Sequence[T], number: int, size: int) -> list[T]:
    """The items are shuffled already; after the last one it begins again."""
    return [items[(number * size + place) % len(items)] for place in range(size)]


def _sorted_batch(pairs: Sequence[Pair], number: int, size: int, pool: int = 16) -> list[Pair]:
    """One of `pool` batches of like length, so that little is computed for padding; lengths in mixed order."""
    window = _batch(pairs, number // pool, size * pool)
    window.sort(key=lambda pair: len(pair.de))
    place = (number * 5 + 3) % pool  # 5 and 16 share no factor: every place once
    return window[place * size : (place + 1) * size]


def _measured(student: Encoder, weights: dict[str, Tensor], measure: Callable[[Encoder], None]) -> None:
    own = {name: value.detach().clone() for name, value in student.bert.state_dict().items()}
    student.bert.load_state_dict(weights)
    with torch.no_grad():
        measure(student)
    student.bert.load_state_dict(own)


def _save(path: Path, bert: Any, optimizer: Any, average: dict[str, Tensor], step: int, used: float) -> None:
    state = {
        "weights": bert.state_dict(),
        "optimizer": optimizer.state_dict(),
        "average": average,
        "step": step,
        "used": used,
    }
    torch.save(state, path.with_suffix(".part"))
    os.replace(path.with_suffix(".part"), path)


def embedded(encoder: Encoder, texts: Sequence[str], size: int = 32) -> Iterator[Tensor]:
    """Batches of vectors in the order of the texts."""
    with torch.no_grad():
        for start in range(0, len(texts), size):
            yield encoder(texts[start : start + size])
