"""Building an ONNX graph node by node. Pure."""

from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper

OPSET = 19
ML_OPSET = 2
IR = 9


class Nodes:
    """Nodes and constants under names of their own."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def add(self, op: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        """One node with one output; the output's name."""
        name = f"t{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, list(inputs), [name], domain=domain, **attributes))
        return name

    def number(self, value: float) -> str:
        """A float64 constant."""
        return self._constant(np.array(value, np.float64))

    def word(self, text: str) -> str:
        """A string constant."""
        return self._constant(np.array(text, object))

    def shape(self, *sizes: int) -> str:
        """An int64 constant."""
        return self._constant(np.array(sizes, np.int64))

    def arithmetic(self, op: str, tensor: str, value: float) -> str:
        """`tensor op value`."""
        return self.add(op, tensor, self.number(value))

    def where_missing(self, test: str, instead: str, otherwise: str) -> str:
        """`instead` where the number `test` is missing, else `otherwise`."""
        return self.add("Where", self.add("IsNaN", test), instead, otherwise)

    def _constant(self, array: "np.ndarray[Any, Any]") -> str:
        name = f"k{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(array, name))
        return name
