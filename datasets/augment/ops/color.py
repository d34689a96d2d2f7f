"""Hues. Pure."""

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from core.params import param
from datasets.augment.base import Group, PixelOperator, Rng, rounded
from datasets.augment.picture import Pixels

_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


@dataclass(frozen=True, slots=True)
class Color(PixelOperator):
    """Hue turned, saturation changed."""

    key: ClassVar[str] = "color"
    group: ClassVar[Group] = "color"
    hue: float = param(10.0, "Hue", "Largest turn of the color circle, in degrees.", minimum=0, maximum=180)
    saturation: float = param(
        0.3, "Saturation", "Largest change of the factor around 1.", minimum=0, maximum=1
    )

    def pixels(self, pixels: Pixels, rng: Rng) -> Pixels:
        """In HSV, then around the gray of the same lightness."""
        turn, factor = rng.uniform(-1, 1, 2) * (self.hue, self.saturation)
        parts = cv2.cvtColor(pixels, cv2.COLOR_RGB2HSV_FULL)
        table = (np.arange(256) + round(turn * 256 / 360)) % 256
        parts[..., 0] = cv2.LUT(np.ascontiguousarray(parts[..., 0]), table.astype(np.uint8))
        turned = np.asarray(cv2.cvtColor(parts, cv2.COLOR_HSV2RGB_FULL), np.uint8)
        return desaturated(turned, 1 + factor)


@dataclass(frozen=True, slots=True)
class Gray(PixelOperator):
    """Without color."""

    key: ClassVar[str] = "gray"
    group: ClassVar[Group] = "color"

    def pixels(self, pixels: Pixels, rng: Rng) -> Pixels:
        """Three equal channels of lightness."""
        return np.asarray(
            cv2.cvtColor(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB), np.uint8
        )


@dataclass(frozen=True, slots=True)
class WhiteBalance(PixelOperator):
    """Warmer or cooler, as under other lamps."""

    key: ClassVar[str] = "white_balance"
    group: ClassVar[Group] = "color"
    amount: float = param(0.15, "Amount", "Largest change of red against blue.", minimum=0, maximum=0.6)

    def pixels(self, pixels: Pixels, rng: Rng) -> Pixels:
        """Red and blue scaled against each other."""
        warmth = (1 + self.amount) ** rng.uniform(-1, 1)
        gains = np.array([warmth, 1, 1 / warmth], np.float32)
        return rounded(pixels.astype(np.float32) * gains)


def desaturated(pixels: Pixels, factor: float) -> Pixels:
    """Colors pulled to their gray (`factor` below 1) or away from it."""
    values = pixels.astype(np.float32)
    gray = (values @ _LUMA)[..., None]
    return rounded(gray + (values - gray) * np.float32(factor))
