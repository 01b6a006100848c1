"""The student: the teacher's encoder over another vocabulary, and the folder that it is shipped as."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel

from search.training import vocabulary
from search.training.alignment import align
from search.training.sources import Pair

MAX_TOKENS = 256
DIMENSIONS = 384


class Encoder:
    """A BERT with mean pooling and rows of length 1, and its tokenizer."""

    def __init__(self, bert: BertModel, tokenizer: Tokenizer, max_tokens: int = MAX_TOKENS) -> None:
        self.bert = bert
        self.tokenizer = tokenizer
        tokenizer.enable_truncation(max_tokens)
        tokenizer.enable_padding(pad_id=tokenizer.token_to_id("[PAD]"))

    def __call__(self, texts: Sequence[str], max_tokens: int = MAX_TOKENS) -> torch.Tensor:
        """float32, shape (len(texts), dimensions), every row of length 1; carries gradients where they are on."""
        self.tokenizer.enable_truncation(max_tokens)
        rows = self.tokenizer.encode_batch(list(texts))
        ids = torch.tensor([row.ids for row in rows])
        mask = torch.tensor([row.attention_mask for row in rows])
        # bfloat16 halves the time on a CPU that has it; the sums below stay in float32.
        with torch.autocast("cpu", dtype=torch.bfloat16):
            states = self.bert(input_ids=ids, attention_mask=mask).last_hidden_state
        weights = mask.unsqueeze(-1).float()
        pooled = (states.float() * weights).sum(1) / weights.sum(1)
        return torch.nn.functional.normalize(pooled, dim=-1)


def teacher_encoder(folder: Path) -> Encoder:
    """The teacher as it was published. Raises OSError where the folder holds no model."""
    bert = BertModel.from_pretrained(folder)
    bert.eval()
    return Encoder(bert, Tokenizer.from_file(str(folder / "tokenizer.json")))


def initialise(teacher: Path, tokenizer: Tokenizer, pairs: Sequence[Pair]) -> BertModel:
    """The teacher with an embedding table for the student's pieces.

    Kept pieces keep their row; one that German uses far more than English (und, der) moves half way to its
    counterparts. A new piece is the weighted mean of the English pieces that it is aligned to; one that no pair
    aligns is the mean of the shorter pieces that spell it.
    """
    bert = BertModel.from_pretrained(teacher)
    old = bert.embeddings.word_embeddings.weight.detach().numpy()
    teacher_tokenizer = Tokenizer.from_file(str(teacher / "tokenizer.json"))
    teacher_tokenizer.no_padding()
    teacher_tokenizer.no_truncation()
    known = teacher_tokenizer.get_vocab()
    ours = tokenizer.get_vocab()
    german = [
        row.ids for row in tokenizer.encode_batch([pair.de for pair in pairs], add_special_tokens=False)
    ]
    ours_english = tokenizer.encode_batch([pair.en for pair in pairs], add_special_tokens=False)
    english = teacher_tokenizer.encode_batch([pair.en for pair in pairs], add_special_tokens=False)
    in_german = Counter(piece for row in german for piece in row)
    in_english = Counter(piece for row in ours_english for piece in row.ids)
    mixed = {
        number
        for piece, number in ours.items()
        if piece in known
        and piece.removeprefix("##").isalpha()
        and in_german[number] >= 20
        and in_german[number] > 10 * in_english[number]
    }
    aligned = align(
        [sorted(set(row)) for row in german], [sorted(set(row.ids)) for row in english], len(known)
    )
    table = numpy.zeros((len(ours), old.shape[1]), dtype=numpy.float32)
    lost = []
    # Shorter pieces first: longer ones without a counterpart are spelt with them.
    for piece, number in sorted(ours.items(), key=lambda item: len(item[0])):
        meant = aligned.get(number)
        counterpart = sum(weight * old[source] for source, weight in meant) if meant else None
        if piece in known:
            table[number] = old[known[piece]]
            if number in mixed and counterpart is not None:
                table[number] = (table[number] + counterpart) / 2
        elif counterpart is not None and in_german[number] >= 2:
            table[number] = counterpart
        else:
            lost.append(piece)
    for piece in lost:
        table[ours[piece]] = _spelt(piece, ours, table)
    bert.embeddings.word_embeddings = torch.nn.Embedding.from_pretrained(
        torch.from_numpy(table), freeze=False, padding_idx=ours["[PAD]"]
    )
    bert.config.vocab_size = len(ours)
    bert.config.pad_token_id = ours["[PAD]"]
    print(
        f"{len(ours)} pieces: {len(ours) - sum(p in known for p in ours)} new, {len(lost)} spelt, {len(mixed)} mixed"
    )
    return bert


def with_new_pieces(
    weights: dict[str, torch.Tensor],
    before: Mapping[str, int | None],
    tokenizer: Tokenizer,
    pairs: Sequence[Pair],
) -> dict[str, torch.Tensor]:
    """The weights with an embedding table for `tokenizer`, whose pieces had the numbers `before` (None: new).

    A new piece begins as the weighted mean of the English pieces that IBM model 1 aligns it with in `pairs`, else as the
    mean of the shorter ones that spell it.
    """
    name = "embeddings.word_embeddings.weight"
    ours = tokenizer.get_vocab()
    old = weights[name].numpy()
    table = numpy.zeros((len(ours), old.shape[1]), dtype=numpy.float32)
    for piece, number in ours.items():
        if (was := before[piece]) is not None:
            table[number] = old[was]
    new = {number for piece, number in ours.items() if before[piece] is None}
    german, english = [], []
    encode = tokenizer.encode_batch
    for de, en in zip(
        encode([pair.de for pair in pairs], add_special_tokens=False),
        encode([pair.en for pair in pairs], add_special_tokens=False),
        strict=True,
    ):
        if not new.isdisjoint(de.ids):
            german.append(sorted(set(de.ids)))
            english.append(sorted(set(en.ids) - new))
    aligned = align(german, english, len(ours))
    for piece, number in sorted(ours.items(), key=lambda item: len(item[0])):
        if number in new:
            meant = aligned.get(number)
            table[number] = (
                sum(weight * table[source] for source, weight in meant)
                if meant
                else _spelt(piece, ours, table)
            )
    print(f"{len(new)} new pieces, {len(new - set(aligned))} of them spelt")
    return weights | {name: torch.from_numpy(table)}


def load_exported(folder: Path) -> dict[str, torch.Tensor]:
    """The weights of a folder that `export` wrote, float32. Raises OSError where it holds none."""
    return {name: value.float() for name, value in load_file(folder / "model.safetensors").items()}


def _spelt(piece: str, ours: dict[str, int], table: Any) -> Any:
    """Mean of the longest shorter pieces, from the left, that spell this one."""
    prefix = "##" if piece.startswith("##") else ""
    rest, rows = piece.removeprefix("##"), []
    longest = len(rest) - 1
    while rest:
        for end in range(min(longest, len(rest)), 0, -1):
            if prefix + rest[:end] in ours:
                rows.append(table[ours[prefix + rest[:end]]])
                rest, prefix = rest[end:], "##"
                break
        else:
            rest = rest[1:]
    return numpy.mean(rows, axis=0) if rows else numpy.zeros(table.shape[1], dtype=numpy.float32)


def export(bert: BertModel, tokenizer: Tokenizer, folder: Path, description: dict[str, Any]) -> None:
    """A folder that plain `SentenceTransformer(folder)` loads: weights in float16, computed in float32."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "1_Pooling").mkdir(parents=True)
    (folder / "2_Normalize").mkdir()
    weights = {
        name: value.detach().to(torch.float16).contiguous() for name, value in bert.state_dict().items()
    }
    save_file(weights, str(folder / "model.safetensors"), metadata={"format": "pt"})
    kept = (
        "hidden_size",
        "num_hidden_layers",
        "num_attention_heads",
        "intermediate_size",
        "hidden_act",
        "max_position_embeddings",
        "type_vocab_size",
        "layer_norm_eps",
        "vocab_size",
        "pad_token_id",
        "initializer_range",
    )
    config = {name: getattr(bert.config, name) for name in kept} | {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "attention_probs_dropout_prob": 0.1,
        "hidden_dropout_prob": 0.1,
        # What the weights become when loaded, whatever they are stored as: float16 is slow on a CPU.
        "dtype": "float32",
        "torch_dtype": "float32",
    }
    _write(folder / "config.json", config)
    parts = [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")]
    modules = [
        {"idx": n, "name": str(n), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for n, (path, kind) in enumerate(parts)
    ]
    _write(folder / "modules.json", modules)
    _write(folder / "sentence_bert_config.json", {"max_seq_length": MAX_TOKENS, "do_lower_case": False})
    _write(
        folder / "1_Pooling/config.json",
        {"word_embedding_dimension": DIMENSIONS, "pooling_mode_mean_tokens": True},
    )
    _write(folder / "2_Normalize/config.json", {})
    _write(folder / "lotse-model.json", description)
    tokenizer.no_padding()
    tokenizer.no_truncation()
    vocabulary.save(tokenizer, folder, MAX_TOKENS)


def load_weights(tokenizer: Tokenizer, weights: dict[str, torch.Tensor], teacher: Path) -> BertModel:
    """A BERT of the teacher's shape with these weights."""
    config = BertConfig.from_pretrained(teacher)
    config.vocab_size = tokenizer.get_vocab_size()
    config.pad_token_id = tokenizer.token_to_id("[PAD]")
    bert = BertModel(config)
    bert.load_state_dict(weights)
    return bert


def _write(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
