"""How polygons, turned boxes, lines and key points follow a homography. Pure: numpy."""

import itertools
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from datasets.geometry.forms import Form
from datasets.geometry.placing import bounds_cut
from datasets.geometry.rings import (
    Bounds,
    Point,
    Ring,
    bounds_of,
    ring_area,
    ring_clipped,
    turned_from,
)

Matrix = NDArray[np.float64]
Size = tuple[int, int]
_EXACT: Final = 1e-6


def form_moved(
    form: Form, matrix: Matrix, size: Size, *, least: float, mirror: Sequence[int] = ()
) -> tuple[Form, Bounds] | None:
    """The form after a homography on a picture of width and height `size`, and the box around it.

    None when less than `least` of it is left: of areas their area, of lines their length, of key points
    their number. `mirror` says which key point is which in a mirror. Masks move with pixels, not here.
    """
    if form.kind == "polygon":
        kept = _rings_moved(form.value, matrix, size, least)
    elif form.kind == "rotated_box":
        kept = _turned_moved(form, matrix, size, least)
    elif form.kind == "polyline":
        kept = _line_moved(form.value, matrix, size, least)
    else:
        is_mirrored = float(np.linalg.det(matrix)) < 0
        kept = _keypoints_moved(form.value, matrix, size, least, mirror if is_mirrored else ())
    edge = None if kept is None else kept.bounds()
    return None if kept is None or edge is None else (kept, bounds_cut(edge, size))


def keypoints_hidden(form: Form, hidden: NDArray[np.bool_]) -> Form:
    """Points that are seen and lie where `hidden` is set are there, and hidden."""
    rows = [(x, y, 1 if v and _is_set(hidden, x, y) else v) for x, y, v in form.value]
    return Form(form.kind, tuple(rows))


def share_hidden(form: Form, hidden: NDArray[np.bool_]) -> float:
    """Which share of a form lies where `hidden` is set: of areas of their pixels, else of their points."""
    if form.kind in ("polygon", "rotated_box", "mask"):
        covered = hidden[form.mask(hidden.shape[1], hidden.shape[0])]
        return float(covered.mean()) if covered.size else 0.0
    points = form.points
    return sum(_is_set(hidden, point[0], point[1]) for point in points) / len(points) if points else 0.0


def _is_set(hidden: NDArray[np.bool_], x: float, y: float) -> bool:
    row, column = min(int(y), hidden.shape[0] - 1), min(int(x), hidden.shape[1] - 1)
    return bool(row >= 0 and column >= 0 and hidden[row, column])


def _through(points: Sequence[Sequence[float]], matrix: Matrix) -> list[Point]:
    rows = np.array([point[:2] for point in points], np.float64)
    moved = np.column_stack([rows, np.ones(len(rows))]) @ matrix.T
    return [(float(x), float(y)) for x, y in moved[:, :2] / moved[:, 2:]]


def _rings_moved(rings: Sequence[Ring], matrix: Matrix, size: Size, least: float) -> Form | None:
    moved = [tuple(_through(ring, matrix)) for ring in rings]
    if _inside(moved, size):
        return Form("polygon", tuple(moved))
    clipped = [ring_clipped(ring, *size) for ring in moved]
    # Of several rings the sum: which of them are holes does not change by being cut.
    if sum(map(ring_area, clipped)) < least * sum(map(ring_area, moved)):
        return None
    kept = tuple(ring for ring in clipped if ring_area(ring) > 0)
    return Form("polygon", kept) if kept else None


def _inside(rings: Sequence[Sequence[Point]], size: Size) -> bool:
    return all(0 <= x <= size[0] and 0 <= y <= size[1] for ring in rings for x, y in ring)


def _turned_moved(form: Form, matrix: Matrix, size: Size, least: float) -> Form | None:
    quad = _through(form.points, matrix)
    center = np.mean(quad, axis=0)
    is_off = not (0 <= center[0] <= size[0] and 0 <= center[1] <= size[1])
    if is_off or ring_area(ring_clipped(quad, *size)) < least * ring_area(quad):
        return None
    scale = max(1.0, *np.abs(quad).ravel().tolist())
    turned = turned_from(quad, _EXACT * scale) or _smallest_around(np.array(quad))
    return Form("rotated_box", turned)


def _smallest_around(quad: NDArray[np.float64]) -> tuple[float, float, float, float, float]:
    """The smallest turned box around four corners: one of its sides lies along one of theirs."""
    best: tuple[float, ...] | None = None
    for side in np.roll(quad, -1, axis=0) - quad:
        angle = float(np.arctan2(side[1], side[0]))
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        x, y, w, h = bounds_of((quad @ turn.T).tolist())
        cx, cy = turn.T @ np.array([x + w / 2, y + h / 2])
        if best is None or w * h < best[2] * best[3]:
            best = (float(cx - w / 2), float(cy - h / 2), w, h, float(np.rad2deg(angle)))
    if best is None:
        raise ValueError("four corners are expected")
    return best[0], best[1], best[2], best[3], best[4]


def _line_moved(points: Sequence[Point], matrix: Matrix, size: Size, least: float) -> Form | None:
    """The longest of the parts that the border cuts a line into."""
    line = _through(points, matrix)
    parts: list[list[Point]] = [[]]
    for start, end in itertools.pairwise(line):
        cut = _segment_clipped(start, end, size)
        if cut is None:
            continue
        if not parts[-1] or parts[-1][-1] != cut[0]:
            parts.append([cut[0]])
        if cut[1] != cut[0]:
            parts[-1].append(cut[1])
    longest = max(parts, key=_length)
    is_left = len(longest) > 1 and _length(longest) >= least * _length(line)
    return Form("polyline", tuple(longest)) if is_left else None


def _length(line: Sequence[Point]) -> float:
    if len(line) < 2:
        return 0.0
    return float(np.hypot(*np.diff(np.array(line), axis=0).T).sum())


def _segment_clipped(start: Point, end: Point, size: Size) -> tuple[Point, Point] | None:
    """The part inside [0, width] x [0, height] (Liang and Barsky 1984); None when there is none."""
    low, high = 0.0, 1.0
    for axis in (0, 1):
        step = end[axis] - start[axis]
        for way, room in ((-step, start[axis]), (step, size[axis] - start[axis])):
            if way == 0:
                if room < 0:
                    return None
            elif way < 0:
                low = max(low, room / way)
            else:
                high = min(high, room / way)
    if low > high:
        return None

    def at(share: float) -> Point:
        return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])

    return (start if low == 0 else at(low)), (end if high == 1 else at(high))


def _keypoints_moved(
    points: Sequence[tuple[float, float, int]],
    matrix: Matrix,
    size: Size,
    least: float,
    mirror: Sequence[int],
) -> Form | None:
    """What leaves the picture is not there any more."""
    moved = _through(points, matrix)
    rows: list[tuple[float, float, int]] = []
    for (x, y), (_, _, v) in zip(moved, points, strict=True):
        is_there = v > 0 and 0 <= x <= size[0] and 0 <= y <= size[1]
        rows.append((x, y, v) if is_there else (0.0, 0.0, 0))
    before, after = (sum(row[2] > 0 for row in each) for each in (points, rows))
    if not after or after < least * before:
        return None
    if len(mirror) == len(rows):
        rows = [rows[place] for place in mirror]
    return Form("keypoints", tuple(rows))
