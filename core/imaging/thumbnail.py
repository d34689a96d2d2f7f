"""Small JPEGs for lists and grids. Pure.

JPEGs are decoded already reduced (DCT scaling asked for the *fitted* size), then shrunk by area. The
result holds pixels only: encoding starts from an array, so no EXIF, profile or comment can survive.
"""

import numpy as np
import simplejpeg
from numpy.typing import NDArray

from core.imaging.decode import decode_scaled, jpeg_scale
from core.imaging.header import probe

QUALITY = 78


def thumbnail(picture: bytes | NDArray[np.uint8], side_px: int) -> bytes:
    """A JPEG whose longer side is `side_px` (never enlarged), from file bytes or (H, W, 3) uint8 RGB pixels.

    Raises ImageRefused for bytes that are no picture.
    """
    if isinstance(picture, np.ndarray):
        pixels = picture
        width, height = fitted(pixels.shape[1], pixels.shape[0], side_px)
    else:
        header = probe(picture)
        width, height = fitted(header.width, header.height, side_px)
        scale = jpeg_scale(min(header.width, header.height), min(width, height))
        pixels = decode_scaled(picture, header, scale)
    encoded: bytes = simplejpeg.encode_jpeg(
        shrunk(pixels, width, height), quality=QUALITY, colorspace="RGB", colorsubsampling="420"
    )
    return encoded


def fitted(width: int, height: int, side_px: int) -> tuple[int, int]:
    """The size in pixels that fits a square of `side_px`, shape kept, at least 1 by 1, never larger."""
    longer = max(width, height)
    if longer <= side_px:
        return width, height
    return max(1, round(width * side_px / longer)), max(1, round(height * side_px / longer))


def shrunk(pixels: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB pixels brought to a smaller size by the mean of the area; C-contiguous."""
    if pixels.shape[:2] == (height, width):
        return np.ascontiguousarray(pixels)
    import cv2  # forty megabytes that the data plane never needs

    cv2.setNumThreads(0)
    smaller: NDArray[np.uint8] = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA).astype(
        np.uint8, copy=False
    )
    return smaller
