"""What is wrong with single pictures, from their features. Pure.

Every limit is the stricter of a fixed one and one that follows from the median of the data set, so a set of
night scenes or of tiny icons is not a set of faults. A picture has one of the findings about its light and
sharpness, the gravest: an empty picture is not blurred as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from datasets.quality.features import Features

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

_BLURRED: Final = (0.24, 0.45)
_DARK: Final = (0.13, 0.4)
_NO_LIGHTS: Final = 0.4
_BRIGHT: Final = (0.1, 0.4)
_NO_SHADOWS: Final = 0.6
_FAINT: Final = (0.2, 0.4)
_UNIFORM_SHARE: Final = 0.985
_UNIFORM_SPREAD: Final = 0.016
_TINY_PX: Final = (64, 0.25)
_LEAST_PX: Final = 8
_ODD_RATIO: Final = 2.5
_ODD_DEVIATIONS: Final = 6.0
_SIGMA_OF_MAD: Final = 1.4826


@dataclass(frozen=True, slots=True)
class Pictures:
    """Columns of N pictures: sizes in pixels of the upright picture, and the figures of `Features`."""

    width: Floats
    height: Floats
    sharpness: Floats
    brightness: Floats
    low: Floats
    high: Floats
    top: Floats
    plain: Floats
    spread: Floats
    orientation: Floats

    @classmethod
    def of(cls, sizes: Sequence[tuple[int, int]], features: Sequence[Features]) -> Self:
        """From one (width, height) and one `Features` a picture."""
        width, height = np.array(sizes, np.float32).reshape(-1, 2).T
        names = ("sharpness", "brightness", "low", "high", "top", "plain", "spread", "orientation")
        columns = {name: np.array([getattr(row, name) for row in features], np.float32) for name in names}
        return cls(width=width, height=height, **columns)

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """One table of several, in order; at least one."""
        names = [column.name for column in fields(cls)]
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def picture_findings(pictures: Pictures) -> dict[str, Mask]:
    """Which of N pictures each check names, a boolean (N,) by the code of the finding."""
    if not len(pictures.width):
        return {}
    contrast = pictures.top - pictures.low
    uniform = uniform_pictures(pictures)
    light = {
        "picture_dark": (pictures.brightness < _limit(_DARK, pictures.brightness))
        & (pictures.top < _NO_LIGHTS),
        "picture_bright": (1 - pictures.brightness < _limit(_BRIGHT, 1 - pictures.brightness))
        & (pictures.low > _NO_SHADOWS),
        "picture_low_contrast": contrast < _limit(_FAINT, contrast),
        "picture_blurry": pictures.sharpness < _limit(_BLURRED, pictures.sharpness),
    }
    found, taken = {"picture_uniform": uniform}, uniform
    for code, mask in light.items():
        found[code] = mask & ~taken
        taken = taken | mask
    side = np.sqrt(pictures.width * pictures.height)
    found["picture_tiny"] = side < max(_LEAST_PX, _limit(_TINY_PX, side))
    found["picture_odd_shape"] = _odd_shapes(pictures)
    found["picture_turned"] = pictures.orientation > 1
    return found


def uniform_pictures(pictures: Pictures) -> Mask:
    """Which of N show one color and hardly anything else."""
    return (pictures.plain >= _UNIFORM_SHARE) & (
        (pictures.high - pictures.low < 2 * _UNIFORM_SPREAD) | (pictures.spread < 4 * _UNIFORM_SPREAD)
    ) | (pictures.spread < _UNIFORM_SPREAD)


def _limit(limits: tuple[float, float], values: Floats) -> float:
    fixed, share_of_median = limits
    return min(fixed, share_of_median * float(np.median(values)))


def _odd_shapes(pictures: Pictures) -> Mask:
    """Far from the usual shape of the set, and by more than its shapes vary."""
    shape = np.log(pictures.width / pictures.height)
    away = np.abs(shape - np.median(shape))
    deviation = _SIGMA_OF_MAD * float(np.median(away))
    odd: Mask = away > max(np.log(_ODD_RATIO), _ODD_DEVIATIONS * deviation)
    return odd
