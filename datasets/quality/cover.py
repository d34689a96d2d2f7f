"""How much of each other two marks cover, beyond their boxes. Pure."""

from typing import Final, cast

import numpy as np
from numpy.typing import NDArray

from datasets.geometry import Form, Rle
from datasets.geometry.rings import Bounds, corners_turned, rasterized

_GRID: Final = 64

Cells = NDArray[np.bool_]


def covered_share(a: Form, b: Form) -> float:
    """Intersection over union of two areas, seen on a grid of 64 x 64 points over both; 0 where neither has one.

    The cost does not grow with the areas: of a mask nothing is unpacked.
    """
    around_a, around_b = a.bounds(), b.bounds()
    if around_a is None or around_b is None:
        return 0.0
    around = _joined(around_a, around_b)
    one, other = _cells(a, around), _cells(b, around)
    either = int((one | other).sum())
    return float((one & other).sum() / either) if either else 0.0


def _joined(a: Bounds, b: Bounds) -> Bounds:
    left, top = min(a[0], b[0]), min(a[1], b[1])
    right, bottom = max(a[0] + a[2], b[0] + b[2]), max(a[1] + a[3], b[1] + b[3])
    return left, top, right - left, bottom - top


def _cells(form: Form, around: Bounds) -> Cells:
    """(64, 64): whether the center of each cell of the grid over the box `around` is inside."""
    left, top, wide, tall = around
    if form.kind == "mask":
        return _mask_cells(cast(Rle, form.value), around)
    rings = (corners_turned(*form.value),) if form.kind == "rotated_box" else form.value
    across, along = _GRID / max(wide, 1e-9), _GRID / max(tall, 1e-9)
    placed = [tuple(((x - left) * across, (y - top) * along) for x, y in ring) for ring in rings]
    return rasterized(placed, _GRID, _GRID)


def _mask_cells(rle: Rle, around: Bounds) -> Cells:
    """The pixels under the centers: a pixel is set when it lies in a run of odd number, down the columns."""
    left, top, wide, tall = around
    middles = (np.arange(_GRID) + 0.5) / _GRID
    columns = np.clip((left + middles * wide).astype(np.int64), 0, rle.width - 1)
    rows = np.clip((top + middles * tall).astype(np.int64), 0, rle.height - 1)
    places = columns[None, :] * rle.height + rows[:, None]
    cells: Cells = np.searchsorted(np.cumsum(rle.runs), places, side="right") % 2 == 1
    return cells
