"""One ONNX file: uint8 RGB of any size in, scores out, everything else in its metadata."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import torch
from onnx_ir import Shape

from training.algorithms.base import Fitted
from training.export.scoring import FORMAT, INPUT, OUTPUT

OPSET: Final = 20


def metadata_of(fitted: Fitted, task: str, extra: Mapping[str, str]) -> dict[str, str]:
    """The keys a server needs to use the file without asking anybody."""
    return {
        "studio.format": FORMAT,
        "studio.task": task,
        "studio.classes": json.dumps(list(fitted.classes), ensure_ascii=False),
        "studio.decode": fitted.decode.to_json(),
        "studio.thresholds": json.dumps({}),
        **extra,
    }


def export_onnx(fitted: Fitted, path: Path, metadata: Mapping[str, str]) -> None:
    """Write `path`; batch, height and width stay free."""
    example = torch.zeros(2, 48, 40, 3, dtype=torch.uint8)
    free = {0: torch.export.Dim.DYNAMIC, 1: torch.export.Dim.DYNAMIC, 2: torch.export.Dim.DYNAMIC}
    with torch.no_grad():
        program = torch.onnx.export(
            fitted.module,
            (example,),
            dynamo=True,
            input_names=[INPUT],
            output_names=[OUTPUT],
            dynamic_shapes=(free,),
            opset_version=OPSET,
            verbose=False,
        )
    if program is None:
        raise RuntimeError("the exporter gave no program")
    program.model.metadata_props.update(metadata)
    program.model.graph.inputs[0].shape = Shape(["batch", "height", "width", 3])
    program.model.graph.outputs[0].shape = Shape(["batch", len(fitted.classes)])
    program.save(path)
