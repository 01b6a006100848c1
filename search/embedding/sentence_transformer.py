"""Any sentence-transformers model, from a folder, from the hub's local copy, or out of a Python package.

A model whose description says `int8` is computed with 8-bit integers by onnxruntime (search/embedding/int8.py), every
other one, and that one where onnxruntime does not work, by torch. The two give slightly different vectors, so which of
them computes is part of the fingerprint, and decided before anything is loaded: alike in all processes.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import logging
import os
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

from search.conf import conf
from search.embedding import int8
from search.embedding.interface import EmbedderUnavailable, Vectors
from search.embedding.models import DESCRIPTION_FILE, ModelDescription

logger = logging.getLogger(__name__)

RETRY_AFTER = 30.0
"""Seconds for which a failed load is remembered: long enough that not every question tries again, short enough
that a model copied into place is found."""

_WEIGHTS = ("*.safetensors", "*.bin", "*.onnx", "*.json", "*.txt", "*.model")
"""Files on which a vector depends: weights, tokenizer, pooling, longest text."""
_BLOCKS, _BLOCK = 64, 65_536


class Model(Protocol):
    """What is loaded. `encode` is safe in several threads and gives float32 rows of length 1."""

    @property
    def dimensions(self) -> int: ...

    def encode(self, texts: Sequence[str]) -> Vectors: ...


class SentenceTransformerEmbedder:
    """Loads on first use, one load at a time; torch is imported only then, and only for a model that needs it."""

    def __init__(self, description: ModelDescription) -> None:
        self.description = description
        self._model: Model | None = None
        self._lock = threading.Lock()
        self._failure: tuple[float, str] | None = None
        self._fingerprint: str | None = None

    @property
    def name(self) -> str:
        return self.description.name

    @property
    def languages(self) -> frozenset[str]:
        return self.description.languages

    @property
    def floor(self) -> float:
        return self.description.floor

    @property
    def is_warm(self) -> bool:
        return self._model is not None

    @property
    def dimensions(self) -> int:
        known = self.description.truncate_dim or self.description.dimensions
        if known:
            return known
        return self._loaded().dimensions

    @property
    def backend(self) -> str:
        """ "int8" or "torch": what computes the vectors, known without loading the model."""
        wanted = self.description.int8
        return "int8" if wanted and not int8.unfit(Path(self._path_or_source())) else "torch"

    @property
    def fingerprint(self) -> str:
        """Name, description, backend and a digest of the files: known without loading the model. Once it is loaded,
        that of the files it was loaded from."""
        if self._fingerprint is not None:
            return self._fingerprint
        described = asdict(self.description) | {"languages": sorted(self.description.languages)}
        # Where the files lie and how a score is read change no vector.
        for irrelevant in ("source", "floor", "languages", "int8"):
            described.pop(irrelevant)
        if self.backend == "int8":
            described["backend"] = int8.VERSION
        digest = hashlib.blake2b(json.dumps(described, sort_keys=True).encode(), digest_size=8)
        files = _digest_of(self._path_or_source())
        digest.update(files or self.description.source.encode())
        found = f"{self.name}:{digest.hexdigest()}"
        if files is not None:  # else looked for again: they may be copied into place
            self._fingerprint = found
        return found

    def warm(self) -> None:
        self.embed_query("Hafen")

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return self._encode([self.description.passage_prefix + text for text in texts])

    def embed_query(self, text: str) -> Vectors:
        return self._encode([self.description.query_prefix + text])[0]

    def _encode(self, texts: list[str]) -> Vectors:
        model = self._loaded()
        try:
            return model.encode(texts)
        except Exception as error:  # torch raises its own kinds, RuntimeError and MemoryError among them
            raise EmbedderUnavailable(
                f"The model {self.name} failed on {len(texts)} texts: {error}"
            ) from error

    def _loaded(self) -> Model:
        if self._model is not None:
            return self._model
        with self._lock:
            if self._model is not None:
                return self._model
            if self._failure is not None and time.monotonic() - self._failure[0] < RETRY_AFTER:
                raise EmbedderUnavailable(self._failure[1])
            try:
                self._fingerprint = None
                model = self._load()
                _ = self.fingerprint
                self._model, self._failure = model, None
            except Exception as error:
                text = f"The model {self.name} could not be loaded: {error}"
                logger.error(text)
                self._failure = (time.monotonic(), text)
                raise EmbedderUnavailable(text) from error
            return self._model

    def _path(self) -> str:
        """Folder of the model, or its hub name where no folder is known."""
        source = self.description.source
        if source.startswith("package:"):
            package = importlib.import_module(source.removeprefix("package:"))
            return str(package.get_model_path())
        return source

    def _path_or_source(self) -> str:
        try:
            return self._path()
        except ImportError:
            return self.description.source

    def _load(self) -> Model:
        began = time.monotonic()
        # The tokenizer's own threads quarrel with a process that forks and gain nothing on single questions.
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        path, backend = self._path(), self.backend
        model: Model
        if backend == "int8":
            model = int8.Int8Model(Path(path), self.description.max_tokens, self.description.truncate_dim)
        else:
            if self.description.int8:
                logger.warning("The model %s is computed by torch: %s", self.name, int8.unfit(Path(path)))
            model = _Torch(path, self.description)
        taken = time.monotonic() - began
        logger.info("Loaded the embedding model %s (%s) in %.1f s", self.name, backend, taken)
        return model


class _Torch:
    """By sentence-transformers, in float32. One computation at a time: two questions that share two cores are slower
    together than one after the other."""

    def __init__(self, path: str, description: ModelDescription) -> None:
        offline = Path(path).is_dir() or os.environ.get("HF_HUB_OFFLINE", "1") != "0"
        if offline:
            os.environ["HF_HUB_OFFLINE"] = "1"
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()  # a bar per load has no place in a server's log
        torch.set_num_threads(max(1, min(4, os.cpu_count() or 1)))
        self._lock = threading.Lock()
        self._model: Any = SentenceTransformer(
            path,
            device="cpu",
            local_files_only=offline,
            truncate_dim=description.truncate_dim,
        )
        # Prefixes stand in the description; a default prompt of the model would come on top.
        self._model.default_prompt_name = None
        if description.max_tokens:
            own = self._model.max_seq_length or description.max_tokens
            self._model.max_seq_length = min(own, description.max_tokens)

    @property
    def dimensions(self) -> int:
        return int(self._model.get_embedding_dimension() or 0)

    def encode(self, texts: Sequence[str]) -> Vectors:
        import numpy

        with self._lock:
            vectors = self._model.encode(
                list(texts),
                batch_size=conf().embedding_batch,
                normalize_embeddings=True,
                convert_to_numpy=True,
                show_progress_bar=False,
            )
        return numpy.asarray(vectors, dtype=numpy.float32)


def _digest_of(path: str) -> bytes | None:
    """Of a folder: small files by content, weights by size and 64 blocks spread over them, since hashing gigabytes at
    every start would cost more than loading them and training moves every tensor. Of a name on the hub: the commit
    of the local copy. None where there are no files."""
    folder = Path(path)
    if not folder.is_dir():
        return _commit_of(path)
    digest = hashlib.blake2b(digest_size=16)
    found = {file for pattern in _WEIGHTS for file in folder.rglob(pattern) if file.name != DESCRIPTION_FILE}
    for file in sorted(found):
        size = file.stat().st_size
        digest.update(f"{file.relative_to(folder)}:{size}".encode())
        with file.open("rb") as content:
            if size <= _BLOCKS * _BLOCK:
                digest.update(content.read())
                continue
            for number in range(_BLOCKS):
                content.seek(number * (size - _BLOCK) // (_BLOCKS - 1))
                digest.update(content.read(_BLOCK))
    return digest.digest() if found else None


def _commit_of(name: str) -> bytes | None:
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        file = try_to_load_from_cache(name, "config.json")
    except HFValidationError:
        return None
    return Path(file).parent.name.encode() if isinstance(file, str) else None
