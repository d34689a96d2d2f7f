"""The nearest of a picture by cosine, exactly. Pure. O(N D) for N pictures, with memory for one chunk."""

import heapq
from collections.abc import Iterable

import numpy as np

from datasets.embeddings.parts import Floats, Ids, Place, chunks_read, part_ids, part_vectors


def vector_of(places: Iterable[Place], wanted: bytes) -> Floats | None:
    """The (D,) unit vector of the picture with this id, None when no part has it."""
    for place in places:
        found = np.flatnonzero(part_ids(place) == np.bytes_(wanted))
        if len(found):
            vector: Floats = part_vectors(place)[int(found[-1])].astype(np.float32)
            return vector
    return None


def nearest(places: Iterable[Place], query: Floats, count: int) -> list[tuple[bytes, float]]:
    """Up to `count` ids with their cosine to the (D,) unit vector, the nearest first; equals by id."""
    best: list[tuple[float, bytes]] = []
    for ids, vectors in chunks_read(places):
        cosines = vectors @ query
        best = heapq.nlargest(count, best + _top(ids, cosines, count), key=lambda row: (row[0], row[1]))
    return [(sample, cosine) for cosine, sample in best]


def _top(ids: Ids, cosines: Floats, count: int) -> list[tuple[float, bytes]]:
    if len(cosines) > count:
        kept = np.argpartition(-cosines, count - 1)[:count]
        ids, cosines = ids[kept], cosines[kept]
    padded = np.ascontiguousarray(ids).view("V16")
    return [(float(cosine), one.tobytes()) for cosine, one in zip(cosines, padded, strict=True)]
