"""
The encoder as an ONNX graph: the arithmetic of BERT (Devlin et al. 2019) over weights that rest as bytes.

A matrix has a scale for each column, the embedding one for each row. States are rounded to bytes before each product
(dynamic quantization), which a processor multiplies several times as fast as floats.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

HEADS = 8
TINY = 1e-12
MOST = 63  # of a weight as a byte: two of them times two bytes of states fit 16 bits, which x86 without VNNI adds in
OPSET, VERSION = 20, 9  # of the operators and of the file
CONTRIB = "com.microsoft"  # the operators of onnxruntime
Array = npt.NDArray[Any]


def model_of(
    arrays: Mapping[str, Array], pieces: Sequence[str], labels: Sequence[str], *, exact: bool = False
) -> bytes:
    """
    The file of a model. `arrays` are "embedding" (pieces × width), "positions", "norm", "head", and for each layer n
    "n.query", "n.shown" (keys and values side by side), "n.out", "n.in", "n.back", each a matrix (from, to) of int8
    with ".scale" and ".bias", "n.norm1" and "n.norm2" (gain and bias). `exact` keeps the states as floats.
    """
    graph = _Graph(arrays, exact=exact)
    states = graph.embedded("ids")
    depth = sum(name.endswith(".in.scale") for name in arrays)
    for n in range(depth):
        states = graph.layer(states, n, last=n == depth - 1)
    graph.node("Identity", [graph.times(states, "head")], called="logits")
    inputs = [helper.make_tensor_value_info("ids", TensorProto.INT64, ["pieces"])]
    outputs = [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, len(labels)])]
    model = helper.make_model(
        helper.make_graph(graph.nodes, "encoder", inputs, outputs, graph.constants),
        opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid(CONTRIB, 1)],
        ir_version=VERSION,
    )
    told = {"pieces": "\n".join(pieces), "labels": "\n".join(labels), "longest": str(len(arrays["positions"]))}
    helper.set_model_props(model, told)
    raw: bytes = model.SerializeToString(deterministic=True)
    return raw


def read_back(path: Path) -> tuple[dict[str, Array], list[str], list[str]]:
    """The arrays, pieces and labels that `model_of` made a file of (not an `exact` one); constants of the graph too."""
    model = onnx.load(path)
    told = {entry.key: entry.value.split("\n") for entry in model.metadata_props}
    found = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    for norm in [name.removesuffix(".gain") for name in found if name.endswith(".gain")]:
        found[norm] = np.stack([found.pop(f"{norm}.gain"), found.pop(f"{norm}.bias")])
    found["embedding.scale"] = found["embedding.scale"][:, 0]
    return found, told["pieces"], told["labels"]


class _Graph:
    def __init__(self, arrays: Mapping[str, Array], *, exact: bool) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self._arrays = arrays
        self._exact = exact
        self._width = arrays["embedding"].shape[1]
        self._count = 0
        self._first = self.constant("first", np.array([0], np.int64))
        self._second = self.constant("second", np.array([1], np.int64))
        self._apart = self.constant("apart", np.array([0, HEADS, self._width // HEADS], np.int64))
        self._whole = self.constant("whole", np.array([-1, self._width], np.int64))
        self._closeness = self.constant("closeness", np.float32((self._width // HEADS) ** -0.5))

    def constant(self, name: str, value: Any) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value).reshape(np.shape(value)), name))
        return name

    def node(self, kind: str, given: Sequence[str], *, called: str = "", outputs: int = 1, **how: Any) -> Any:
        self._count += 1
        names = [called or f"{kind}.{self._count}.{at}" for at in range(outputs)]
        self.nodes.append(helper.make_node(kind, given, names, f"{kind}.{self._count}", **how))
        return names[0] if outputs == 1 else names

    def embedded(self, ids: str) -> str:
        rows, scale = self._arrays["embedding"], self._arrays["embedding.scale"].astype(np.float32)[:, None]
        found = self.node("Cast", [self.node("Gather", [self.constant("embedding", rows), ids])], to=TensorProto.FLOAT)
        found = self.node("Mul", [found, self.node("Gather", [self.constant("embedding.scale", scale), ids])])
        positions = self.constant("positions", self._arrays["positions"].astype(np.float32))
        there = self.node("Slice", [positions, self._first, self.node("Shape", [ids])])
        return self.normal(self.node("Add", [found, there]), "norm")

    def layer(self, states: str, n: int, *, last: bool) -> str:
        asking = self.node("Slice", [states, self._first, self._second]) if last else states  # the start piece alone
        asked = self._by_head(self.times(asking, f"{n}.query"), [1, 0, 2])
        keys, values = self.node("Split", [self.times(states, f"{n}.shown")], outputs=2, axis=1, num_outputs=2)
        closeness = self.node("MatMul", [asked, self._by_head(keys, [1, 2, 0])])
        weights = self.node("Softmax", [self.node("Mul", [closeness, self._closeness])], axis=-1)
        told = self.node("MatMul", [weights, self._by_head(values, [1, 0, 2])])
        told = self.node("Reshape", [self.node("Transpose", [told], perm=[1, 0, 2]), self._whole])
        states = self.normal(self.node("Add", [asking, self.times(told, f"{n}.out")]), f"{n}.norm1")
        inner = self.node("Gelu", [self.times(states, f"{n}.in")], approximate="tanh")
        return self.normal(self.node("Add", [states, self.times(inner, f"{n}.back")]), f"{n}.norm2")

    def _by_head(self, rows: str, order: list[int]) -> str:
        found: str = self.node("Transpose", [self.node("Reshape", [rows, self._apart])], perm=order)
        return found

    def normal(self, states: str, name: str) -> str:
        """Layer normalization (Ba et al. 2016)."""
        gain, bias = self._arrays[name].astype(np.float32)
        given = [states, self.constant(f"{name}.gain", gain), self.constant(f"{name}.bias", bias)]
        found: str = self.node("LayerNormalization", given, axis=-1, epsilon=TINY)
        return found

    def times(self, states: str, name: str) -> str:
        weights = self._arrays[name]
        scale, bias = (self._arrays[f"{name}.{part}"].astype(np.float32) for part in ("scale", "bias"))
        bias_name = self.constant(f"{name}.bias", bias)
        if self._exact:
            product = self.node("MatMul", [states, self.constant(name, weights.astype(np.float32) * scale)])
            return str(self.node("Add", [product, bias_name]))
        given = [states, self.constant(name, weights), self.constant(f"{name}.scale", scale), "", bias_name]
        return str(self.node("DynamicQuantizeMatMul", given, domain=CONTRIB))
