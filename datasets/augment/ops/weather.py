"""Haze and fog on and off, rain, snow. Pure."""

from dataclasses import dataclass
from typing import Any, ClassVar, Final

import cv2
import numpy as np

from core.params import param
from datasets.augment import haze
from datasets.augment.base import Group, PixelOperator, Rng, rounded
from datasets.augment.haze import Real
from datasets.augment.ops.blur import line_kernel
from datasets.augment.ops.color import desaturated
from datasets.augment.picture import Pixels

# Density of the air for severity 1 to 5, per unit of depth: the farthest keeps exp(-beta) of its contrast.
FOG_BETA: Final = (0.4, 0.8, 1.3, 1.9, 2.6)
HAZE_BETA: Final = (0.2, 0.4, 0.65, 0.95, 1.3)
# The paper has 0.95. On seven photographs under seven densities of haze 0.9 gained more where haze is light and
# medium, and lost less of a clear picture; 0.95 is better in thick haze only (docs/decisions/0017).
USUAL_OMEGA: Final = 0.9
# How near the bottom of the picture is, in units of the depth of the horizon.
_NEAREST: Final = 0.5
_CLOUD_CELLS: Final = 5
# Drops and flakes are drawn on a layer whose shorter side is this, and enlarged with the picture.
_LAYER_PX: Final = 320


def severity_param() -> Any:
    """From a hint, 1, to almost nothing to be seen, 5."""
    return param(3, "Severity", "From 1, a hint, to 5, hardly anything to be seen.", minimum=1, maximum=5)


def vary_param() -> Any:
    """Severity as it is, or as an upper limit."""
    return param(
        False,
        "Vary",
        "Draw each picture's severity from 1 up to the one given, instead of taking it as it is.",
    )


def severity_of(severity: int, vary: bool, rng: Rng) -> int:
    """The severity of one picture. The draw is made in any case."""
    drawn = 1 + int(rng.random() * severity)
    return drawn if vary else severity


@dataclass(frozen=True, slots=True)
class Dehaze(PixelOperator):
    """Takes haze off by the dark channel prior, refined by a guided filter (`datasets.augment.haze`)."""

    key: ClassVar[str] = "dehaze"
    group: ClassVar[Group] = "weather"
    strength: float = param(
        USUAL_OMEGA, "Strength", "Share of the haze that is taken off.", minimum=0, maximum=1
    )

    def pixels(self, pixels: Pixels, rng: Rng) -> Pixels:
        """The same for the same picture; nothing is drawn."""
        return rounded(haze.dehazed(real_of(pixels), self.strength) * 255)


@dataclass(frozen=True, slots=True)
class Fog(PixelOperator):
    """White, thick, in banks; distance is guessed from height in the picture."""

    key: ClassVar[str] = "fog"
    group: ClassVar[Group] = "weather"
    severity: int = severity_param()
    vary: bool = vary_param()
    banks: float = param(
        0.3, "Banks", "How uneven the fog is; 0 is the same everywhere at a distance.", minimum=0, maximum=1
    )

    def pixels(self, pixels: Pixels, rng: Rng) -> Pixels:
        """The scattering model with the depth of `depth_of`."""
        beta = FOG_BETA[severity_of(self.severity, self.vary, rng) - 1]
        air = np.full(3, rng.uniform(0.86, 0.94), np.float32)
        depth = depth_of(pixels, self.banks, rng)
        return rounded(haze.scattered(real_of(pixels), depth, beta, air) * 255)


@dataclass(frozen=True, slots=True)
class Haze(PixelOperator):
    """Thin, even, faintly blue, as far views have it."""

    key: ClassVar[str] = "haze"
    group: ClassVar[Group] = "weather"
    severity: int = severity_param()
    vary: bool = vary_param()

    def pixels(self, pixels: Pixels, rng: Rng) -> Pixels:
        """The scattering model with the depth of `depth_of`, without banks."""
        beta = HAZE_BETA[severity_of(self.severity, self.vary, rng) - 1]
        air = rng.uniform(0.78, 0.88) * np.array([0.97, 1.0, 1.04], np.float32)
        depth = depth_of(pixels, 0.0, rng)
        return rounded(haze.scattered(real_of(pixels), depth, beta, air.astype(np.float32)) * 255)


@dataclass(frozen=True, slots=True)
class Rain(PixelOperator):
    """Slanted streaks under a duller light."""

    key: ClassVar[str] = "rain"
    group: ClassVar[Group] = "weather"
    severity: int = severity_param()
    vary: bool = vary_param()
    slant: float = param(15.0, "Slant", "Largest angle off the vertical, in degrees.", minimum=0, maximum=45)

    def pixels(self, pixels: Pixels, rng: Rng) -> Pixels:
        """Sparse noise smeared along the wind, added to the picture."""
        severity = severity_of(self.severity, self.vary, rng)
        angle = 90 + rng.uniform(-1, 1) * self.slant
        drops = _specks(pixels, 0.002 + 0.003 * severity, rng)
        kernel = line_kernel(max(3, round(_LAYER_PX * (0.02 + 0.012 * severity))), angle)
        streaks = _enlarged(cv2.filter2D(drops, -1, kernel / kernel.max()), pixels)
        dull = desaturated(pixels, 1 - 0.08 * severity).astype(np.float32) * (1 - 0.04 * severity)
        return rounded(dull + np.minimum(streaks, 1)[..., None] * (40 + 15 * severity))


@dataclass(frozen=True, slots=True)
class Snow(PixelOperator):
    """Flakes of several sizes in a paler picture."""

    key: ClassVar[str] = "snow"
    group: ClassVar[Group] = "weather"
    severity: int = severity_param()
    vary: bool = vary_param()

    def pixels(self, pixels: Pixels, rng: Rng) -> Pixels:
        """Three layers of blurred specks, the nearest largest and rarest."""
        severity = severity_of(self.severity, self.vary, rng)
        pale = desaturated(pixels, 1 - 0.1 * severity).astype(np.float32)
        values = pale + (235 - pale) * (0.04 * severity)
        for size, share in ((0.004, 0.0015), (0.008, 0.0006), (0.014, 0.0002)):
            sigma = max(0.6, _LAYER_PX * size)
            flakes = cv2.GaussianBlur(_specks(pixels, share * severity, rng), (0, 0), sigma)
            # A single speck blurred has its peak at 1 / (2 pi sigma^2).
            cover = np.minimum(_enlarged(flakes, pixels) * (2 * np.pi * sigma * sigma), 1)[..., None]
            values = values + (250 - values) * cover * 0.9
        return rounded(values)


def depth_of(pixels: Pixels, uneven: float, rng: Rng) -> Real:
    """(H, W) depth in units of the horizon, guessed: far above a horizon, nearer below it down to _NEAREST.

    A picture without a horizon gets the same gradient, which is what air looks like from a camera that looks
    a little down. `uneven` multiplies in clouds a fifth of the picture large. Never above 1.5.
    """
    height, width = pixels.shape[:2]
    horizon = rng.uniform(0.1, 0.4)
    cells = rng.normal(0, 1, (_CLOUD_CELLS, _CLOUD_CELLS)).astype(np.float32)
    rows = (np.arange(height, dtype=np.float32) + 0.5) / height
    below = np.clip((rows - horizon) / (1 - horizon), 0, 1)
    depth = 1 - (1 - _NEAREST) * below
    clouds = np.asarray(cv2.resize(cells, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)
    factor = np.clip(1 + 0.4 * np.float32(uneven) * clouds, 0.4, 1.5)
    return np.asarray(depth[:, None] * factor, np.float32)


def real_of(pixels: Pixels) -> Real:
    """0..255 as 0..1."""
    return pixels.astype(np.float32) / np.float32(255)


def _specks(pixels: Pixels, share: float, rng: Rng) -> Real:
    """Zeros with a `share` of random ones, in the format of the picture, _LAYER_PX on its shorter side."""
    height, width = pixels.shape[:2]
    scale = _LAYER_PX / min(height, width)
    rows, columns = min(4 * _LAYER_PX, round(height * scale)), min(4 * _LAYER_PX, round(width * scale))
    layer = np.zeros((rows, columns), np.float32)
    at = rng.random((round(share * rows * columns), 2))
    layer[(at[:, 0] * rows).astype(int), (at[:, 1] * columns).astype(int)] = 1
    return layer


def _enlarged(layer: Any, pixels: Pixels) -> Real:
    height, width = pixels.shape[:2]
    way = cv2.INTER_AREA if layer.shape[0] > height else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(layer, (width, height), interpolation=way), np.float32)
