"""Vectors as they lie in the store: a head, the ids, what was looked at, then unit vectors in half precision. Pure.

2,560 bytes a picture, 512 a text, and 32 for its id and the name of its content. A part is read by memory map, so
that a search holds no more than one chunk of it in memory, however many samples there are.
"""

import struct
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

ID: Final = np.dtype("S16")
_HEAD: Final = struct.Struct("<4sII")
# Before it was written down what was looked at, and since.
_NAMELESS: Final = b"EMB1"
_MAGIC: Final = b"EMB2"
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


def content_name(sha256: str) -> bytes:
    """The first half of the SHA-256 of what a vector was made of."""
    return bytes.fromhex(sha256)[: ID.itemsize]


def part_packed(ids: Sequence[bytes], vectors: Floats, contents: Sequence[bytes] | None = None) -> bytes:
    """`ids` of 16 bytes and their (N, D) vectors of any length above zero; the file of the part.

    `contents` are names by `content_name`; without them the vectors are never out of date.
    """
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    units = (vectors / np.maximum(lengths, 1e-12)).astype("<f2")
    head = _HEAD.pack(_NAMELESS if contents is None else _MAGIC, len(ids), units.shape[1])
    return b"".join((head, *ids, *(contents or ()), units.tobytes()))


def part_without(place: Place, gone: NDArray[np.bool_]) -> bytes:
    """The part again without the rows that are `gone` (N,), of which at least one stays."""
    kept = np.flatnonzero(~gone)
    names = part_contents(place)
    contents = None if names is None else _bytes(names[kept])
    return part_packed(_bytes(part_ids(place)[kept]), widened(part_vectors(place)[kept]), contents)


def ids_packed(content: bytes) -> list[uuid.UUID]:
    """The ids in a part as `part_packed` made it."""
    _, count, _ = _HEAD.unpack_from(content)
    begin, size = _HEAD.size, ID.itemsize
    return [uuid.UUID(bytes=content[begin + size * n : begin + size * (n + 1)]) for n in range(count)]


def part_ids(place: Place) -> Ids:
    """(N,) of `ID`: sixteen bytes each, as `uuid.bytes`. Raises ValueError for what is no part."""
    count, _, _ = _shape(place)
    return np.array(np.memmap(place.path, ID, "r", place.offset + _HEAD.size, (count,)))


def part_contents(place: Place) -> Ids | None:
    """(N,) what each vector was made of, None for a part that does not say. Raises ValueError for what is no part."""
    count, _, has_contents = _shape(place)
    if not has_contents:
        return None
    begin = place.offset + _HEAD.size + count * ID.itemsize
    return np.array(np.memmap(place.path, ID, "r", begin, (count,)))


def part_vectors(place: Place) -> Halves:
    """(N, D) unit vectors, mapped and not read. Raises ValueError for what is no part."""
    count, size, has_contents = _shape(place)
    begin = place.offset + _HEAD.size + count * ID.itemsize * (1 + has_contents)
    mapped: Halves = np.memmap(place.path, np.float16, "r", begin, (count, size))
    return mapped


def chunks_read(places: Iterable[Place]) -> Iterator[tuple[Ids, Floats]]:
    """All parts in their order, at most 512 at a time: ids (n,) and unit vectors (n, D)."""
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


def _bytes(names: Ids) -> list[bytes]:
    """NumPy does not show the zero bytes that a name may end in."""
    return [bytes(name).ljust(ID.itemsize, b"\0") for name in names]


def _shape(place: Place) -> tuple[int, int, bool]:
    with place.path.open("rb") as file:
        file.seek(place.offset)
        head = file.read(_HEAD.size)
    if len(head) < _HEAD.size:
        raise ValueError("a part of vectors is cut off")
    magic, count, size = _HEAD.unpack(head)
    has_contents = magic == _MAGIC
    a_row = ID.itemsize * (1 + has_contents) + 2 * size
    if magic not in (_MAGIC, _NAMELESS) or place.length != _HEAD.size + count * a_row or not count:
        raise ValueError("not a part of vectors")
    return count, size, has_contents
