"""What the key points of a class are called and how they hang together. Pure."""

import re
from dataclasses import dataclass
from typing import Any

from datasets.geometry.forms import MAX_KEYPOINTS, FormRefused

_MAX_NAME = 100


@dataclass(frozen=True, slots=True)
class Skeleton:
    """`points` are names in the order of a shape's key points; `lines` are pairs of their places, from 0."""

    points: tuple[str, ...]
    lines: tuple[tuple[int, int], ...] = ()

    @property
    def mirror(self) -> tuple[int, ...]:
        """For each point the place of the one it is in a mirror: `left eye` and `right eye` change places.

        Empty when no name speaks of a side.
        """
        places = {name.casefold(): place for place, name in enumerate(self.points)}
        swapped = tuple(places.get(_other_side(name), place) for place, name in enumerate(self.points))
        is_paired = all(swapped[swapped[place]] == place for place in range(len(swapped)))
        return swapped if is_paired and swapped != tuple(range(len(swapped))) else ()

    def to_json(self) -> dict[str, Any]:
        """As the label schema shows it."""
        return {"points": list(self.points), "lines": [list(line) for line in self.lines]}


_SIDES = re.compile(r"left|right|左|右|(?<![^\W_])[lr](?![^\W_])")
_OTHER = {"left": "right", "right": "left", "左": "右", "右": "左", "l": "r", "r": "l"}


def _other_side(name: str) -> str:
    return _SIDES.sub(lambda found: _OTHER[found[0]], name.casefold())


def skeleton_from(raw: Any) -> Skeleton:
    """What somebody sent as `{points: [name], lines: [[from, to]]}`. Raises FormRefused."""
    points = raw.get("points") if isinstance(raw, dict) else None
    lines = raw.get("lines", []) if isinstance(raw, dict) else None
    if not isinstance(points, list) or not 1 <= len(points) <= MAX_KEYPOINTS:
        raise FormRefused("a skeleton names at least one point")
    if not all(isinstance(name, str) and 1 <= len(name) <= _MAX_NAME for name in points):
        raise FormRefused("a point of a skeleton has a name of 1 to 100 characters")
    if not isinstance(lines, list) or len(lines) > MAX_KEYPOINTS:
        raise FormRefused("the lines of a skeleton are a list of pairs")
    return Skeleton(tuple(points), tuple(_line(line, len(points)) for line in lines))


def _line(raw: Any, count: int) -> tuple[int, int]:
    is_pair = isinstance(raw, list | tuple) and len(raw) == 2
    if not is_pair or not all(
        isinstance(end, int) and not isinstance(end, bool) and 0 <= end < count for end in raw
    ):
        raise FormRefused("a line of a skeleton is a pair of places of its points, from 0")
    return raw[0], raw[1]
