"""The contract of an operator. Pure, and light: the web process lists operators."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar, Final, Generic, Literal, TypeVar, get_args

import numpy as np

from datasets.augment.picture import Picture, Pixels, warped

Group = Literal[
    "weather",
    "light",
    "color",
    "geometry",
    "blur",
    "sensor",
    "cover",
    "mix",
    "words",
    "letters",
    "loudness",
    "time",
]
GROUPS: Final[tuple[Group, ...]] = get_args(Group)
Rng = np.random.Generator
C = TypeVar("C")
# Gives another picture of the training part for a number drawn in [0, 1).
Partners = Callable[[float], Picture]


class Operator(ABC, Generic[C]):
    """One operator on contents of one kind, with its parameters: a frozen dataclass of `core.params.param` fields.

    All randomness comes from `rng`, and every draw is made whatever the parameters are: moving one slider
    must not change what the others drew.
    """

    key: ClassVar[str]  # stored in recipes: never rename
    group: ClassVar[Group]
    moves: ClassVar[bool] = False
    mixes: ClassVar[bool] = False

    @abstractmethod
    def apply(self, content: C, rng: Rng, partners: Callable[[float], C] | None) -> C:
        """The changed content; the one given is left alone."""

    def check(self) -> None:
        """What the bounds of the single parameters do not say. Raises InvalidInput with the parameter's name."""


class PictureOperator(Operator[Picture]):
    """Lengths are shares of the shorter side, never pixels: a small preview shows what a large picture will get."""


class PixelOperator(PictureOperator):
    """Changes pixels where they are; shapes stay."""

    def apply(self, picture: Picture, rng: Rng, partners: Partners | None) -> Picture:
        """As `pixels`."""
        return picture.with_pixels(self.pixels(picture.pixels, rng))

    @abstractmethod
    def pixels(self, pixels: Pixels, rng: Rng) -> Pixels:
        """New (H, W, 3) uint8 pixels of the same size."""


class WarpOperator(PictureOperator):
    """Moves pixels and shapes by one homography; the size stays."""

    moves = True
    fill: str

    def apply(self, picture: Picture, rng: Rng, partners: Partners | None) -> Picture:
        """As `matrix`."""
        return warped(picture, self.matrix(*picture.size, rng), picture.size, self.fill)

    @abstractmethod
    def matrix(self, width: int, height: int, rng: Rng) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
        """3 x 3, source to result, in continuous pixel coordinates."""


def shorter_side(pixels: Pixels) -> int:
    """What shares of the picture are taken of."""
    return min(int(pixels.shape[0]), int(pixels.shape[1]))


def rounded(values: np.ndarray[tuple[int, ...], np.dtype[np.floating]]) -> Pixels:
    """Real values as pixels: clipped to 0..255 and rounded to the nearest."""
    return np.asarray(np.clip(np.rint(values), 0, 255), np.uint8)
