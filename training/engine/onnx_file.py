"""Writing a torch module as an ONNX file, quietly."""

import logging
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import torch
from onnx_ir import Shape
from torch import Tensor, nn

OPSET: Final = 20
Dims = Sequence[int | str]


def onnx_write(
    module: nn.Module,
    example: Tensor,
    path: Path,
    *,
    names: tuple[str, str],
    shapes: tuple[Dims, Dims],
    metadata: Mapping[str, str] | None = None,
) -> None:
    """Write `path`. `names` and `shapes` are of the input and the output; a name as a size stays free."""
    free = {axis: torch.export.Dim.DYNAMIC for axis, size in enumerate(shapes[0]) if isinstance(size, str)}
    arguments: dict[str, Any] = {"dynamic_shapes": (free,)} if free else {}
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            module,
            (example,),
            dynamo=True,
            input_names=[names[0]],
            output_names=[names[1]],
            opset_version=OPSET,
            verbose=False,
            **arguments,
        )
    if program is None:
        raise RuntimeError("the exporter gave no program")
    program.model.metadata_props.update(metadata or {})
    program.model.graph.inputs[0].shape = Shape(list(shapes[0]))
    program.model.graph.outputs[0].shape = Shape(list(shapes[1]))
    program.save(path)
