"""Running an exported classifier with ONNX Runtime, on file bytes, as a server would. Knows no torch."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from core.imaging import DecodeRule
from training.engine.samples import PictureSource

FORMAT: Final = "1"
INPUT: Final = "image"
OUTPUT: Final = "scores"
BATCH: Final = 8


class OnnxClassifier:
    """An exported file, loaded. Raises ValueError for a file that is not ours."""

    def __init__(self, path: Path, threads: int = 1) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        known: dict[str, str] = self._session.get_modelmeta().custom_metadata_map
        if known.get("studio.format") != FORMAT:
            raise ValueError("the file carries no studio metadata")
        self.classes: tuple[str, ...] = tuple(json.loads(known["studio.classes"]))
        self.decode = DecodeRule.from_json(known["studio.decode"])
        self.task = known["studio.task"]

    def scores(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """(n, h, w, 3) uint8 -> (n, classes) float32."""
        return np.asarray(self._session.run([OUTPUT], {INPUT: images})[0], np.float32)

    def signature(self) -> dict[str, Any]:
        """Inputs and outputs as the file declares them."""
        return signature_of(self._session)


def signature_of(session: onnxruntime.InferenceSession) -> dict[str, Any]:
    """Inputs and outputs as a loaded file declares them; JSON."""
    return {
        "inputs": [_port(port) for port in session.get_inputs()],
        "outputs": [_port(port) for port in session.get_outputs()],
    }


def scored(model: OnnxClassifier, source: PictureSource, tick: Callable[[int], None]) -> NDArray[np.float32]:
    """(n, classes) scores of a part, in order; `tick` hears how many are done. Raises BadData."""
    rows = []
    done = 0
    for stack in _stacks(source):
        rows.append(model.scores(stack))
        done += len(stack)
        tick(done)
    return np.concatenate(rows) if rows else np.zeros((0, len(model.classes)), np.float32)


def _stacks(source: PictureSource) -> Iterator[NDArray[np.uint8]]:
    """Neighbors of one size go together."""
    waiting: list[NDArray[np.uint8]] = []
    for index in range(len(source.samples)):
        pixels = source.pixels(index)
        if waiting and (len(waiting) == BATCH or waiting[0].shape != pixels.shape):
            yield np.stack(waiting)
            waiting = []
        waiting.append(pixels)
    if waiting:
        yield np.stack(waiting)


def _port(port: Any) -> dict[str, Any]:
    return {"name": port.name, "type": port.type, "shape": list(port.shape)}
