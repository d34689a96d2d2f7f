"""Haze: put on by the atmospheric scattering model, taken off by the dark channel prior. Pure.

The model is I = J t + A (1 - t) with t = exp(-beta d): J the scene, A the light of the air, d the depth
(Koschmieder; eqs. 1 and 2 of He, Sun, Tang, "Single image haze removal using dark channel prior", CVPR 2009).
Pictures here are (H, W, 3) float32 in 0..1, maps (H, W) float32.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Real = NDArray[np.float32]

# Constants of the paper: omega (sec. 4.2), t0 (sec. 4.4), the share of brightest dark pixels (sec. 4.5).
OMEGA: Final = 0.95
LEAST_TRANSMISSION: Final = 0.1
AIR_SHARE: Final = 0.001
# A patch of 15 pixels in pictures of 600 x 400; here as a share of the shorter side.
_PATCH: Final = 15 / 400
_GUIDE_RADIUS: Final = 60 / 400
_GUIDE_EPSILON: Final = 1e-3


def scattered(scene: Real, depth: Real, beta: float, air: Real) -> Real:
    """The scene behind air of density `beta` and light `air` (3,), `depth` in units of one."""
    transmission = np.exp(-beta * depth)[..., None]
    return np.asarray(scene * transmission + air * (1 - transmission), np.float32)


def dark_channel(picture: Real, patch_px: int) -> Real:
    """The least of the three colors in a square around each pixel (eq. 5)."""
    least = cv2.min(cv2.min(picture[..., 0], picture[..., 1]), picture[..., 2])
    return np.asarray(cv2.erode(least, np.ones((patch_px, patch_px), np.uint8)), np.float32)


def air_light(picture: Real, dark: Real) -> Real:
    """(3,) the mean color of the AIR_SHARE of pixels that are brightest in the dark channel."""
    flat = dark.ravel()
    count = max(1, round(len(flat) * AIR_SHARE))
    brightest = np.argpartition(flat, len(flat) - count)[-count:]
    light = picture.reshape(-1, 3)[brightest].mean(axis=0)
    return np.asarray(np.maximum(light, 1e-3), np.float32)


def guided_filter(guide: Real, source: Real, radius_px: int, epsilon: float) -> Real:
    """`source` smoothed along the edges of a gray `guide` (He, Sun, Tang, "Guided image filtering", ECCV 2010,
    algorithm 1). Linear in the number of pixels, whatever the radius."""
    size = (2 * radius_px + 1, 2 * radius_px + 1)

    def mean(values: Real) -> Real:
        return np.asarray(cv2.blur(values, size, borderType=cv2.BORDER_REFLECT), np.float32)

    mean_guide, mean_source = mean(guide), mean(source)
    variance = mean(np.asarray(guide * guide, np.float32)) - mean_guide * mean_guide
    covariance = mean(np.asarray(guide * source, np.float32)) - mean_guide * mean_source
    slope = np.asarray(covariance / (variance + np.float32(epsilon)), np.float32)
    base = np.asarray(mean_source - slope * mean_guide, np.float32)
    return np.asarray(mean(slope) * guide + mean(base), np.float32)


def dehazed(picture: Real, omega: float = OMEGA) -> Real:
    """The scene without its haze, unclipped: transmission by eq. 12, refined by the guided filter, scene by eq. 16."""
    shorter = min(picture.shape[:2])
    patch = max(3, round(shorter * _PATCH) | 1)
    air = air_light(picture, dark_channel(picture, patch))
    coarse = 1 - np.float32(omega) * dark_channel(picture / air, patch)
    gray = np.asarray(picture @ np.array([0.299, 0.587, 0.114], np.float32), np.float32)
    fine = guided_filter(gray, coarse, max(2, round(shorter * _GUIDE_RADIUS)), _GUIDE_EPSILON)
    transmission = np.clip(fine, LEAST_TRANSMISSION, 1)[..., None]
    return np.asarray((picture - air) / transmission + air, np.float32)
