"""Training pictures in memory: squares of the network's side, made once, at most so many bytes of them."""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from training.engine.augment import Picture, Strength, augment
from training.engine.failures import BadData
from training.engine.preprocess import Preprocess, Squared, square_of
from training.engine.samples import PictureSource, raise_together

CACHE_BYTES: Final = 1 << 30


class Squares:
    """A part of the data as (side, side, 3) squares of gray levels.

    `fill` decodes everything once, which also finds what cannot be read; what does not fit `cache_bytes`
    is decoded again whenever it is asked for.
    """

    def __init__(self, source: PictureSource, side: int, cache_bytes: int = CACHE_BYTES) -> None:
        self.source = source
        self.labels = source.labels()
        self._preprocess = Preprocess(side)
        room = max(0, cache_bytes) // (side * side * 3 * 2)
        self._kept = np.empty((min(room, len(source.samples)), side, side, 3), np.float16)

    def __len__(self) -> int:
        return len(self.source.samples)

    def fill(self, tick: Callable[[], None]) -> None:
        """Decode everything, calling `tick` after each. Raises BadData naming what cannot be read."""
        problems = []
        for index in range(len(self)):
            try:
                square = self._made(index)
            except BadData as problem:
                problems.append(problem)
            else:
                if index < len(self._kept):
                    self._kept[index] = square
            tick()
        raise_together(problems)

    def square(self, index: int) -> Squared:
        """One picture; not to be written to."""
        return self._kept[index] if index < len(self._kept) else self._made(index)

    def batch(self, indexes: Sequence[int] | NDArray[np.int64]) -> Squared:
        """(n, side, side, 3)."""
        return np.stack([self.square(int(index)) for index in indexes])

    def augmented(self, indexes: NDArray[np.int64], strength: Strength, seed: int, epoch: int) -> Picture:
        """As `batch`, each picture changed by (seed, epoch, index)."""
        return np.stack(
            [augment(self.square(int(index)), strength, seed, epoch, int(index)) for index in indexes]
        )

    def _made(self, index: int) -> Squared:
        return square_of(self.source.pixels(index), self._preprocess)


def epoch_order(count: int, seed: int, epoch: int) -> NDArray[np.int64]:
    """The order of an epoch: a permutation of `count` that depends on (seed, epoch) alone."""
    return np.random.default_rng((seed, epoch, 0x5EED)).permutation(count).astype(np.int64)
