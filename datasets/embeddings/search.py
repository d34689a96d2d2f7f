"""The nearest of a picture by cosine, exactly. Pure. O(N D) for N pictures, with memory for one chunk."""

from collections.abc import Iterable
from typing import Final

import numpy as np

from datasets.embeddings.parts import Floats, Ids, Place, chunks_read, part_ids, part_vectors

# How many times the wanted number may gather before the rest is let go.
_ROOM: Final = 4


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
    names, best = np.empty(0, "V16"), np.empty(0, np.float32)
    least = -np.inf
    for ids, vectors in chunks_read(places):
        cosines = vectors @ query
        near = cosines >= least
        names = np.concatenate((names, np.ascontiguousarray(ids[near]).view("V16")))
        best = np.concatenate((best, cosines[near]))
        if len(best) >= _ROOM * count:
            names, best = _nearest_few(names, best, count)
            least = float(best.min())
    names, best = _nearest_few(names, best, count)
    found = [(one.tobytes(), float(cosine)) for one, cosine in zip(names, best, strict=True)]
    return sorted(found, key=lambda row: (-row[1], row[0]))


def _nearest_few(names: Ids, cosines: Floats, count: int) -> tuple[Ids, Floats]:
    if len(cosines) <= count:
        return names, cosines
    kept = np.argpartition(-cosines, count - 1)[:count]
    return names[kept], cosines[kept]
