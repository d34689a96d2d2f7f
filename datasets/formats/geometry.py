"""Numbers and corners as strangers write them. Pure."""

import math
from collections.abc import Iterable, Sequence
from typing import Any, Final

from datasets.formats.base import Box

_LARGEST: Final = 1e9
_MAX_DIGITS: Final = 64
_MAX_POINTS: Final = 100_000
_MAX_RUNS: Final = 1_000_000
_MAX_RLE_TEXT: Final = 4 * 1024**2

Corners = tuple[float, float, float, float]


def number(raw: Any) -> float | None:
    """A finite number below 1e9, given as one or as text; None for anything else."""
    if isinstance(raw, str):
        if len(raw) > _MAX_DIGITS:
            return None
        try:
            raw = float(raw)
        except ValueError:
            return None
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        return None
    return float(raw) if math.isfinite(raw) and abs(raw) < _LARGEST else None


def numbers(raw: Iterable[Any]) -> list[float] | None:
    """All of them, or None when one is no number."""
    found = []
    for value in raw:
        converted = number(value)
        if converted is None:
            return None
        found.append(converted)
    return found


def box_of(label: str, corners: Sequence[Any]) -> Box | None:
    """A box from x, y, w, h; None when they are no box."""
    values = numbers(corners)
    if values is None or len(values) != 4 or values[2] <= 0 or values[3] <= 0:
        return None
    return Box(label, values[0], values[1], values[2], values[3])


def between(left: Any, top: Any, right: Any, bottom: Any) -> Corners | None:
    """x, y, w, h of two opposite corners in any order; None when one is no number."""
    values = numbers((left, top, right, bottom))
    if values is None:
        return None
    x, y = min(values[0], values[2]), min(values[1], values[3])
    return x, y, abs(values[2] - values[0]), abs(values[3] - values[1])


def around(xs: Sequence[float], ys: Sequence[float]) -> Corners:
    """x, y, w, h of the box around points; there is at least one."""
    return min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)


def around_flat(flat: Any) -> Corners | None:
    """The box around `[x1, y1, x2, y2, …]`; None when that is no list of two to 100,000 points."""
    is_list = isinstance(flat, list | tuple) and len(flat) <= 2 * _MAX_POINTS
    values = numbers(flat) if is_list else None
    if values is None or len(values) < 4 or len(values) % 2:
        return None
    return around(values[0::2], values[1::2])


def around_rle(rle: Any) -> Corners | None:
    """The box around a COCO mask `{"size": [height, width], "counts": runs}`; None when it is none or empty.

    Runs of zeros and ones take turns down the columns, as numbers or as the text of pycocotools (`rleFrString`).
    """
    size, counts = (rle.get("size"), rle.get("counts")) if isinstance(rle, dict) else (None, None)
    shape = size_of(size[1], size[0]) if isinstance(size, list) and len(size) == 2 else None
    runs = _runs_of(counts) if isinstance(counts, str) else counts
    if shape is None or not isinstance(runs, list) or len(runs) > _MAX_RUNS:
        return None
    if not all(isinstance(run, int) and run >= 0 for run in runs) or sum(runs) > shape[0] * shape[1]:
        return None
    height, at = shape[1], 0
    xs: list[float] = []
    ys: list[float] = []
    for place, run in enumerate(runs):
        if place % 2 and run:
            first, last = at // height, (at + run - 1) // height
            xs += (first, last + 1)
            ys += (at % height, (at + run - 1) % height + 1) if first == last else (0, height)
        at += run
    return around(xs, ys) if xs else None


def _runs_of(text: str) -> list[int] | None:
    """Six bits a character from `0` on: five of the number, lowest first, and whether more follow."""
    runs: list[int] = []
    value = shift = 0
    for character in text[: _MAX_RLE_TEXT + 1]:
        bits = ord(character) - 48
        if not 0 <= bits < 64 or shift > 60:
            return None
        value |= (bits & 31) << shift
        shift += 5
        if bits & 32:
            continue
        value -= (1 << shift) if bits & 16 else 0
        runs.append(value + (runs[-2] if len(runs) > 2 else 0))
        value = shift = 0
    return runs if shift == 0 and len(text) <= _MAX_RLE_TEXT else None


def around_turned(corners: Corners, degrees: float, pivot: tuple[float, float]) -> Corners:
    """The box around a box that is turned clockwise (y points down) around a point."""
    x, y, w, h = corners
    sine, cosine = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
    points = [(x, y), (x + w, y), (x + w, y + h), (x, y + h)]
    moved = [(px - pivot[0], py - pivot[1]) for px, py in points]
    xs = [pivot[0] + dx * cosine - dy * sine for dx, dy in moved]
    ys = [pivot[1] + dx * sine + dy * cosine for dx, dy in moved]
    return around(xs, ys)


def size_of(width: Any, height: Any) -> tuple[int, int] | None:
    """A stated picture size, when it is one."""
    w, h = number(width), number(height)
    if w is None or h is None or w < 1 or h < 1 or w != int(w) or h != int(h):
        return None
    return int(w), int(h)
