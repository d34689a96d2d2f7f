"""Photographs that packages carry, small, and the depth of one of them."""

from functools import cache
from pathlib import Path

import cv2
import numpy as np
import skimage.data
from sklearn.datasets import load_sample_images

SHORTER_PX = 240
NAMES = ("astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg", "motorcycle_left.png")


@cache
def photos():
    """Name -> (H, W, 3) uint8, the shorter side SHORTER_PX."""
    folder = Path(skimage.data.__file__).parent
    found = {name: cv2.imread(str(folder / name), cv2.IMREAD_COLOR)[..., ::-1] for name in NAMES}
    for name, pixels in zip(("china", "flower"), load_sample_images().images, strict=True):
        found[name] = pixels
    return {name: _shrunk(pixels) for name, pixels in found.items()}


@cache
def motorcycle_depth():
    """(H, W) float32, 1 at the farthest, from the measured disparity of the picture's stereo pair."""
    folder = Path(skimage.data.__file__).parent
    with np.load(folder / "motorcycle_disp.npz") as file:
        disparity = file["arr_0"].astype(np.float32)
    known = np.isfinite(disparity)
    disparity = np.where(known, disparity, np.median(disparity[known]))
    depth = 1 / np.maximum(disparity, 1)
    height, width = photos()["motorcycle_left.png"].shape[:2]
    return cv2.resize(depth / depth.max(), (width, height), interpolation=cv2.INTER_AREA)


def _shrunk(pixels):
    scale = SHORTER_PX / min(pixels.shape[:2])
    return cv2.resize(np.ascontiguousarray(pixels), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
