"""Fewer points of a curve, with its peaks."""

from collections.abc import Sequence
from datetime import datetime

Point = tuple[int, float, datetime]


def downsampled(curve: Sequence[Point], points: int) -> list[Point]:
    """At most `points` of the curve, in order: first, last, and of each stretch the least and the greatest."""
    if len(curve) <= points:
        return list(curve)
    stretches = max(1, (points - 2) // 2)
    inner = curve[1:-1]
    kept = [curve[0]]
    for number in range(stretches):
        stretch = inner[number * len(inner) // stretches : (number + 1) * len(inner) // stretches]
        if stretch:
            least, greatest = min(stretch, key=_value), max(stretch, key=_value)
            kept += sorted({least, greatest})
    return [*kept, curve[-1]]


def _value(point: Point) -> float:
    return point[1]
