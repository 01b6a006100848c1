"""A sentence-transformers model for tests: a folder as the hub's models are, with two untrained layers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


def build(folder: Path, dimensions: int = 16, spread: float = 0.5, **description: Any) -> Path:
    """Writes it; loads in a second and knows nothing.

    `spread`: standard deviation of the weights; 0.5 makes another vector of one letter more, 0.2 one that is easy to
    compute with 8 bits. `description`: what the folder's own lotse-model.json says besides its name.
    """
    import torch
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertModel

    from search.training import student

    letters = "abcdefghijklmnopqrstuvwxyzäöü"
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *":|,<>", *letters, *(f"##{x}" for x in letters)]
    known = {piece: number for number, piece in enumerate(pieces)}
    tokenizer = Tokenizer(models.WordPiece(known, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True, strip_accents=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[(name, known[name]) for name in ("[CLS]", "[SEP]")]
    )
    torch.manual_seed(1)
    shape = BertConfig(
        vocab_size=len(pieces),
        hidden_size=dimensions,
        num_hidden_layers=2,
        num_attention_heads=dimensions // 8,
        intermediate_size=2 * dimensions,
        initializer_range=spread,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(student, "DIMENSIONS", dimensions)
        student.export(BertModel(shape), tokenizer, folder, {"name": folder.name, **description})
    return folder
