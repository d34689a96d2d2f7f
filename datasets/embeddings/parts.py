"""Vectors of pictures as they lie in the store: a head, the ids, then unit vectors in half precision. Pure.

2,560 bytes a picture and 16 for its id. A part is read by memory map, so that a search holds no more than one
chunk of it in memory, however many pictures there are.
"""

import struct
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

DIMENSIONS: Final = 1280
ID: Final = np.dtype("S16")
_HEAD: Final = struct.Struct("<4sII")
_MAGIC: Final = b"EMB1"
_CHUNK: Final = 512
Ids = NDArray[Any]
Halves = NDArray[np.float16]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Place:
    """A byte range of a local file that holds a part."""

    path: Path
    offset: int
    length: int


def part_packed(ids: list[bytes], vectors: Floats) -> bytes:
    """`ids` of 16 bytes and their (N, D) vectors of any length above zero; the file of the part."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    units = (vectors / np.maximum(lengths, 1e-12)).astype("<f2")
    return b"".join((_HEAD.pack(_MAGIC, len(ids), units.shape[1]), b"".join(ids), units.tobytes()))


def ids_packed(content: bytes) -> list[uuid.UUID]:
    """The ids in a part as `part_packed` made it."""
    _, count, _ = _HEAD.unpack_from(content)
    begin, size = _HEAD.size, ID.itemsize
    return [uuid.UUID(bytes=content[begin + size * n : begin + size * (n + 1)]) for n in range(count)]


def part_ids(place: Place) -> Ids:
    """(N,) of `ID`: sixteen bytes each, as `uuid.bytes`. Raises ValueError for what is no part."""
    count, _ = _shape(place)
    return np.array(np.memmap(place.path, ID, "r", place.offset + _HEAD.size, (count,)))


def part_vectors(place: Place) -> Halves:
    """(N, D) unit vectors, mapped and not read. Raises ValueError for what is no part."""
    count, size = _shape(place)
    begin = place.offset + _HEAD.size + count * ID.itemsize
    mapped: Halves = np.memmap(place.path, np.float16, "r", begin, (count, size))
    return mapped


def chunks_read(places: Iterable[Place]) -> Iterator[tuple[Ids, Floats]]:
    """All parts in their order, at most 512 pictures at a time: ids (n,) and unit vectors (n, D)."""
    for place in places:
        ids, vectors = part_ids(place), part_vectors(place)
        for start in range(0, len(ids), _CHUNK):
            yield ids[start : start + _CHUNK], widened(vectors[start : start + _CHUNK])


def widened(halves: Halves) -> Floats:
    """Half precision as single precision, exactly, for finite numbers; ten times as fast as `astype`.

    The bits of a half, thirteen places further up, are a single that is 2 ** 112 too small.
    """
    bits = halves.view(np.uint16).astype(np.uint32)
    signs = bits & np.uint32(0x8000)
    bits &= np.uint32(0x7FFF)
    bits <<= np.uint32(13)
    singles: Floats = bits.view(np.float32)
    singles *= np.float32(2.0**112)
    if signs.any():
        bits |= signs << np.uint32(16)
    return singles


def _shape(place: Place) -> tuple[int, int]:
    with place.path.open("rb") as file:
        file.seek(place.offset)
        head = file.read(_HEAD.size)
    if len(head) < _HEAD.size:
        raise ValueError("a part of vectors is cut off")
    magic, count, size = _HEAD.unpack(head)
    if magic != _MAGIC or place.length != _HEAD.size + count * (ID.itemsize + 2 * size) or not count:
        raise ValueError("not a part of vectors")
    return count, size
