"""One form for everything that is more than an upright box. Pure: numpy."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, cast

from datasets.geometry.rings import (
    Bounds,
    Mask,
    Point,
    Ring,
    bounds_of,
    corners_turned,
    rasterized,
    ring_area,
    ring_clipped,
    turned_from,
)
from datasets.geometry.rle import Rle, rle_from

Kind = Literal["rotated_box", "polygon", "mask", "polyline", "keypoints"]
# The name of each kind's geometry in a shape as the API shows it.
FIELD_OF_KIND: Final[Mapping[str, str]] = {
    "rotated_box": "rotated",
    "polygon": "polygon",
    "mask": "mask",
    "polyline": "polyline",
    "keypoints": "keypoints",
}
MAX_POINTS: Final = 100_000
MAX_RINGS: Final = 2_000
MAX_KEYPOINTS: Final = 1_000
MAX_ATTRIBUTES: Final = 50
# Characters of a value, which may be what was said in a recording, and of a name.
MAX_ATTRIBUTE: Final = 5_000
_MAX_NAME: Final = 500
# What no database keeps in a text.
_UNFIT: Final = re.compile("[\x00\ud800-\udfff]")
_LARGEST: Final = 1e9
_QUAD: Final = "quad"


class FormRefused(ValueError):
    """What was sent is no such form; the message says what is expected."""


@dataclass(frozen=True, slots=True)
class Form:
    """The geometry of one shape; `value` is of plain numbers in tuples, or a mask's `Rle`.

    rotated_box: x, y, w, h of the upright box and the degrees it is turned clockwise about its center.
    polygon: rings of (x, y) that fill by the even-odd rule, so that a ring inside a ring is a hole.
    polyline: (x, y) in order. keypoints: (x, y, visible) in the order of the skeleton; visible is 0 not
    there, 1 hidden, 2 seen. quad, only inside of readers: four corners in units that are not pixels yet.
    """

    kind: str
    value: Any

    @property
    def points(self) -> Sequence[Sequence[float]]:
        """All that has a place: corners, points, key points that are there; none for a mask."""
        if self.kind == "rotated_box":
            return corners_turned(*self.value)
        if self.kind == "polygon":
            return [point for ring in self.value for point in ring]
        if self.kind == "keypoints":
            return [point for point in self.value if point[2]]
        return () if self.kind == "mask" else cast(Sequence[Sequence[float]], self.value)

    def bounds(self) -> Bounds | None:
        """x, y, w, h around it; a side of a line may be 0. None when there is nothing."""
        if self.kind == "mask":
            return cast(Rle, self.value).bounds
        points = self.points
        return bounds_of(points) if points else None

    def to_json(self) -> dict[str, Any]:
        """`{field: value}` as the API and manifests write it."""
        if self.kind == "mask":
            return {"mask": cast(Rle, self.value).to_json()}
        if self.kind == "rotated_box":
            return {"rotated": list(self.value)}
        if self.kind == "polygon":
            return {"polygon": [[list(point) for point in ring] for ring in self.value]}
        return {FIELD_OF_KIND[self.kind]: [list(point) for point in self.value]}

    def moved(self, move: Callable[[float, float], Point]) -> "Form":
        """Every point through `move`; a turned box through its corners. Masks are not moved like this.

        A turned box whose corners are no rectangle afterwards becomes the polygon of them.
        """
        if self.kind in ("rotated_box", _QUAD):
            corners = tuple(move(x, y) for x, y in self.points)
            turned = turned_from(corners)
            return Form("rotated_box", turned) if turned else Form("polygon", (corners,))
        if self.kind == "polygon":
            return replace(self, value=tuple(tuple(move(x, y) for x, y in ring) for ring in self.value))
        if self.kind == "keypoints":
            return replace(self, value=tuple((*move(x, y), v) if v else (x, y, v) for x, y, v in self.value))
        return replace(self, value=tuple(move(x, y) for x, y in self.value))

    def rounded(self, digits: int) -> "Form":
        """With fewer digits, to be written; masks have none, and what is seen of key points stays."""
        if self.kind == "mask":
            return self
        if self.kind == "rotated_box":
            return replace(self, value=tuple(round(number, digits) for number in self.value))
        return self.moved(lambda x, y: (round(x, digits), round(y, digits)))

    def scaled(self, across: float, along: float) -> "Form":
        """In other units. A mask has pixels only and stays."""
        return self if self.kind == "mask" else self.moved(lambda x, y: (x * across, y * along))

    def inside(self, width: float, height: float) -> "Form | None":
        """The part on the picture, the form itself when all of it is; None when nothing is left.

        Polygons are cut, lines and key points moved to the border; a turned box stays whole while its
        center is on the picture; a mask must be of the picture's size.
        """
        if self.kind == "mask":
            mask = cast(Rle, self.value)
            return self if (mask.width, mask.height) == (width, height) and mask.bounds else None
        if self.kind == "rotated_box":
            x, y, w, h, _ = self.value
            return self if 0 <= x + w / 2 <= width and 0 <= y + h / 2 <= height else None
        if all(0 <= point[0] <= width and 0 <= point[1] <= height for point in self.points):
            return self if self.points else None
        if self.kind == "polygon":
            rings = [ring_clipped(ring, width, height) for ring in self.value]
            rings = [ring for ring in rings if ring_area(ring) > 0]
            return replace(self, value=tuple(rings)) if rings else None
        return self._pulled_in(width, height)

    def _pulled_in(self, width: float, height: float) -> "Form | None":
        edge = self.bounds()
        if (
            edge is None
            or edge[0] > width
            or edge[1] > height
            or edge[0] + edge[2] < 0
            or edge[1] + edge[3] < 0
        ):
            return None
        return self.moved(lambda x, y: (min(max(x, 0.0), width), min(max(y, 0.0), height)))

    def mask(self, width: int, height: int) -> Mask:
        """(height, width): the pixels whose centers it covers; nothing for lines and key points."""
        if self.kind == "mask":
            return cast(Rle, self.value).mask()
        rings: Sequence[Ring] = ()
        if self.kind == "rotated_box":
            rings = (corners_turned(*self.value),)
        elif self.kind == "polygon":
            rings = self.value
        return rasterized(rings, width, height)


def form_from(kind: str, raw: Any) -> Form:
    """The form that somebody sent. Raises FormRefused.

    Numbers are finite and below 1e9; a polygon has rings of three points or more with an area; sides of a
    turned box are above zero; a mask's runs add up to its size. Nothing is unpacked and nothing is cut.
    """
    if kind == "mask":
        return Form(kind, _mask(raw))
    if kind == "rotated_box":
        return Form(kind, _turned(raw))
    if kind == "polygon":
        return Form(kind, _rings(raw))
    if kind == "polyline":
        return Form(kind, _points(raw, 2, 2, MAX_POINTS, "a line is a list of two points [x, y] or more"))
    if kind == "keypoints":
        return Form(kind, _keypoints(raw))
    raise FormRefused("there is no such kind of shape")


def form_of_row(row: Mapping[str, Any]) -> Form | None:
    """The form of a stored shape or object, which is trusted; None for a box or a class."""
    for kind, field in FIELD_OF_KIND.items():
        value = row.get(field)
        if value is not None:
            return Form(kind, _trusted(kind, value))
    return None


def attributes_from(raw: Any) -> tuple[tuple[str, str], ...]:
    """Names and values of text, sorted by name; numbers and booleans become text, anything else is left out."""
    if not isinstance(raw, Mapping):
        return ()
    kept: dict[str, str] = {}
    for name, value in list(raw.items())[:MAX_ATTRIBUTES]:
        if isinstance(value, bool):
            value = "true" if value else "false"
        fit = _UNFIT.sub("", name)[:_MAX_NAME] if isinstance(name, str) else ""
        if fit and isinstance(value, str | int | float):
            kept[fit] = _UNFIT.sub("", str(value))[:MAX_ATTRIBUTE]
    return tuple(sorted(kept.items()))


def _trusted(kind: str, value: Any) -> Any:
    if kind == "mask":
        return Rle(value["size"][0], value["size"][1], value["counts"])
    if kind == "rotated_box":
        return tuple(value)
    if kind == "polygon":
        return tuple(tuple((point[0], point[1]) for point in ring) for ring in value)
    return tuple(tuple(point) for point in value)


def _mask(raw: Any) -> Rle:
    rle = rle_from(raw)
    if rle is None:
        raise FormRefused("a mask is a COCO RLE whose runs add up to its size")
    return rle


def _turned(raw: Any) -> tuple[float, ...]:
    said = "a turned box is five finite numbers [x, y, w, h, angle] with sides above zero"
    values = _numbers(raw, 5, said)
    if values[2] <= 0 or values[3] <= 0:
        raise FormRefused(said)
    return values


def _rings(raw: Any) -> tuple[Ring, ...]:
    said = "a polygon is a list of rings of three points [x, y] or more with an area"
    if not isinstance(raw, list | tuple) or not 1 <= len(raw) <= MAX_RINGS:
        raise FormRefused(said)
    # All of them are counted before any is looked at.
    if sum(len(ring) for ring in raw if isinstance(ring, list | tuple)) > MAX_POINTS + len(raw):
        raise FormRefused("too many points")
    rings: list[Ring] = []
    left = MAX_POINTS
    for each in raw:
        ring = cast(Ring, _open(_points(each, 2, 3, left, said)))
        left -= len(ring)
        if len(ring) < 3 or ring_area(ring) <= 0:
            raise FormRefused(said)
        rings.append(ring)
    return tuple(rings)


def _open(ring: tuple[tuple[float, ...], ...]) -> tuple[tuple[float, ...], ...]:
    """A ring closes by itself: a last point on the first one is left out."""
    return ring[:-1] if ring[0] == ring[-1] else ring


def _keypoints(raw: Any) -> tuple[tuple[float, ...], ...]:
    said = "key points are a list of [x, y, visible], visible 0, 1 or 2, one of them above 0"
    points = _points(raw, 3, 1, MAX_KEYPOINTS, said)
    if any(point[2] not in (0, 1, 2) for point in points) or not any(point[2] for point in points):
        raise FormRefused(said)
    return tuple((x, y, int(v)) for x, y, v in points)


def _points(raw: Any, width: int, least: int, most: int, said: str) -> tuple[tuple[float, ...], ...]:
    if not isinstance(raw, list | tuple) or not least <= len(raw) <= most:
        raise FormRefused(
            said if not isinstance(raw, list | tuple) or len(raw) < least else "too many points"
        )
    return tuple(_numbers(point, width, said) for point in raw)


def _numbers(raw: Any, count: int, said: str) -> tuple[float, ...]:
    if not isinstance(raw, list | tuple) or len(raw) != count:
        raise FormRefused(said)
    if not all(isinstance(v, int | float) and not isinstance(v, bool) and _is_fit(v) for v in raw):
        raise FormRefused(said)
    return tuple(float(v) for v in raw)


def _is_fit(value: float) -> bool:
    return abs(value) < _LARGEST and math.isfinite(value)
