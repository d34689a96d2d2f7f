"""Rings of points: what they fill, how they are cut at the border, and how a mask becomes rings. Pure: numpy.

Several rings fill by the even-odd rule, whichever way they wind: one inside another is a hole.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Point = tuple[float, float]
Ring = tuple[Point, ...]
Bounds = tuple[float, float, float, float]
Points = NDArray[np.float64]
Mask = NDArray[np.bool_]


def bounds_of(points: Sequence[Sequence[float]]) -> Bounds:
    """x, y, w, h around one point or more."""
    rows = np.array([point[:2] for point in points], np.float64)
    (left, top), (right, bottom) = rows.min(axis=0), rows.max(axis=0)
    return float(left), float(top), float(right - left), float(bottom - top)


def rasterized(rings: Sequence[Sequence[Point]], width: int, height: int) -> Mask:
    """(height, width): the pixels whose centers are inside by the even-odd rule.

    Every edge toggles the rest of each row of centers it crosses; a running exclusive-or of the row is the fill.
    """
    toggles = np.zeros((height, width + 1), np.uint8)
    for ring in rings:
        points = np.array(ring, np.float64)
        for (x0, y0), (x1, y1) in zip(points, np.roll(points, -1, axis=0), strict=True):
            if y0 > y1:
                # An edge there and back must cross in the very same places, to the last digit.
                x0, y0, x1, y1 = x1, y1, x0, y0
            rows = np.arange(max(0, int(np.ceil(y0 - 0.5))), min(height, int(np.ceil(y1 - 0.5))))
            if not len(rows):
                continue
            x = x0 + (rows + 0.5 - y0) * ((x1 - x0) / (y1 - y0))
            toggles[rows, np.clip(np.ceil(x - 0.5), 0, width).astype(np.int64)] ^= 1
    return np.bitwise_xor.accumulate(toggles, axis=1)[:, :width].astype(np.bool_)


def traced(mask: Mask) -> tuple[Ring, ...]:
    """Rings along the edges of pixels that fill exactly the mask; holes are rings too.

    Each border between a set and an unset pixel is one step with the set one on its right; steps are joined
    into rings, turning right where two pixels touch by a corner, so that they stay two rings.
    """
    padded = np.pad(np.asarray(mask, np.bool_), 1)
    steps: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for (dy, dx), (start, end) in _SIDES.items():
        is_border = (
            padded[1:-1, 1:-1] & ~padded[1 + dy : padded.shape[0] - 1 + dy, 1 + dx : padded.shape[1] - 1 + dx]
        )
        for row, column in np.argwhere(is_border).tolist():
            steps.setdefault((column + start[0], row + start[1]), []).append((column + end[0], row + end[1]))
    rings: list[Ring] = []
    while steps:
        rings.append(_ring(steps))
    return tuple(rings)


# Neighbor that is unset: the step along that side, clockwise around the set pixel (y points down).
_SIDES = {
    (-1, 0): ((0, 0), (1, 0)),
    (0, 1): ((1, 0), (1, 1)),
    (1, 0): ((1, 1), (0, 1)),
    (0, -1): ((0, 1), (0, 0)),
}


def _ring(steps: dict[tuple[int, int], list[tuple[int, int]]]) -> Ring:
    start = next(iter(steps))
    at, came, corners = start, (0, 0), []
    while True:
        nexts = steps[at]
        goes = _rightmost(nexts, at, came)
        nexts.remove(goes)
        if not nexts:
            del steps[at]
        way = (goes[0] - at[0], goes[1] - at[1])
        if way != came:
            corners.append((float(at[0]), float(at[1])))
        at, came = goes, way
        if at == start:
            break
    first = (
        int(corners[1][0] - corners[0][0] > 0) - int(corners[1][0] - corners[0][0] < 0),
        int(corners[1][1] - corners[0][1] > 0) - int(corners[1][1] - corners[0][1] < 0),
    )
    return tuple(corners[1:] if came == first else corners)


def _rightmost(nexts: list[tuple[int, int]], at: tuple[int, int], came: tuple[int, int]) -> tuple[int, int]:
    if len(nexts) == 1:
        return nexts[0]
    right = (at[0] - came[1], at[1] + came[0])
    return right if right in nexts else nexts[0]


def ring_clipped(ring: Sequence[Point], width: float, height: float) -> Ring:
    """The part inside [0, width] x [0, height], maybe empty (Sutherland and Hodgman 1974).

    What a concave ring is cut into stays joined along the border, where it fills nothing.
    """
    points = np.array(ring, np.float64).reshape(-1, 2)
    for axis, limit, sign in ((0, 0.0, 1.0), (1, 0.0, 1.0), (0, width, -1.0), (1, height, -1.0)):
        points = _half_kept(points, axis, limit, sign)
    clipped = np.clip(points, 0, (width, height))
    return tuple((float(x), float(y)) for x, y in clipped)


def _half_kept(points: Points, axis: int, limit: float, sign: float) -> Points:
    inside = sign * (points[:, axis] - limit)
    kept: list[Points] = []
    for i in range(len(points)):
        a, b = inside[i - 1], inside[i]
        if (a < 0) != (b < 0):
            kept.append(points[i - 1] + (points[i] - points[i - 1]) * (a / (a - b)))
        if b >= 0:
            kept.append(points[i])
    return np.array(kept, np.float64).reshape(-1, 2)


def ring_area(ring: Sequence[Point]) -> float:
    """Area of a simple ring, whichever way it winds (the shoelace formula)."""
    if len(ring) < 3:
        return 0.0
    points = np.array(ring, np.float64)
    x, y = points[:, 0] - points[0, 0], points[:, 1] - points[0, 1]
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2)


def corners_turned(x: float, y: float, w: float, h: float, degrees: float) -> Ring:
    """The corners of a box turned clockwise (y points down) about its center, from its own top-left on."""
    cx, cy, angle = x + w / 2, y + h / 2, np.deg2rad(degrees)
    sine, cosine = float(np.sin(angle)), float(np.cos(angle))
    around = ((-w / 2, -h / 2), (w / 2, -h / 2), (w / 2, h / 2), (-w / 2, h / 2))
    return tuple((cx + dx * cosine - dy * sine, cy + dx * sine + dy * cosine) for dx, dy in around)


def turned_from(
    corners: Sequence[Point], tolerance: float = 1e-3
) -> tuple[float, float, float, float, float] | None:
    """x, y, w, h, angle in (-180, 180] of four corners in order; None when they are no rectangle.

    `tolerance` is how far a corner may be off, in pixels. Mirrored corners give the same rectangle.
    """
    p = np.array(corners, np.float64)
    if p.shape != (4, 2):
        return None
    if np.cross(np.append(p[1] - p[0], 0), np.append(p[3] - p[0], 0))[2] < 0:
        p = p[[1, 0, 3, 2]]
    center, across, along = p.mean(axis=0), p[1] - p[0], p[3] - p[0]
    w, h = float(np.hypot(*across)), float(np.hypot(*along))
    if min(w, h) <= 0:
        return None
    angle = float(np.rad2deg(np.arctan2(across[1], across[0])))
    x, y = float(center[0] - w / 2), float(center[1] - h / 2)
    exact = np.array(corners_turned(x, y, w, h, angle))
    return (x, y, w, h, angle) if float(np.abs(exact - p).max()) <= tolerance else None
