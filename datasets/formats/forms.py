"""Polygons, masks and key points as strangers write them, and as their formats want them. Pure."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np

from datasets.formats.geometry import numbers
from datasets.geometry.forms import MAX_POINTS, Form, FormRefused, form_from
from datasets.geometry.rings import Ring, bounds_of, rasterized, ring_area
from datasets.geometry.rle import rle_of
from datasets.geometry.skeleton import Skeleton, skeleton_from

# Larger pictures are not rasterized to see whether parts of a polygon overlap.
_MAX_PIXELS: Final = 100_000_000


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
