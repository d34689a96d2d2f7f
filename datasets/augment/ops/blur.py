"""Blur, by lens and by movement. Pure."""

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from core.params import param
from datasets.augment.base import Group, PixelOperator, Rng, rounded, shorter_side
from datasets.augment.haze import Real
from datasets.augment.picture import Pixels


@dataclass(frozen=True, slots=True)
class GaussianBlur(PixelOperator):
    """Out of focus."""

    key: ClassVar[str] = "gaussian_blur"
    group: ClassVar[Group] = "blur"
    radius: float = param(
        0.01, "Radius", "Largest standard deviation, as a share of the shorter side.", minimum=0, maximum=0.05
    )

    def pixels(self, pixels: Pixels, rng: Rng) -> Pixels:
        """A radius from nothing up to the largest."""
        sigma = rng.random() * self.radius * shorter_side(pixels)
        if sigma < 0.1:
            return pixels
        return np.asarray(cv2.GaussianBlur(pixels, (0, 0), sigma), np.uint8)


@dataclass(frozen=True, slots=True)
class MotionBlur(PixelOperator):
    """The camera moved along a line."""

    key: ClassVar[str] = "motion_blur"
    group: ClassVar[Group] = "blur"
    length: float = param(
        0.04, "Length", "Longest way, as a share of the shorter side.", minimum=0, maximum=0.2
    )
    any_direction: bool = param(True, "Any direction", "Otherwise sideways.")

    def pixels(self, pixels: Pixels, rng: Rng) -> Pixels:
        """A way from nothing up to the longest."""
        share, turn = rng.random(2)
        length = round(share * self.length * shorter_side(pixels))
        if length < 2:
            return pixels
        kernel = line_kernel(length, turn * 180 if self.any_direction else 0.0)
        return np.asarray(cv2.filter2D(pixels, -1, kernel, borderType=cv2.BORDER_REPLICATE), np.uint8)


@dataclass(frozen=True, slots=True)
class Sharpen(PixelOperator):
    """Edges raised by an unsharp mask."""

    key: ClassVar[str] = "sharpen"
    group: ClassVar[Group] = "blur"
    amount: float = param(0.8, "Amount", "Largest share of the edges that is added.", minimum=0, maximum=3)

    def pixels(self, pixels: Pixels, rng: Rng) -> Pixels:
        """The difference to a blurred copy, added."""
        amount = rng.random() * self.amount
        values = pixels.astype(np.float32)
        soft = np.asarray(
            cv2.GaussianBlur(values, (0, 0), max(0.6, shorter_side(pixels) * 0.004)), np.float32
        )
        return rounded(values + (values - soft) * amount)


def line_kernel(length_px: int, degrees: float) -> Real:
    """A line of that length and angle through the center of an odd square, smooth at its edges, sum 1."""
    half = length_px // 2 + 1
    rows, columns = np.mgrid[-half : half + 1, -half : half + 1].astype(np.float32)
    angle = np.deg2rad(degrees)
    along = columns * np.cos(angle) + rows * np.sin(angle)
    across = columns * np.sin(angle) - rows * np.cos(angle)
    line = np.clip(length_px / 2 + 0.5 - np.abs(along), 0, 1) * np.clip(1 - np.abs(across), 0, 1)
    return np.asarray(line / line.sum(), np.float32)
