"""Frozen features of pictures: by ONNX Runtime on a CPU (three times as fast as torch), by torch on a card."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray

from training.engine.lite0 import FEATURES, Lite0
from training.engine.onnx_file import onnx_write
from training.engine.preprocess import Squared, normalized

BATCH: Final = 16
WORTH_EXPORTING: Final = 200
Extract = Callable[[Squared], NDArray[np.float32]]


def extractor_of(body: Lite0, side: int, device: torch.device, threads: int, expected: int) -> Extract:
    """A function from (n, side, side, 3) squares, n <= BATCH, to (n, FEATURES) float32.

    `expected` pictures in all: for few of them the export would cost more than it saves.
    """
    body = body.eval()
    if device.type == "cuda" or expected < WORTH_EXPORTING:
        return _by_torch(body.to(device), device)
    return _by_runtime(body, side, threads)


def _by_torch(body: Lite0, device: torch.device) -> Extract:
    @torch.inference_mode()
    def extract(squares: Squared) -> NDArray[np.float32]:
        return np.asarray(body(normalized(squares, device)).float().cpu().numpy(), np.float32)

    return extract


def _by_runtime(body: Lite0, side: int, threads: int) -> Extract:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "features.onnx"
        example = torch.zeros(BATCH, 3, side, side)
        onnx_write(
            body, example, path, names=("x", "features"), shapes=(tuple(example.shape), (BATCH, FEATURES))
        )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

    def extract(squares: Squared) -> NDArray[np.float32]:
        padded = np.zeros((BATCH, *squares.shape[1:]), squares.dtype)
        padded[: len(squares)] = squares
        inputs = normalized(padded, torch.device("cpu")).contiguous().numpy()
        features = np.asarray(session.run(None, {"x": inputs})[0], np.float32)
        return features.reshape(BATCH, FEATURES)[: len(squares)]

    return extract
