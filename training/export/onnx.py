"""One ONNX file: uint8 RGB of any size in, scores out, everything else in its metadata."""

import json
from collections.abc import Mapping
from pathlib import Path

import torch

from training.algorithms.base import Fitted
from training.engine.onnx_file import onnx_write
from training.export.scoring import FORMAT, INPUT, OUTPUT


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
    onnx_write(
        fitted.module,
        torch.zeros(2, 48, 40, 3, dtype=torch.uint8),
        path,
        names=(INPUT, OUTPUT),
        shapes=(("batch", "height", "width", 3), ("batch", len(fitted.classes))),
        metadata=metadata,
    )
