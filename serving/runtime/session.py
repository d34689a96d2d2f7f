"""One loaded ONNX model. Pure.

One intra-op thread by default: throughput on a server comes from sessions times threads equal to cores,
and threads that spin while they wait take the core from the others.
"""

import mmap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from serving.runtime.card import ModelCard, card_from_metadata

Array = NDArray[Any]

# Open Inference Protocol name and numpy type for each type ONNX Runtime reports.
DATATYPES: Final[Mapping[str, tuple[str, type[np.generic]]]] = {
    "tensor(float)": ("FP32", np.float32),
    "tensor(double)": ("FP64", np.float64),
    "tensor(float16)": ("FP16", np.float16),
    "tensor(int64)": ("INT64", np.int64),
    "tensor(int32)": ("INT32", np.int32),
    "tensor(int16)": ("INT16", np.int16),
    "tensor(int8)": ("INT8", np.int8),
    "tensor(uint64)": ("UINT64", np.uint64),
    "tensor(uint32)": ("UINT32", np.uint32),
    "tensor(uint16)": ("UINT16", np.uint16),
    "tensor(uint8)": ("UINT8", np.uint8),
    "tensor(bool)": ("BOOL", np.bool_),
}


class ModelUnusable(ValueError):
    """This file cannot be served; the message says why, without paths."""


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """Name, protocol datatype, numpy type and shape; -1 stands for any length."""

    name: str
    datatype: str
    dtype: np.dtype[Any]
    shape: tuple[int, ...]

    def words(self) -> str:
        """How the signature is told to a person: `image UINT8 [-1,-1,-1,3]`."""
        return f"{self.name} {self.datatype} [{','.join(map(str, self.shape))}]"


class ModelSession:
    """A session with its signature and card. Safe to run from several threads at once.

    `is_predictable`: what a row costs does not depend on its values or on open lengths.
    """

    def __init__(self, path: Path, *, threads: int = 1) -> None:
        """Load from a local file. Raises ModelUnusable."""
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
        options.log_severity_level = 4
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.add_session_config_entry("session.load_model_format", "ONNX")
        try:
            self._session = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except _ort_errors() as problem:
            raise ModelUnusable("ONNX Runtime does not load this file as a model") from problem
        self.inputs = tuple(_spec(node) for node in self._session.get_inputs())
        self.outputs = tuple(_spec(node) for node in self._session.get_outputs())
        self.output_names = [spec.name for spec in self.outputs]
        self.card: ModelCard = card_from_metadata(self._session.get_modelmeta().custom_metadata_map)
        self.batchable = all(spec.shape[:1] == (-1,) for spec in (*self.inputs, *self.outputs))
        fixed = all(length >= 0 for spec in self.inputs for length in spec.shape[1:])
        self.is_predictable = fixed and not _has_loops(path)
        self.takes_pictures = self.card.decode is not None and len(self.inputs) == 1

    def run(self, feeds: Mapping[str, Array], options: Any | None = None) -> list[Array]:
        """Outputs in declared order. Raises what ONNX Runtime raises."""
        outputs: list[Array] = self._session.run(self.output_names, feeds, options)
        return outputs

    def zeros(self, rows: int) -> dict[str, Array]:
        """Inputs of zeros for warming and measuring; open lengths other than the rows become plausible."""
        side = (self.card.decode.floor_px if self.card.decode else None) or 256
        feeds: dict[str, Array] = {}
        for spec in self.inputs:
            fill = side if len(spec.shape) == 4 else 8
            shape = [length if length >= 0 else fill for length in spec.shape]
            if spec.shape[:1] == (-1,):
                shape[0] = rows
            feeds[spec.name] = np.zeros(shape, spec.dtype)
        return feeds


def run_options() -> Any:
    """A fresh RunOptions; setting its `terminate` stops the run it was given to."""
    options = ort.RunOptions()
    options.log_severity_level = 4
    return options


def run_errors() -> tuple[type[Exception], ...]:
    """What a run may raise."""
    return _ort_errors()


def _has_loops(path: Path) -> bool:
    """Whether a node's operator is Loop or Scan (field 4 of NodeProto): its cost depends on the values."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return any(content.find(b"\x22\x04" + name) >= 0 for name in (b"Loop", b"Scan"))


def _spec(node: Any) -> TensorSpec:
    if node.type not in DATATYPES:
        raise ModelUnusable(f"the tensor {node.name!r} is of type {node.type}, which is not served")
    datatype, dtype = DATATYPES[node.type]
    shape = tuple(length if isinstance(length, int) else -1 for length in node.shape or ())
    return TensorSpec(node.name, datatype, np.dtype(dtype), shape)


def _ort_errors() -> tuple[type[Exception], ...]:
    state = ort.capi.onnxruntime_pybind11_state
    names = ("Fail", "InvalidArgument", "NoSuchFile", "InvalidProtobuf", "InvalidGraph", "NotImplemented",
             "RuntimeException", "EPFail", "ModelLoaded", "EngineError", "NoModel")  # fmt: skip
    return (*(getattr(state, name) for name in names if hasattr(state, name)), RuntimeError, ValueError)
