"""Vectors of recordings without a network: what they sound like, each figure in units of its own spread. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

KIND: Final = "timbre"
VERSION: Final = 1
# Means and spreads are those of at most so many recordings.
FITTED: Final = 2_000
_CLIP: Final = 4.0


@dataclass(frozen=True, slots=True)
class Timbres:
    """`mean` (D,) and `spread` (D,) of each figure of `datasets.audio.timbre`."""

    mean: Floats
    spread: Floats

    def vector(self, timbre: Floats) -> Floats:
        """(D + 1,) of length one: what is far from all else shall stay so, hence the last figure, which tells how far."""
        standard = np.clip((timbre - self.mean) / self.spread, -_CLIP, _CLIP)
        whole = np.append(standard, np.sqrt(np.float32(len(standard))))
        made: Floats = (whole / np.linalg.norm(whole)).astype(np.float32)
        return made


def standard_of(vectors: Floats) -> Floats:
    """(N, D) the figures again from (N, D + 1) vectors, in units of their spread."""
    count = vectors.shape[1] - 1
    made: Floats = vectors[:, :-1] * (np.sqrt(np.float32(count)) / vectors[:, -1:])
    return made


def fitted_to(timbres: Iterable[Floats]) -> Timbres | None:
    """None for fewer than two recordings."""
    rows = np.array(list(timbres), np.float64)
    if len(rows) < 2:
        return None
    return Timbres(
        rows.mean(axis=0).astype(np.float32), np.maximum(rows.std(axis=0), 1e-2).astype(np.float32)
    )
