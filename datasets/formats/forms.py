"""Polygons, masks and key points as strangers write them, and as their formats want them. Pure."""

import math
from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np

from datasets.formats.geometry import numbers
from datasets.geometry.forms import MAX_POINTS, Form, FormRefused, form_from
from datasets.geometry.rings import Mask, Ring, bounds_of, rasterized, ring_area, turned_from
from datasets.geometry.rle import MAX_RUNS, rle_of
from datasets.geometry.skeleton import Skeleton, skeleton_from

# Larger pictures are not rasterized to see whether parts of a polygon overlap.
_MAX_PIXELS: Final = 100_000_000
CURVE_CORNERS: Final = 64


def form_or_none(kind: str, raw: Any) -> Form | None:
    """As `form_from`, None for what is refused."""
    try:
        return form_from(kind, raw)
    except FormRefused:
        return None


def points_of(flat: Any) -> list[list[float]] | None:
    """`[x1, y1, x2, y2, …]` of numbers or their text as points; None when it is no such list."""
    is_list = isinstance(flat, list | tuple) and len(flat) <= 2 * MAX_POINTS and len(flat) % 2 == 0
    values = numbers(flat) if is_list else None
    return None if values is None else [[x, y] for x, y in zip(values[0::2], values[1::2], strict=True)]


def polygon_of(rings: Iterable[Sequence[Sequence[float]] | None]) -> Form | None:
    """Those rings that are some; None when none is."""
    kept = [form for ring in rings if ring and (form := form_or_none("polygon", [ring])) is not None]
    return form_or_none("polygon", [form.value[0] for form in kept]) if kept else None


def united(form: Form, size: tuple[int, int] | None) -> Form:
    """A polygon whose parts are meant to be added up, also where they overlap, as COCO means them.

    Where they do, and the size of the picture is known, it becomes the mask of them: the even-odd rule would
    cut the overlap out.
    """
    if size is None or size[0] * size[1] > _MAX_PIXELS or not is_nested(form.value):
        return form
    together = rasterized(form.value, *size)
    total = np.zeros_like(together)
    for ring in form.value:
        total |= rasterized([ring], *size)
    return form if np.array_equal(total, together) else Form("mask", rle_of(total))


def is_nested(rings: Sequence[Ring]) -> bool:
    """Whether the boxes around two of the rings overlap: only then one may be a hole in the other."""
    if len(rings) < 2:
        return False
    boxes = np.array([bounds_of(ring) for ring in rings])
    low, high = boxes[:, :2], boxes[:, :2] + boxes[:, 2:]
    order = np.argsort(low[:, 0])
    for i, here in enumerate(order):
        rest = order[i + 1 :]
        near = rest[low[rest, 0] < high[here, 0]]
        if np.any((low[near, 1] < high[here, 1]) & (high[near, 1] > low[here, 1])):
            return True
    return False


def keypoints_of(flat: Any) -> Form | None:
    """COCO's `[x, y, visible, …]`; None when there is none to be seen."""
    values = numbers(flat) if isinstance(flat, list) and len(flat) <= 3 * MAX_POINTS else None
    if not values or len(values) % 3:
        return None
    rows = zip(values[0::3], values[1::3], values[2::3], strict=True)
    return form_or_none("keypoints", [[x, y, v] for x, y, v in rows])


def skeleton_of(names: Any, lines: Any, first: int) -> Skeleton | None:
    """Names of key points, and pairs of their places counted from `first`; lines that are none are left out."""
    kept = []
    for line in lines if isinstance(lines, list) else ():
        if isinstance(line, list) and len(line) == 2 and all(isinstance(end, int) for end in line):
            kept.append([line[0] - first, line[1] - first])
    try:
        count = len(skeleton_from({"points": names}).points)
        return skeleton_from({"points": names, "lines": [x for x in kept if min(x) >= 0 and max(x) < count]})
    except FormRefused:
        return None


def flat_of(points: Iterable[Sequence[float]]) -> list[float]:
    """Points one number after the other."""
    return [value for point in points for value in point]


def area_of(form: Form) -> float:
    """Square pixels: of a mask its pixels, of rings by the even-odd rule where none overlap, else 0."""
    if form.kind == "mask":
        return float(form.value.area)
    if form.kind == "polygon":
        return sum(ring_area(ring) for ring in form.value)
    return float(form.value[2] * form.value[3]) if form.kind == "rotated_box" else 0.0


def turned_of(corners: Sequence[float] | None, degrees: float) -> Form | None:
    """x, y, w, h turned clockwise about its center; None when they are no box."""
    if corners is None:
        return None
    angle = math.remainder(degrees, 360.0)
    return form_or_none("rotated_box", [*corners, angle])


def quad_of(points: Sequence[Sequence[float]] | None, tolerance: float = 0.5) -> Form | None:
    """Four corners in pixels: a turned box where they are one, else their polygon."""
    if points is None or len(points) != 4:
        return None
    turned = turned_from([(x, y) for x, y in points], tolerance)
    return Form("rotated_box", turned) if turned else polygon_of([points])


def ellipse_of(values: Sequence[float] | None, degrees: float = 0.0) -> Form | None:
    """The polygon of CURVE_CORNERS corners in an ellipse of cx, cy, rx, ry that is turned clockwise.

    The corners are on the ellipse; the edges are at most 0.13 % of the radius inside of it.
    """
    if values is None or min(values[2:]) <= 0:
        return None
    cx, cy, rx, ry = values
    steps = 2 * np.pi * np.arange(CURVE_CORNERS) / CURVE_CORNERS
    x, y = rx * np.cos(steps), ry * np.sin(steps)
    sine, cosine = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
    points = np.column_stack([cx + x * cosine - y * sine, cy + x * sine + y * cosine])
    return polygon_of([points.tolist()])


def mask_in(region: Mask, left: int, top: int, size: tuple[int, int]) -> Form | None:
    """A mask of a part of a picture as one of the whole picture of width and height `size`."""
    width, height = size
    if width * height > _MAX_PIXELS:
        return None
    whole = np.zeros((height, width), np.bool_)
    x, y = max(0, left), max(0, top)
    part = region[y - top :, x - left :][: max(0, height - y), : max(0, width - x)]
    whole[y : y + part.shape[0], x : x + part.shape[1]] = part
    return Form("mask", rle_of(whole)) if part.any() else None


def rows_unpacked(runs: Sequence[float], width: int, height: int) -> Mask | None:
    """Runs of zeros and ones in turn along the rows; None when they do not fill width x height."""
    if width < 1 or height < 1 or width * height > _MAX_PIXELS or len(runs) > MAX_RUNS:
        return None
    lengths = np.array(runs, np.float64)
    if np.any(lengths < 0) or np.any(lengths != np.rint(lengths)) or lengths.sum() != width * height:
        return None
    bits = np.repeat(np.arange(len(lengths)) % 2 == 1, lengths.astype(np.int64))
    return bits.reshape(height, width)


def rows_packed(mask: Mask) -> list[int]:
    """The inverse of `rows_unpacked`."""
    flat = np.concatenate([[False], mask.ravel()])
    edges = np.concatenate([[0], np.flatnonzero(flat[1:] != flat[:-1]), [mask.size]])
    return [int(run) for run in np.diff(edges)]


def joined(rings: Sequence[Ring]) -> Ring:
    """One ring that fills, by the even-odd rule, exactly what all of them fill.

    From the first one a bridge leads to each other one and back the same way, which fills nothing.
    """
    start = rings[0][0]
    points = [*rings[0], start]
    for ring in rings[1:]:
        points += [*ring, ring[0], start]
    return tuple(points if len(rings) > 1 else rings[0])
