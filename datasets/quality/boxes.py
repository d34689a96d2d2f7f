"""Boxes that were hardly meant so. Pure."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

_TOLERANCE_PX: Final = 2.0
_TINY_PX: Final = 3.0
_TINY_USUAL: Final = 0.05
_SAME_IOU: Final = 0.95
_NEIGHBORS: Final = 8
_HUGE_SHARE: Final = 0.95
_HUGE_USUAL: Final = 0.5


@dataclass(frozen=True, slots=True)
class Boxes:
    """Columns of B boxes: left, top, width and height in pixels of the upright picture, the number of their
    picture and of their class, and the picture's size.
    """

    x: Floats
    y: Floats
    w: Floats
    h: Floats
    picture: NDArray[np.int64]
    label: NDArray[np.int64]
    picture_width: Floats
    picture_height: Floats


def box_findings(boxes: Boxes) -> dict[str, Mask]:
    """Which of B boxes each check names, a boolean (B,) by the code of the finding."""
    if not len(boxes.x):
        return {}
    outside = (boxes.x < -_TOLERANCE_PX) | (boxes.y < -_TOLERANCE_PX)
    outside |= boxes.x + boxes.w > boxes.picture_width + _TOLERANCE_PX
    outside |= boxes.y + boxes.h > boxes.picture_height + _TOLERANCE_PX
    tiny = np.minimum(boxes.w, boxes.h) < _TINY_PX
    share = boxes.w * boxes.h / np.maximum(boxes.picture_width * boxes.picture_height, 1)
    is_usual = float(np.median(share)) > _HUGE_USUAL
    return {
        "boxes_outside": outside,
        "boxes_tiny": tiny & (float(tiny.mean()) <= _TINY_USUAL),
        "boxes_twice": _twice(boxes),
        "boxes_huge": (share >= _HUGE_SHARE) & (not is_usual),
    }


def _twice(boxes: Boxes) -> Mask:
    """The later of two boxes of one class on one picture that cover each other.

    Sorted by their left edge, two such boxes are neighbors; the next eight are looked at.
    """
    order = np.lexsort((boxes.x, boxes.label, boxes.picture))
    twice = np.zeros(len(order), np.bool_)
    for step in range(1, _NEIGHBORS + 1):
        a, b = order[:-step], order[step:]
        same = (boxes.picture[a] == boxes.picture[b]) & (boxes.label[a] == boxes.label[b])
        a, b = a[same], b[same]
        twice[np.maximum(a, b)[_overlaps(boxes, a, b) > _SAME_IOU]] = True
    return twice


def _overlaps(boxes: Boxes, a: NDArray[np.int64], b: NDArray[np.int64]) -> Floats:
    """Intersection over union of each pair."""
    x, y, w, h = boxes.x, boxes.y, boxes.w, boxes.h
    wide = np.minimum(x[a] + w[a], x[b] + w[b]) - np.maximum(x[a], x[b])
    tall = np.minimum(y[a] + h[a], y[b] + h[b]) - np.maximum(y[a], y[b])
    shared = np.maximum(wide, 0) * np.maximum(tall, 0)
    overlap: Floats = shared / np.maximum(w[a] * h[a] + w[b] * h[b] - shared, 1e-9)
    return overlap
