"""Area and clipping of simple polygons."""

from collections.abc import Callable, Sequence

Point = tuple[float, float]
Inside = Callable[[Point], bool]
Cross = Callable[[Point, Point], Point]


def polygon_area(ring: Sequence[Point]) -> float:
    """Area of a simple ring in square pixels, whichever way it winds (the shoelace formula)."""
    twice = 0.0
    for (x0, y0), (x1, y1) in zip(ring, [*ring[1:], *ring[:1]], strict=True):
        twice += x0 * y1 - x1 * y0
    return abs(twice) / 2


def polygon_bounds(ring: Sequence[Point]) -> tuple[float, float, float, float]:
    """The smallest box `(x, y, w, h)` around a ring of at least one point."""
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    return min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)


def polygon_clip(ring: Sequence[Point], width: float, height: float) -> list[Point]:
    """The part of a ring inside the image `[0, width] x [0, height]`; empty when nothing is left.

    Sutherland and Hodgman 1974: a concave ring cut in two stays one ring joined along the border.
    """
    kept = list(ring)
    for inside, cross in _borders(width, height):
        kept = _clip_to_border(kept, inside, cross)
    return kept


def _borders(width: float, height: float) -> list[tuple[Inside, Cross]]:
    return [
        (lambda p: p[0] >= 0, lambda p, q: _at_x(p, q, 0.0)),
        (lambda p: p[0] <= width, lambda p, q: _at_x(p, q, width)),
        (lambda p: p[1] >= 0, lambda p, q: _at_y(p, q, 0.0)),
        (lambda p: p[1] <= height, lambda p, q: _at_y(p, q, height)),
    ]


def _at_x(p: Point, q: Point, x: float) -> Point:
    return x, p[1] + (q[1] - p[1]) * (x - p[0]) / (q[0] - p[0])


def _at_y(p: Point, q: Point, y: float) -> Point:
    return p[0] + (q[0] - p[0]) * (y - p[1]) / (q[1] - p[1]), y


def _clip_to_border(ring: list[Point], inside: Inside, cross: Cross) -> list[Point]:
    kept: list[Point] = []
    for previous, current in zip([*ring[-1:], *ring[:-1]], ring, strict=True):
        if inside(current) != inside(previous):
            kept.append(cross(previous, current))
        if inside(current):
            kept.append(current)
    return kept
