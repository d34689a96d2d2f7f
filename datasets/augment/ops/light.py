"""Brightness, contrast and histograms. Pure. All work on lightness, so that hues stay."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from core.params import param
from datasets.augment.base import Group, PixelOperator, Rng, rounded
from datasets.augment.picture import Pixels

_GRAY_LEVEL = 127.5


@dataclass(frozen=True, slots=True)
class BrightnessContrast(PixelOperator):
    """Lighter or darker, flatter or steeper."""

    key: ClassVar[str] = "brightness_contrast"
    group: ClassVar[Group] = "light"
    brightness: float = param(
        0.2, "Brightness", "Largest change, as a share of the whole range.", minimum=0, maximum=1
    )
    contrast: float = param(0.2, "Contrast", "Largest change of the factor around 1.", minimum=0, maximum=0.9)

    def pixels(self, pixels: Pixels, rng: Rng) -> Pixels:
        """A straight line through mid-gray."""
        light, factor = rng.uniform(-1, 1, 2) * (self.brightness * 255, self.contrast)
        return _looked_up(pixels, (_levels() - _GRAY_LEVEL) * (1 + factor) + _GRAY_LEVEL + light)


@dataclass(frozen=True, slots=True)
class Gamma(PixelOperator):
    """Shadows lifted or deepened; black and white stay."""

    key: ClassVar[str] = "gamma"
    group: ClassVar[Group] = "light"
    amount: float = param(
        0.4, "Amount", "Largest exponent is 1 plus this, the least its inverse.", minimum=0, maximum=3
    )

    def pixels(self, pixels: Pixels, rng: Rng) -> Pixels:
        """By a table."""
        exponent = (1 + self.amount) ** rng.uniform(-1, 1)
        return _looked_up(pixels, 255 * (_levels() / 255) ** exponent)


@dataclass(frozen=True, slots=True)
class ContrastEnhance(PixelOperator):
    """The range that is used, stretched over the whole range."""

    key: ClassVar[str] = "contrast_enhance"
    group: ClassVar[Group] = "light"
    clipped: float = param(
        0.01,
        "Clipped",
        "Share of pixels that may become plain black, and plain white.",
        minimum=0,
        maximum=0.2,
    )
    amount: float = param(
        1.0, "Amount", "Share of the effect, 0 leaves the picture as it is.", minimum=0, maximum=1
    )

    def pixels(self, pixels: Pixels, rng: Rng) -> Pixels:
        """One line for all three colors, from quantiles of the lightness."""
        counts = np.bincount(_luma(pixels).ravel(), minlength=256)
        share = np.cumsum(counts) / counts.sum()
        low = int(np.searchsorted(share, self.clipped, side="right"))
        high = int(np.searchsorted(share, 1 - self.clipped, side="left"))
        if high <= low:
            return pixels
        stretched = (_levels() - low) * (255 / (high - low))
        return _looked_up(pixels, _levels() + (np.clip(stretched, 0, 255) - _levels()) * self.amount)


@dataclass(frozen=True, slots=True)
class Equalize(PixelOperator):
    """Histogram equalization: every lightness becomes as common as any other."""

    key: ClassVar[str] = "equalize"
    group: ClassVar[Group] = "light"
    amount: float = param(
        1.0, "Amount", "Share of the effect, 0 leaves the picture as it is.", minimum=0, maximum=1
    )

    def pixels(self, pixels: Pixels, rng: Rng) -> Pixels:
        """On the Y of YCrCb."""
        return _on_lightness(pixels, lambda light: np.asarray(cv2.equalizeHist(light), np.uint8), self.amount)


@dataclass(frozen=True, slots=True)
class Clahe(PixelOperator):
    """Equalization by neighborhoods, its steepness limited (Zuiderveld, Graphics Gems IV, 1994)."""

    key: ClassVar[str] = "clahe"
    group: ClassVar[Group] = "light"
    clip_limit: float = param(
        2.0, "Steepness", "Largest gain of contrast; more also shows more noise.", minimum=1, maximum=20
    )
    tiles: int = param(8, "Tiles", "Neighborhoods a side.", minimum=1, maximum=32)

    def pixels(self, pixels: Pixels, rng: Rng) -> Pixels:
        """On the Y of YCrCb."""
        # OpenCV pads to whole tiles; a tile of less than a pixel it refuses.
        tiles = max(1, min(self.tiles, *pixels.shape[:2]))
        local = cv2.createCLAHE(self.clip_limit, (tiles, tiles))
        return _on_lightness(pixels, lambda light: np.asarray(local.apply(light), np.uint8), 1.0)


def _on_lightness(pixels: Pixels, change: Callable[[Pixels], Pixels], amount: float) -> Pixels:
    parts = cv2.cvtColor(pixels, cv2.COLOR_RGB2YCrCb)
    light = np.ascontiguousarray(parts[..., 0], np.uint8)
    parts[..., 0] = rounded(light + (change(light).astype(np.float32) - light) * amount)
    return np.asarray(cv2.cvtColor(parts, cv2.COLOR_YCrCb2RGB), np.uint8)


def _luma(pixels: Pixels) -> Pixels:
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)


def _levels() -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.arange(256, dtype=np.float64)


def _looked_up(pixels: Pixels, table: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Pixels:
    return np.asarray(cv2.LUT(pixels, rounded(table)), np.uint8)
