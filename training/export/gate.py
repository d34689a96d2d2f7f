"""What an ONNX file from outside must pass before it is used: `python -m training.export.gate JOB_DIR`.

Runs in a limited child. The walk comes first and trusts nothing; then ONNX's own checker; then ONNX Runtime
loads the file from an otherwise empty folder, without optimizing and with, and scores zeros.
"""

import hashlib
import json
import resource
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
import onnxruntime

from core.errors import InvalidInput
from core.imaging import DecodeRule
from training.export.scoring import INPUT, OUTPUT, signature_of
from training.trainer.process import job_dir_from_argv, limit, run_to_exit

MAX_BYTES: Final = 1 << 30
MAX_NODES: Final = 50_000
MAX_NESTING: Final = 16
OPSETS: Final = range(7, 24)
DOMAINS: Final = frozenset(
    {"", "ai.onnx", "ai.onnx.ml", "pkg.onnxscript.torch_lib", "pkg.onnxscript.torch_lib.common"}
)
MEMORY_MB: Final = 8192
CPU_S: Final = 60
TRIAL: Final = (2, 96, 80, 3)


class ModelRefused(InvalidInput):
    """The file is not a model this studio takes; the detail says why."""

    code = "model_refused"


def walk(model: onnx.ModelProto) -> None:
    """Refuse what is dangerous or unknown before anything interprets it. Raises ModelRefused."""
    for opset in model.opset_import:
        if opset.domain not in DOMAINS:
            raise ModelRefused(f"it uses operators of {opset.domain[:60]}, which are not known here")
        if opset.domain in ("", "ai.onnx") and opset.version not in OPSETS:
            raise ModelRefused(f"opset {opset.version} is outside {OPSETS.start} to {OPSETS.stop - 1}")
    for count, (depth, node) in enumerate(_nodes(model)):
        if count >= MAX_NODES:
            raise ModelRefused(f"it has more than {MAX_NODES} nodes")
        if depth > MAX_NESTING:
            raise ModelRefused(f"its graphs are nested more than {MAX_NESTING} deep")
        if node.domain not in DOMAINS:
            raise ModelRefused(f"it uses operators of {node.domain[:60]}, which are not known here")
    for tensor in _tensors(model):
        _tensor_check(tensor)


def facts_of(path: Path) -> dict[str, Any]:
    """Pass the gate and measure. Raises ModelRefused."""
    if path.stat().st_size > MAX_BYTES:
        raise ModelRefused("the file is larger than 1 GB")
    encoded = path.read_bytes()
    try:
        model = onnx.load_model_from_string(encoded)
    except Exception as exc:
        raise ModelRefused("the file is not ONNX") from exc
    walk(model)
    try:
        onnx.checker.check_model(str(path), full_check=True)
    except Exception as exc:
        raise ModelRefused("ONNX's own check refuses it; export it again") from exc
    return {"sha256": hashlib.sha256(encoded).hexdigest(), "size_bytes": len(encoded), **_loaded(path)}


def _loaded(path: Path) -> dict[str, Any]:
    try:
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    except Exception as exc:
        raise ModelRefused("ONNX Runtime cannot load it") from exc
    labels, decode, task = _metadata(session)
    _signature_check(session)
    began_at = time.monotonic()
    try:
        scores = np.asarray(session.run([OUTPUT], {INPUT: np.zeros(TRIAL, np.uint8)})[0])
    except Exception as exc:
        raise ModelRefused("it fails on a black picture") from exc
    if scores.shape != (TRIAL[0], len(labels)) or not np.isfinite(scores).all():
        raise ModelRefused(f"it does not give one finite score for each of its {len(labels)} classes")
    return {
        "labels": labels,
        "decode": decode,
        "task": task,
        "signature": signature_of(session),
        "limits": {
            "trial_ms": round((time.monotonic() - began_at) * 1000, 2),
            "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 // 1_000_000,
        },
    }


def _metadata(session: onnxruntime.InferenceSession) -> tuple[list[str], dict[str, Any], str]:
    known: dict[str, str] = session.get_modelmeta().custom_metadata_map
    try:
        labels, rule = json.loads(known["studio.classes"]), DecodeRule.from_json(known["studio.decode"])
        task = known["studio.task"]
    except (KeyError, ValueError, TypeError) as exc:
        raise ModelRefused(
            "the metadata studio.task, studio.classes and studio.decode are missing or damaged"
        ) from exc
    if not isinstance(labels, list) or len(labels) < 2 or not all(isinstance(name, str) for name in labels):
        raise ModelRefused("studio.classes is not a list of at least two names")
    return labels, json.loads(rule.to_json()), task


def _signature_check(session: onnxruntime.InferenceSession) -> None:
    inputs = [(port.name, port.type, len(port.shape)) for port in session.get_inputs()]
    outputs = {port.name: port.type for port in session.get_outputs()}
    if inputs != [(INPUT, "tensor(uint8)", 4)] or outputs.get(OUTPUT) != "tensor(float)":
        raise ModelRefused(
            "its signature is another one: image, uint8 [batch, height, width, 3], and scores, float [batch, classes]"
        )


def _nodes(model: onnx.ModelProto) -> Iterator[tuple[int, onnx.NodeProto]]:
    waiting: list[tuple[int, Any]] = [(1, node) for node in model.graph.node]
    waiting += [(1, node) for function in model.functions for node in function.node]
    while waiting:
        depth, node = waiting.pop()
        yield depth, node
        for attribute in node.attribute:
            for graph in (attribute.g, *attribute.graphs):
                waiting += [(depth + 1, inner) for inner in graph.node]


def _tensors(model: onnx.ModelProto) -> Iterator[onnx.TensorProto]:
    if model.graph.sparse_initializer:
        raise ModelRefused("sparse tensors are not taken")
    yield from model.graph.initializer
    for _depth, node in _nodes(model):
        for attribute in node.attribute:
            if attribute.HasField("sparse_tensor") or attribute.sparse_tensors:
                raise ModelRefused("sparse tensors are not taken")
            if attribute.HasField("t"):
                yield attribute.t
            yield from attribute.tensors
            for graph in (attribute.g, *attribute.graphs):
                yield from graph.initializer


def _tensor_check(tensor: onnx.TensorProto) -> None:
    if tensor.data_location == onnx.TensorProto.EXTERNAL or tensor.external_data:
        raise ModelRefused("it keeps tensors in other files; save it as one file")
    if tensor.data_type == onnx.TensorProto.STRING:
        raise ModelRefused("string tensors are not taken")
    if not tensor.HasField("raw_data"):
        return
    if any(size < 0 for size in tensor.dims):
        raise ModelRefused("a tensor has a negative size")
    try:
        width = onnx.helper.tensor_dtype_to_np_dtype(tensor.data_type).itemsize
    except (KeyError, ValueError, TypeError) as exc:
        raise ModelRefused("a tensor has an unknown type") from exc
    if int(np.prod([*tensor.dims, 1], dtype=object)) * width != len(tensor.raw_data):
        raise ModelRefused("the declared size of a tensor is not the size of its bytes")


def main() -> int:
    """The process."""
    job_dir = job_dir_from_argv()
    limit(memory_mb=MEMORY_MB, file_mb=16)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S + 1))

    def work() -> None:
        facts = facts_of(job_dir / "model" / "model.onnx")
        (job_dir / "out").mkdir(exist_ok=True)
        (job_dir / "out" / "result.json").write_text(json.dumps(facts), encoding="utf-8")

    return run_to_exit(job_dir, work)


if __name__ == "__main__":
    raise SystemExit(main())
