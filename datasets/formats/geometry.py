"""Numbers and corners as strangers write them. Pure."""

import math
from collections.abc import Iterable, Sequence
from typing import Any, Final

from datasets.formats.base import Box

_LARGEST: Final = 1e9
_MAX_DIGITS: Final = 64

Corners = tuple[float, float, float, float]


def number(raw: Any) -> float | None:
    """A finite number below 1e9, given as one or as text; None for anything else."""
    if type(raw) is float or type(raw) is int:  # nearly always, and quicker told than refused
        return float(raw) if -_LARGEST < raw < _LARGEST else None
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


def size_of(width: Any, height: Any) -> tuple[int, int] | None:
    """A stated picture size, when it is one."""
    w, h = number(width), number(height)
    if w is None or h is None or w < 1 or h < 1 or w != int(w) or h != int(h):
        return None
    return int(w), int(h)
