"""Training pictures in memory: squares of the network's side, made once, at most so many bytes of them."""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from datasets.augment import Pipeline
from datasets.augment.picture import Picture as LabeledPicture
from datasets.augment.picture import Shape
from training.engine.augment import Picture, Strength, augment
from training.engine.failures import BadData
from training.engine.preprocess import Preprocess, Squared, content_of, square_of
from training.engine.samples import PictureSource, raise_together

Shares = NDArray[np.float32]
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
        self._sizes = np.ones((len(source.samples), 2), np.int64)
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

    def by_recipe(
        self,
        indexes: NDArray[np.int64],
        classes: int,
        recipe: Pipeline[LabeledPicture],
        seed: int,
        epoch: int,
    ) -> tuple[Picture, Shares]:
        """As `batch`, each picture changed by the recipe's copy number `epoch` of it, and what it shows.

        That is (n, classes), a row adds up to 1: a step that mixes pictures mixes their classes too.
        """
        changed = [self._changed(int(index), recipe, seed, epoch) for index in indexes]
        squares = [square_of(picture.pixels, self._preprocess).astype(np.float32) for picture in changed]
        shares = np.zeros((len(changed), classes), np.float32)
        for row, picture in zip(shares, changed, strict=True):
            for shape in picture.shapes:
                row[shape.label] += shape.weight
        return np.stack(squares), shares / shares.sum(axis=1, keepdims=True)

    def _changed(self, index: int, recipe: Pipeline[LabeledPicture], seed: int, epoch: int) -> LabeledPicture:
        return recipe.apply(
            self._labeled(index),
            seed=seed,
            sample=self.source.samples[index].id,
            copy=epoch,
            partners=lambda draw: self._labeled(int(draw * len(self))),
        )

    def _labeled(self, index: int) -> LabeledPicture:
        square = self.square(index)
        # The gray around the picture is no part of it: fog must not lie there.
        height, width = (int(size) for size in self._sizes[index])
        picture = square[content_of(height, width, len(square))]
        levels = np.clip(np.rint(picture.astype(np.float32)), 0, 255).astype(np.uint8)
        return LabeledPicture(levels, (Shape(int(self.labels[index])),))

    def _made(self, index: int) -> Squared:
        pixels = self.source.pixels(index)
        self._sizes[index] = pixels.shape[:2]
        return square_of(pixels, self._preprocess)


def epoch_order(count: int, seed: int, epoch: int) -> NDArray[np.int64]:
    """The order of an epoch: a permutation of `count` that depends on (seed, epoch) alone."""
    return np.random.default_rng((seed, epoch, 0x5EED)).permutation(count).astype(np.int64)
