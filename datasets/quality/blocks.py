"""How far two pictures agree in little blocks of their luma. Pure."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Shades = NDArray[np.uint8]

SHADES: Final = 64
_BLOCK: Final = 8
# Squares of levels of 256: what a block shows to be looked at, and what it counts at least.
_SHOWN: Final = 16.0
_NOISE: Final = 4.0


class Agreement(NamedTuple):
    """`shown` is the share of blocks in which either shows anything; of those the correlation, in the mean and at the
    10th percentile, 0 where there are none.
    """

    shown: float
    mean: float
    low: float


def agreement(first: Shades, second: Shades) -> Agreement:
    """Of two (SHADES, SHADES) luma: blocks of 8 x 8, half of each shared with the next; light and contrast do not count."""
    a, b = first.astype(np.float32), second.astype(np.float32)
    mean_a, mean_b = _means(a), _means(b)
    spread_a, spread_b = _means(a * a) - mean_a**2, _means(b * b) - mean_b**2
    shows = np.maximum(spread_a, spread_b) >= _SHOWN
    if not shows.any():
        return Agreement(0.0, 0.0, 0.0)
    scale = np.sqrt(np.maximum(spread_a, _NOISE) * np.maximum(spread_b, _NOISE))
    agreed = ((_means(a * b) - mean_a * mean_b) / scale)[shows]
    return Agreement(float(shows.mean()), float(agreed.mean()), float(np.percentile(agreed, 10)))


def _means(values: NDArray[np.float32]) -> NDArray[np.float32]:
    import cv2

    blurred = cv2.boxFilter(values, -1, (_BLOCK, _BLOCK))
    inside = slice(_BLOCK // 2, -_BLOCK // 2, _BLOCK // 2)
    return np.asarray(blurred[inside, inside], np.float32).ravel()


def cut_to_shared(first: Shades, second: Shades, window: NDArray[np.floating]) -> tuple[Shades, Shades]:
    """Both (SHADES, SHADES) cut to what they share and brought to that size again.

    `window` is that of `datasets.quality.align.Fit`: where `second` begins in `first` and how long it is there, down,
    then right, as fractions.
    """
    begin, length = np.asarray(window[0::2], np.float64), np.maximum(window[1::2], 1e-3)
    start, end = np.maximum(0, -begin / length), np.minimum(1, (1 - begin) / length)
    return _part(first, begin + length * start, begin + length * end), _part(second, start, end)


def _part(shades: Shades, start: NDArray[np.floating], end: NDArray[np.floating]) -> Shades:
    import cv2

    (top, left), (tall, wide) = start * SHADES, end - start
    # From the middle of a pixel to the middle of what it is made of.
    way = np.array([[wide, 0, left + (wide - 1) / 2], [0, tall, top + (tall - 1) / 2]])
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    moved = cv2.warpAffine(shades, way, (SHADES, SHADES), flags=how, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, np.uint8)
