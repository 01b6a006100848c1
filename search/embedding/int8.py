"""A BERT with mean pooling computed with 8-bit integers by onnxruntime: no torch in the process, a quarter of the time.

The graph is written from the model's own safetensors file when it is loaded, some tenths of a second, so that weights
lie on the disk once and plain sentence-transformers reads the same files. What was measured, and against what:
docs/decisions/student-model.md.

- Texts go through one by one. Padding costs nothing then, and a vector does not depend on the texts beside it: the
  quantisation takes its scale from everything in the batch.
- Every 64 weights have a scale, and so have the activations they meet. With one scale for a column and one for all
  activations (DynamicQuantizeMatMul) it is a third faster, and retrieval lost more than a hundredth.
- The word embeddings stay in the file, mapped into memory, so that several processes share them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import numpy
from numpy.typing import NDArray

from search.embedding.interface import Vectors

VERSION = "int8-2"
"""Part of the fingerprint: to be raised when the same weights give other vectors."""
WEIGHTS = "model.safetensors"
_TYPES = {"F16": numpy.float16, "F32": numpy.float32}
_MICROSOFT = "com.microsoft"


def unfit(folder: Path) -> str:
    """Why this cannot compute the model in the folder, or "" when it can. The same answer in every process of an
    installation, without loading the model: it is part of the fingerprint."""
    if broken := _broken():
        return broken
    if not all((folder / name).is_file() for name in (WEIGHTS, "config.json", "tokenizer.json")):
        return f"{folder} lacks {WEIGHTS}, config.json or tokenizer.json"
    config, parts = _read(folder / "config.json"), _read(folder / "modules.json")
    kinds = [part["type"].rsplit(".", 1)[-1] for part in parts]
    if config.get("model_type") != "bert" or config.get("hidden_act") != "gelu":
        return "it is no BERT with GELU"
    if config.get("position_embedding_type", "absolute") != "absolute" or config["hidden_size"] % 16:
        return "its positions or dimensions are of another kind"
    if kinds[:2] != ["Transformer", "Pooling"] or kinds[2:] not in ([], ["Normalize"]):
        return f"it consists of {', '.join(kinds)}"
    pooling = _read(folder / parts[1]["path"] / "config.json")
    used = [name for name, value in pooling.items() if name.startswith("pooling_mode_") and value]
    return "" if used == ["pooling_mode_mean_tokens"] else "it does not take the mean of its pieces"


@cache
def _broken() -> str:
    """Why onnxruntime cannot be used here, tried on a model of one layer: the package may be missing, not run on this
    processor, or not know an operator."""
    size, wide, layer = 16, 32, "encoder.layer.0"
    shapes = {
        f"{layer}.{name}": shape
        for part in ("query", "key", "value")
        for name, shape in (
            (f"attention.self.{part}.weight", (size, size)),
            (f"attention.self.{part}.bias", (size,)),
            ("attention.output.dense.weight", (size, size)),
            ("intermediate.dense.weight", (wide, size)),
            ("intermediate.dense.bias", (wide,)),
            ("output.dense.weight", (size, wide)),
        )
    } | {
        f"{place}.{name}": (size,)
        for place, name in (
            ("embeddings", "LayerNorm.weight"),
            ("embeddings", "LayerNorm.bias"),
            *(
                (f"{layer}.{inside}", name)
                for inside in ("attention.output", "output")
                for name in ("dense.bias", "LayerNorm.weight", "LayerNorm.bias")
            ),
        )
    }
    shape = {"num_hidden_layers": 1, "hidden_size": size, "num_attention_heads": 2, "layer_norm_eps": 1e-12}
    try:
        import tokenizers  # noqa: F401

        session = _session(
            _graph({name: numpy.ones(value, numpy.float32) for name, value in shapes.items()}, shape)
        )
        session.run(None, {"read": numpy.ones((1, 3, size), numpy.float32)})
        if abs(_largest_product() - 64) > 1:
            return "products of 8 bits overflow on this processor"
    except Exception as error:  # onnxruntime raises kinds of its own
        return f"onnxruntime does not work here: {error}"
    return ""


class Int8Model:
    """Raises OSError, ValueError, KeyError or what onnxruntime raises for files that it cannot use."""

    def __init__(self, folder: Path, max_tokens: int | None = None, truncate_dim: int | None = None) -> None:
        from tokenizers import Tokenizer

        config = _read(folder / "config.json")
        weights = _tensors(folder / WEIGHTS)
        self._words = weights["embeddings.word_embeddings.weight"]
        # A text is one sequence: its type never changes.
        self._places = (
            weights["embeddings.position_embeddings.weight"].astype(numpy.float32)
            + weights["embeddings.token_type_embeddings.weight"][0]
        )
        self.dimensions = truncate_dim or int(config["hidden_size"])
        self._session = _session(_graph(weights, config))
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        limits = (
            max_tokens,
            len(self._places),
            _read(folder / "sentence_bert_config.json").get("max_seq_length"),
        )
        self._tokenizer.enable_truncation(min(limit for limit in limits if limit))

    def encode(self, texts: Sequence[str]) -> Vectors:
        """float32, shape (len(texts), dimensions), rows of length 1. Safe in several threads."""
        rows = [row.ids for row in self._tokenizer.encode_batch(list(texts))]
        threads = min(4, os.cpu_count() or 1, len(rows))
        if threads <= 1:
            found = [self._vector(row) for row in rows]
        else:
            with ThreadPoolExecutor(threads) as pool:
                found = list(pool.map(self._vector, rows))
        vectors = numpy.stack(found) if found else numpy.zeros((0, self.dimensions), numpy.float32)
        vectors /= numpy.maximum(numpy.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        return vectors

    def _vector(self, pieces: Sequence[int]) -> NDArray[numpy.float32]:
        read = self._words[pieces] + self._places[: len(pieces)]
        mean: NDArray[numpy.float32] = self._session.run(None, {"read": read[None]})[0][0]
        return mean[: self.dimensions]


def _largest_product() -> float:
    """64 times 1 · 1, all at the upper end of their 8 bits: less than 64 where adding them up overflows."""
    from onnx import TensorProto, helper, numpy_helper

    ones = numpy.ones((16, 64), numpy.float32)
    whole, scale, options = _blocks(ones)
    node = helper.make_node("MatMulNBits", ["read", "weight", "scale"], ["sum"], domain=_MICROSOFT, **options)
    graph = helper.make_graph(
        [node],
        "largest",
        [helper.make_tensor_value_info("read", TensorProto.FLOAT, [1, 64])],
        [helper.make_tensor_value_info("sum", TensorProto.FLOAT, [1, 16])],
        [numpy_helper.from_array(whole, "weight"), numpy_helper.from_array(scale, "scale")],
    )
    session = _session(_written(graph))
    return float(session.run(None, {"read": ones[:1]})[0].min())


def _written(graph: Any) -> bytes:
    from onnx import helper

    sets = [helper.make_opsetid("", 20), helper.make_opsetid(_MICROSOFT, 1)]
    written: bytes = helper.make_model(graph, opset_imports=sets, ir_version=10).SerializeToString()
    return written


def _session(graph: bytes) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # Several texts at a time instead of several threads for one: they need not wait for each other.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def _graph(weights: dict[str, Any], config: dict[str, Any]) -> bytes:
    """ONNX: "read", the sum of a text's embeddings, shape (1, pieces, d), to "mean", shape (1, d), not normalised."""
    from onnx import TensorProto, helper, numpy_helper

    nodes: list[Any] = []
    constants: list[Any] = []

    def constant(name: str, value: Any) -> str:
        constants.append(numpy_helper.from_array(numpy.ascontiguousarray(value), name))
        return name

    def weight(name: str) -> NDArray[numpy.float32]:
        return numpy.asarray(weights[name], dtype=numpy.float32)

    def node(kind: str, inputs: list[str], output: str, domain: str = "", **options: Any) -> str:
        nodes.append(helper.make_node(kind, inputs, [output], domain=domain, **options))
        return output

    def product(read: str, matrix: NDArray[numpy.float32], bias: str, output: str) -> str:
        """`matrix` (outputs, inputs), as torch keeps it; `bias` the name of a constant or ""."""
        whole, scale, options = _blocks(matrix)
        inputs = [read, constant(f"{output}.weight", whole), constant(f"{output}.scale", scale)]
        return node("MatMulNBits", [*inputs, "", "", bias], output, _MICROSOFT, **options)

    def normalised(read: str, before: str, name: str, bias: str, output: str) -> str:
        inputs = [
            read,
            before,
            constant(f"{output}.gain", weight(f"{name}.weight")),
            constant(f"{output}.shift", weight(f"{name}.bias")),
            constant(f"{output}.bias", weight(bias)),
        ]
        return node("SkipLayerNormalization", inputs, output, _MICROSOFT, epsilon=epsilon)

    epsilon = float(config["layer_norm_eps"])
    gain = constant("gain", weight("embeddings.LayerNorm.weight"))
    shift = constant("shift", weight("embeddings.LayerNorm.bias"))
    state = node("LayerNormalization", ["read", gain, shift], "start", axis=-1, epsilon=epsilon)
    for layer in range(config["num_hidden_layers"]):
        inside, own = f"encoder.layer.{layer}", f"encoder.layer.{layer}.attention.self"
        names = ("query", "key", "value")
        together = product(
            state,
            numpy.concatenate([weight(f"{own}.{name}.weight") for name in names]),
            constant(f"{own}.bias", numpy.concatenate([weight(f"{own}.{name}.bias") for name in names])),
            f"{own}.together",
        )
        parts = [f"{own}.{name}" for name in names]
        nodes.append(helper.make_node("Split", [together], parts, axis=-1, num_outputs=3))
        seen = node(
            "MultiHeadAttention", parts, f"{own}.seen", _MICROSOFT, num_heads=config["num_attention_heads"]
        )
        output = f"{inside}.attention.output"
        seen = product(seen, weight(f"{output}.dense.weight"), "", f"{output}.dense")
        state = normalised(seen, state, f"{output}.LayerNorm", f"{output}.dense.bias", f"{inside}.middle")
        wide = product(
            state,
            weight(f"{inside}.intermediate.dense.weight"),
            constant(f"{inside}.wide.bias", weight(f"{inside}.intermediate.dense.bias")),
            f"{inside}.wide",
        )
        wide = node("Gelu", [wide], f"{inside}.gelu", _MICROSOFT)
        narrow = product(wide, weight(f"{inside}.output.dense.weight"), "", f"{inside}.narrow")
        state = normalised(
            narrow, state, f"{inside}.output.LayerNorm", f"{inside}.output.dense.bias", f"{inside}.end"
        )
    node("ReduceMean", [state, constant("axes", numpy.array([1], numpy.int64))], "mean", keepdims=0)
    size = int(config["hidden_size"])
    graph = helper.make_graph(
        nodes,
        "bert",
        [helper.make_tensor_value_info("read", TensorProto.FLOAT, [1, None, size])],
        [helper.make_tensor_value_info("mean", TensorProto.FLOAT, [1, size])],
        constants,
    )
    return _written(graph)


def _blocks(matrix: NDArray[numpy.float32]) -> tuple[Any, Any, dict[str, Any]]:
    """Bytes, scales and options of MatMulNBits for a matrix of shape (outputs, inputs)."""
    rows, columns = matrix.shape
    block = 64 if columns % 64 == 0 else 16
    blocks = matrix.reshape(rows, columns // block, block)
    scale = numpy.maximum(numpy.abs(blocks).max(-1), 1e-12).astype(numpy.float32) / 127
    whole = (numpy.rint(blocks / scale[..., None]) + 128).astype(numpy.uint8)
    # Accuracy level 4: the activations in 8 bits too.
    options = {"K": columns, "N": rows, "bits": 8, "block_size": block, "accuracy_level": 4}
    return whole, scale, options


def _tensors(path: Path) -> dict[str, Any]:
    """Every tensor of a safetensors file, mapped, by its name without the "bert." that some files put before it.

    The format: 8 bytes with the length of a JSON object that says type, shape and place of each tensor after it.
    """
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        described: dict[str, Any] = json.loads(file.read(length))
    described.pop("__metadata__", None)
    return {
        name.removeprefix("bert."): numpy.memmap(
            path, _TYPES[entry["dtype"]], "r", 8 + length + entry["data_offsets"][0], tuple(entry["shape"])
        )
        for name, entry in described.items()
        if entry["dtype"] in _TYPES
    }


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
