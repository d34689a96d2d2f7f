"""A map in one file: a head, ids, places, classes. Pure. 22 bytes a picture."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from datasets.embeddings.parts import ID, Ids

NO_CLASS: Final = -1
SIDE: Final = 65_535
_HEAD: Final = struct.Struct("<4sI")
_MAGIC: Final = b"EMM1"
Places = NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class Map:
    """`ids` (N,), `places` (N, 2) from 0 to SIDE, and the index of each picture's class or NO_CLASS (N,)."""

    ids: Ids
    places: Places
    classes: NDArray[np.int16]

    def packed(self) -> bytes:
        """The file."""
        parts = (self.ids.astype(ID), self.places.astype("<u2"), self.classes.astype("<i2"))
        return _HEAD.pack(_MAGIC, len(self.ids)) + b"".join(part.tobytes() for part in parts)


def map_unpacked(content: bytes) -> Map:
    """Raises ValueError for what is no map."""
    if len(content) < _HEAD.size:
        raise ValueError("a map is cut off")
    magic, count = _HEAD.unpack_from(content)
    if magic != _MAGIC or len(content) != _HEAD.size + 22 * count:
        raise ValueError("not a map")
    at = _HEAD.size
    ids = np.frombuffer(content, ID, count, at)
    places = np.frombuffer(content, "<u2", 2 * count, at + 16 * count).reshape(-1, 2)
    return Map(ids, places, np.frombuffer(content, "<i2", count, at + 20 * count))


def inside(places: Places, corners: Sequence[tuple[float, float]]) -> NDArray[np.bool_]:
    """(N,) which places lie within the polygon of `corners`, 0 to 1 of the map's sides, by the even-odd rule.

    A place on an edge belongs to one side of it. O(N C) for C corners.
    """
    x, y = (places / np.float64(SIDE)).T
    within = np.zeros(len(places), np.bool_)
    for (x0, y0), (x1, y1) in zip(corners, [*corners[1:], *corners[:1]], strict=True):
        if y0 == y1:
            continue
        crosses = (y0 > y) != (y1 > y)
        within ^= crosses & (x < x0 + (y - y0) * ((x1 - x0) / (y1 - y0)))
    return within


def places_packed(drawn: NDArray[Any]) -> Places:
    """Places from 0 to 1 as they are stored."""
    places: Places = np.rint(np.clip(drawn, 0, 1) * SIDE).astype(np.uint16)
    return places
