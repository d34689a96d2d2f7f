"""What cameras and files do to pictures. Pure."""

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np
import simplejpeg

from core.params import param
from datasets.augment.base import Group, PixelOperator, Rng, rounded
from datasets.augment.picture import Pixels

_FULL_WELL_ELECTRONS = 4000.0


@dataclass(frozen=True, slots=True)
class Noise(PixelOperator):
    """Even noise, as of a bad cable."""

    key: ClassVar[str] = "noise"
    group: ClassVar[Group] = "sensor"
    amount: float = param(
        0.05, "Amount", "Largest standard deviation, as a share of the whole range.", minimum=0, maximum=0.5
    )
    colored: bool = param(True, "Colored", "Each color by itself; otherwise gray.")

    def pixels(self, pixels: Pixels, rng: Rng) -> Pixels:
        """Normal, from nothing up to the largest."""
        sigma = np.float32(rng.random() * self.amount * 255)
        noise = rng.standard_normal((*pixels.shape[:2], 3 if self.colored else 1), np.float32)
        return rounded(pixels + noise * sigma)


@dataclass(frozen=True, slots=True)
class CameraGain(PixelOperator):
    """Too little light and a high gain: dark, noisy most in the shadows, colors off."""

    key: ClassVar[str] = "camera_gain"
    group: ClassVar[Group] = "sensor"
    stops: float = param(
        3.0,
        "Gain",
        "Largest gain in stops; each halves the light that makes the picture.",
        minimum=0,
        maximum=7,
    )
    exposure: float = param(
        0.5, "Exposure", "Largest error of the exposure in stops, either way.", minimum=0, maximum=3
    )

    def pixels(self, pixels: Pixels, rng: Rng) -> Pixels:
        """Photon noise (its variance is the light) and read noise, at the gain, in linear light."""
        stops, off = rng.random() * self.stops, rng.uniform(-1, 1) * self.exposure
        normal = rng.standard_normal((2, *pixels.shape), np.float32)
        linear = (pixels.astype(np.float32) / 255) ** np.float32(2.2) * np.float32(2**off)
        electrons = linear * np.float32(_FULL_WELL_ELECTRONS / 2**stops)
        seen = electrons + np.sqrt(electrons) * normal[0] + 2 * normal[1]
        light = np.clip(seen / np.float32(_FULL_WELL_ELECTRONS / 2**stops), 0, 1)
        return rounded(light ** np.float32(1 / 2.2) * 255)


@dataclass(frozen=True, slots=True)
class Jpeg(PixelOperator):
    """Blocks and ringing of strong compression."""

    key: ClassVar[str] = "jpeg"
    group: ClassVar[Group] = "sensor"
    quality: int = param(30, "Quality", "Lowest quality; the highest is 95.", minimum=1, maximum=95)

    def pixels(self, pixels: Pixels, rng: Rng) -> Pixels:
        """Encoded and decoded again, at a quality from the lowest to 95."""
        quality = self.quality + int(rng.random() * (95 - self.quality + 1))
        encoded = simplejpeg.encode_jpeg(np.ascontiguousarray(pixels), quality, "RGB", "420")
        return np.asarray(simplejpeg.decode_jpeg(encoded, "RGB"), np.uint8)


@dataclass(frozen=True, slots=True)
class Downscale(PixelOperator):
    """Taken at a lower resolution and enlarged again."""

    key: ClassVar[str] = "downscale"
    group: ClassVar[Group] = "sensor"
    smallest: float = param(0.4, "Smallest", "Least share of each side.", minimum=0.05, maximum=1)

    def pixels(self, pixels: Pixels, rng: Rng) -> Pixels:
        """By area, then bilinear."""
        share = self.smallest + (1 - self.smallest) * rng.random()
        height, width = pixels.shape[:2]
        size = (max(1, round(width * share)), max(1, round(height * share)))
        small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
        return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
