"""A sentence-transformers model for tests: a folder as the hub's models are, two untrained layers of 16 dimensions."""

from __future__ import annotations

from pathlib import Path

import pytest


def build(folder: Path) -> Path:
    """Writes it; loads in a second and knows nothing."""
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
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        initializer_range=0.5,  # so that one letter more makes another vector
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(student, "DIMENSIONS", 16)
        student.export(BertModel(shape), tokenizer, folder, {"name": folder.name})
    return folder
