"""How much shapes of two answers cover each other. Pure: numpy."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

import numpy as np
from numpy.typing import NDArray

from datasets.geometry.rle import Rle
from labeling.geometry.iou import iou_matrix
from labeling.geometry.shapes import Shape

CELLS = 256
# Outlines are compared where the boxes around them meet at all: a spike moves a box, not an outline.
TOUCHING = 0.05
AREAS = frozenset({"polygon", "mask", "rotated_box"})
_AT_ONCE = 256

Box = tuple[float, float, float, float]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Pair:
    """Shape `left` of one answer and shape `right` of another, and their intersection over union, 0 to 1."""

    left: int
    right: int
    iou: float


def pairs_overlapping(left: Sequence[Shape], right: Sequence[Shape], min_iou: float) -> list[Pair]:
    """All pairs of at least `min_iou`, by index. Outlines and masks by what they cover, the rest by its box.

    Shapes without a place match nothing. Boxes are compared in strips from left to right: memory grows with the
    shapes, not with their square.
    """
    a, b = _placed(left), _placed(right)
    if not a or not b:
        return []
    canvas = _Canvas()
    found: list[Pair] = []
    for i, j, iou in _near(_boxes(left, a), _boxes(right, b), min(min_iou, TOUCHING)):
        one, other = left[a[i]], right[b[j]]
        if one.kind in AREAS or other.kind in AREAS:
            iou = canvas.iou(one, other)
        if iou >= min_iou:
            found.append(Pair(a[i], b[j], iou))
    return sorted(found, key=lambda pair: (pair.left, pair.right))


def shape_iou(one: Shape, other: Shape) -> float:
    """Intersection over union of two shapes, 0 to 1; 0 for those without a place."""
    found = pairs_overlapping([one], [other], 0.0)
    return found[0].iou if found else 0.0


def _placed(shapes: Sequence[Shape]) -> list[int]:
    return [place for place, shape in enumerate(shapes) if shape.extent is not None]


def _boxes(shapes: Sequence[Shape], places: Sequence[int]) -> NDArray[np.float64]:
    return np.array([_box(shapes[place]) for place in places], dtype=np.float64)


def _box(shape: Shape) -> Box:
    x, y, w, h = cast(Box, shape.extent)
    # A line may have no width, and one key point no size at all.
    return (x, y, w, h) if w > 0 and h > 0 else (x - 0.5, y - 0.5, w + 1, h + 1)


def _near(a: NDArray[np.float64], b: NDArray[np.float64], least: float) -> list[tuple[int, int, float]]:
    """(row of `a`, row of `b`, IoU) of all boxes `[x, y, w, h]` that meet, of at least `least`."""
    by_left_a, by_left_b = np.argsort(a[:, 0], kind="stable"), np.argsort(b[:, 0], kind="stable")
    lefts, widest = b[by_left_b, 0], float(b[:, 2].max())
    found: list[tuple[int, int, float]] = []
    for start in range(0, len(a), _AT_ONCE):
        rows = by_left_a[start : start + _AT_ONCE]
        ends = (a[rows, 0] + a[rows, 2]).max()
        first = int(np.searchsorted(lefts, a[rows, 0].min() - widest, "left"))
        last = int(np.searchsorted(lefts, ends, "right"))
        columns = by_left_b[first:last]
        overlap = iou_matrix(a[rows], b[columns])
        for i, j in zip(*np.nonzero((overlap >= least) & (overlap > 0)), strict=True):
            found.append((int(rows[i]), int(columns[j]), float(overlap[i, j])))
    return found


@dataclass(slots=True)
class _Canvas:
    """Rasters of two shapes on one grid around both; each mask is unpacked once."""

    unpacked: dict[int, Mask] = field(default_factory=dict)

    def iou(self, one: Shape, other: Shape) -> float:
        x, y, w, h = _around(_box(one), _box(other))
        # Cells of whole pixels where the shapes are small, larger ones where they are not.
        step = max(w, h, 1.0) / CELLS if max(w, h) > CELLS else 1.0
        size = max(round(w / step), 1), max(round(h / step), 1)
        a, b = self._raster(one, (x, y, step), size), self._raster(other, (x, y, step), size)
        union = int((a | b).sum())
        return int((a & b).sum()) / union if union else 0.0

    def _raster(self, shape: Shape, at: tuple[float, float, float], size: tuple[int, int]) -> Mask:
        x, y, step = at
        width, height = size
        across = x + (np.arange(width) + 0.5) * step
        down = y + (np.arange(height) + 0.5) * step
        if shape.form is None:
            left, top, w, h = cast(Box, shape.box)
            inside = (
                ((across >= left) & (across < left + w))[None, :],
                ((down >= top) & (down < top + h))[:, None],
            )
            return inside[0] & inside[1]
        if shape.kind == "mask":
            whole = self._mask(shape)
            found: Mask = whole[np.clip(down.astype(int), 0, whole.shape[0] - 1)][
                :, np.clip(across.astype(int), 0, whole.shape[1] - 1)
            ]
            return found
        moved = shape.form.moved(lambda px, py: ((px - x) / step, (py - y) / step))
        return moved.mask(width, height).astype(bool)

    def _mask(self, shape: Shape) -> Mask:
        key = id(shape)
        if key not in self.unpacked and shape.form is not None:
            self.unpacked[key] = cast(Rle, shape.form.value).mask().astype(bool)
        return self.unpacked[key]


def _around(a: Box, b: Box) -> Box:
    left, top = min(a[0], b[0]), min(a[1], b[1])
    right, bottom = max(a[0] + a[2], b[0] + b[2]), max(a[1] + a[3], b[1] + b[3])
    return np.floor(left).item(), np.floor(top).item(), float(right - left) + 1, float(bottom - top) + 1
