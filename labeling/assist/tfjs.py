"""A TensorFlow.js graph as an ONNX model, for the operations that the bundled detector is made of. Pure: numpy, onnx.

TensorFlow keeps pictures as rows, columns, channels and ONNX as channels, rows, columns: convolutions and the like get a
transposition before and after, which ONNX Runtime mostly cancels out.
"""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

OPSET: Final = 17
_TO_ONNX, _TO_TF = (0, 3, 1, 2), (0, 2, 3, 1)
Node = dict[str, Any]
Array = NDArray[Any]


def to_onnx(graph: bytes, weights: bytes) -> onnx.ModelProto:
    """The whole model; its inputs and outputs keep their names. Raises ValueError for what it cannot translate."""
    told = json.loads(graph)
    work = _Translation(_constants(told["weightsManifest"], weights))
    for node in _in_order(told["modelTopology"]["node"]):
        work.take(node)
    signature = told["signature"]
    inputs, outputs = ([_port(each) for each in signature[side].values()] for side in ("inputs", "outputs"))
    made = helper.make_graph(work.nodes, "detector", inputs, outputs, work.used())
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9)


def _constants(manifest: list[dict[str, Any]], content: bytes) -> dict[str, Array]:
    found: dict[str, Array] = {}
    at = 0
    for row in (row for group in manifest for row in group["weights"]):
        stored = row.get("quantization", {}).get("dtype", row["dtype"])
        if stored not in ("float16", "float32", "int32"):
            raise ValueError(f"weights of type {stored} are not read")
        count = int(np.prod(row["shape"]))
        values = np.frombuffer(content, stored, count, at).reshape(row["shape"])
        at += values.nbytes
        found[row["name"]] = values.astype(np.float32) if stored == "float16" else values
    if at != len(content):
        raise ValueError("the weights are of another length than the graph says")
    return found


def _in_order(nodes: list[Node]) -> Iterator[Node]:
    """Each after all that it reads."""
    left, done = {node["name"]: node for node in nodes}, set[str]()
    while left:
        ready = [name for name, node in left.items() if all(_source(each) in done for each in _read(node))]
        if not ready:
            raise ValueError("the graph goes in circles")
        for name in ready:
            yield left.pop(name)
        done.update(ready)


def _read(node: Node) -> list[str]:
    return [name for name in node.get("input", ()) if not name.startswith("^")]


def _source(name: str) -> str:
    return name.partition(":")[0]


def _port(told: Mapping[str, Any]) -> Any:
    shape = [int(each["size"]) for each in told["tensorShape"]["dim"]]
    return helper.make_tensor_value_info(told["name"].removesuffix(":0"), TensorProto.FLOAT, shape)


class _Translation:
    """Constants by name, and the nodes made so far; what depends on constants alone becomes one."""

    def __init__(self, constants: dict[str, Array]) -> None:
        self.constants, self.nodes = constants, list[Any]()
        self._rules: Mapping[str, Callable[[Node, list[str]], None]] = {
            "Const": lambda node, read: None,
            "Placeholder": lambda node, read: None,
            "SparseToDense": self._dense,
            "Identity": lambda node, read: self._plain("Identity", node, read),
            "Add": lambda node, read: self._plain("Add", node, read),
            "AddV2": lambda node, read: self._plain("Add", node, read),
            "Sigmoid": lambda node, read: self._plain("Sigmoid", node, read),
            "LeakyRelu": lambda node, read: self._plain(
                "LeakyRelu", node, read, alpha=float(node["attr"]["alpha"]["f"])
            ),
            "Transpose": self._transpose,
            "Pad": self._pad,
            "PadV2": self._pad,
            "Conv2D": self._window,
            "MaxPool": self._window,
            "ConcatV2": lambda node, read: self._plain(
                "Concat", node, read[:-1], axis=int(self.constants[read[-1]])
            ),
            "ResizeBilinear": self._resize,
            "SplitV": self._split,
            "Reshape": lambda node, read: self._plain("Reshape", node, [read[0], self._whole(read[1])]),
        }

    def take(self, node: Node) -> None:
        """Translate one node. Raises ValueError."""
        rule = self._rules.get(node["op"])
        if rule is None:
            raise ValueError(f"the operation {node['op']} is not translated")
        rule(node, [name.removesuffix(":0") for name in _read(node)])

    def used(self) -> list[Any]:
        """The constants that nodes read."""
        names = {name for node in self.nodes for name in node.input}
        return [
            numpy_helper.from_array(np.ascontiguousarray(values), name)
            for name, values in self.constants.items()
            if name in names
        ]

    def _add(self, op: str, read: list[str], *made: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(op, read, list(made), **attributes))
        return made[0]

    def _keep(self, name: str, values: Any) -> str:
        self.constants[name] = np.asarray(values)
        return name

    def _whole(self, name: str) -> str:
        return self._keep(f"{name}/int64", self.constants[name].astype(np.int64))

    def _plain(self, op: str, node: Node, read: list[str], **attributes: Any) -> None:
        values = [self.constants[name] for name in read if name in self.constants]
        if len(values) == len(read) and op in ("Add", "Identity"):
            self._keep(node["name"], values[0] if op == "Identity" else values[0] + values[1])
            return
        self._add(op, read, node["name"], **attributes)

    def _dense(self, node: Node, read: list[str]) -> None:
        places, shape, values, default = (self.constants[name] for name in read)
        dense = np.full([int(side) for side in np.atleast_1d(shape)], int(default), np.int64)
        dense[tuple(np.asarray(places).reshape(-1, dense.ndim).T)] = np.ravel(values)
        self._keep(node["name"], dense)

    def _transpose(self, node: Node, read: list[str]) -> None:
        order = [int(axis) for axis in self.constants[read[1]]]
        if (values := self.constants.get(read[0])) is not None:
            self._keep(node["name"], values.transpose(order))
        else:
            self._add("Transpose", read[:1], node["name"], perm=order)

    def _pad(self, node: Node, read: list[str]) -> None:
        name = node["name"]
        # Before a maximum TensorFlow pads with minus infinity, which one of the libraries refuses.
        fill = np.clip(self.constants[read[2]], -3e38, 3e38) if node["op"] == "PadV2" else 0
        sides = self._keep(f"{name}/sides", self.constants[read[1]].astype(np.int64).T.ravel())
        self._add("Pad", [read[0], sides, self._keep(f"{name}/fill", np.float32(fill))], name)

    def _window(self, node: Node, read: list[str]) -> None:
        name, said = node["name"], node["attr"]
        if base64.b64decode(said["padding"]["s"]) != b"VALID":
            raise ValueError("only windows without padding of their own are translated")
        steps = _sides(said["strides"])
        turned = self._add("Transpose", read[:1], f"{name}/in", perm=_TO_ONNX)
        if node["op"] == "Conv2D":
            kernel = self._keep(f"{name}/kernel", self.constants[read[1]].transpose(3, 2, 0, 1))
            self._add("Conv", [turned, kernel], f"{name}/out", strides=steps)
        else:
            self._add("MaxPool", [turned], f"{name}/out", strides=steps, kernel_shape=_sides(said["ksize"]))
        self._add("Transpose", [f"{name}/out"], name, perm=_TO_TF)

    def _resize(self, node: Node, read: list[str]) -> None:
        name = node["name"]
        turned = self._add("Transpose", read[:1], f"{name}/in", perm=_TO_ONNX)
        kept = self._add("Shape", [turned], f"{name}/kept", start=0, end=2)
        size = self._add("Concat", [kept, self._whole(read[1])], f"{name}/size", axis=0)
        self._add("Resize", [turned, "", "", size], f"{name}/out", mode="linear")
        self._add("Transpose", [f"{name}/out"], name, perm=_TO_TF)

    def _split(self, node: Node, read: list[str]) -> None:
        name, parts = node["name"], self.constants[read[1]]
        made = [name if part == 0 else f"{name}:{part}" for part in range(len(parts))]
        self._add("Split", [read[0], self._whole(read[1])], *made, axis=int(self.constants[read[2]]))


def _sides(said: Mapping[str, Any]) -> list[int]:
    """Height and width of strides or of a window, which stand between the batch and the channels."""
    return [int(each) for each in said["list"]["i"]][1:3]
