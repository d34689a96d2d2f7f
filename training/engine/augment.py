"""Seeded picture augmentation: mirror, affine, color. The same (seed, epoch, index) gives the same picture."""

from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.float32]
FILL: Final = (127, 127, 127)


@dataclass(frozen=True, slots=True)
class Strength:
    """Largest changes: `degrees`; `zoom`, `shift`, `shear` as fractions of 1; `color` as a fraction of contrast."""

    degrees: float = 0.0
    zoom: float = 0.0
    shift: float = 0.0
    shear: float = 0.0
    color: float = 0.0
    mirror: bool = False
    erase: float = 0.0


STRENGTHS: Final = {
    "none": Strength(),
    "light": Strength(degrees=8, zoom=0.15, shift=0.06, color=0.15, mirror=True),
    "strong": Strength(degrees=15, zoom=0.3, shift=0.1, shear=0.1, color=0.3, mirror=True, erase=0.25),
}


def augment(picture: NDArray[Any], strength: Strength, seed: int, epoch: int, index: int) -> Picture:
    """A changed copy of an (n, n, 3) picture of gray levels 0 to 255, same shape."""
    picture = picture.astype(np.float32)
    if strength == STRENGTHS["none"]:
        return picture
    rng = np.random.default_rng((seed, epoch, index))
    moved = _affine(picture, strength, rng)
    colored = _color(moved, strength.color, rng)
    return _erased(colored, strength.erase, rng)


def _affine(picture: Picture, strength: Strength, rng: np.random.Generator) -> Picture:
    side = picture.shape[0]
    angle, zoom, shear = (rng.uniform(-1, 1) for _ in range(3))
    shift = rng.uniform(-1, 1, 2) * strength.shift * side
    mirror = -1.0 if strength.mirror and rng.random() < 0.5 else 1.0
    matrix = cv2.getRotationMatrix2D(((side - 1) / 2, (side - 1) / 2), angle * strength.degrees, 1.0)
    scale = (1 + strength.zoom) ** zoom
    linear = scale * matrix[:, :2] @ np.array([[mirror, shear * strength.shear], [0, 1]])
    center = np.full(2, (side - 1) / 2)
    full = np.column_stack([linear, center + shift - linear @ center])
    return np.asarray(
        cv2.warpAffine(
            picture, full, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
        ),
        np.float32,
    )


def _color(picture: Picture, amount: float, rng: np.random.Generator) -> Picture:
    contrast, light, saturation = 1 + rng.uniform(-amount, amount, 3)
    tint = 1 + rng.uniform(-amount, amount, 3) / 3
    gray = picture.mean(axis=2, keepdims=True)
    pixels = gray + (picture - gray) * saturation
    pixels = (pixels - 127) * contrast + 127 * light
    return np.asarray(np.clip(pixels * tint, 0, 255), np.float32)


def _erased(picture: Picture, chance: float, rng: np.random.Generator) -> Picture:
    if rng.random() >= chance:
        return picture
    side = picture.shape[0]
    height, width = rng.integers(side // 8, side // 3 + 1, 2)
    top, left = rng.integers(0, side - height), rng.integers(0, side - width)
    picture = picture.copy()
    picture[top : top + height, left : left + width] = FILL
    return picture
