"""The decode rule `studio-decode/1`: bytes in, upright RGB pixels out, the same on every machine. Pure.

JPEG: libjpeg-turbo, accurate DCT, smooth chroma; the strongest scale of 1/1, 1/2, 1/4, 1/8 that keeps the
shorter side at or above the floor. Everything else: Pillow, whole. Then EXIF orientation, and the colors:
transparency on white, 16 bits scaled to 8, CMYK through its profile (plain conversion without one).
An RGB profile is not applied. Only the first frame is read.
"""

import numpy as np
import simplejpeg
from numpy.typing import NDArray

from core.imaging.errors import corrupt, truncated
from core.imaging.header import ImageHeader, probe

Pixels = NDArray[np.uint8]

# Under eight pixels two different scales can give one size, and libjpeg-turbo would choose for us.
_LEAST_SIDE_PX = 8


def decode(encoded: bytes, floor_px: int | None = None) -> Pixels:
    """Pixels (H, W, 3) uint8 RGB, upright, C-contiguous. Raises ImageRefused.

    With `floor_px` a JPEG comes reduced, its shorter side never under that; other formats come whole.
    """
    header = probe(encoded)
    scale = 1 if floor_px is None else jpeg_scale(min(header.width, header.height), floor_px)
    return decode_scaled(encoded, header, scale)


def decode_scaled(encoded: bytes, header: ImageHeader, scale: int) -> Pixels:
    """As `decode`, with the header at hand and the DCT scale (1, 2, 4 or 8) chosen by the caller."""
    if header.format == "jpeg" and header.mode != "CMYK":
        pixels = _decode_jpeg(encoded, header, scale)
    else:
        # Most pictures are JPEGs, and a process that opens no other starts without Pillow.
        from core.imaging.pillow import decode_with_pillow

        pixels = decode_with_pillow(encoded, header)
    return upright(pixels, header.orientation)


def jpeg_scale(shorter_side_px: int, floor_px: int) -> int:
    """The strongest of 8, 4, 2, 1 by which the side may shrink without falling under the floor."""
    floor_px = max(floor_px, _LEAST_SIDE_PX)
    for scale in (8, 4, 2):
        if -(-shorter_side_px // scale) >= floor_px:
            return scale
    return 1


def upright(pixels: Pixels, orientation: int) -> Pixels:
    """Turn stored pixels by their EXIF orientation, 1 to 8."""
    if orientation == 1:
        return pixels
    if orientation >= 5:
        pixels = pixels.transpose(1, 0, 2)
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels)


def _decode_jpeg(encoded: bytes, header: ImageHeader, scale: int) -> Pixels:
    width, height = header.stored_size
    size = {"min_width": -(-width // scale), "min_height": -(-height // scale), "min_factor": float(scale)}
    try:
        pixels: Pixels = simplejpeg.decode_jpeg(encoded, "RGB", strict=True, **size)
    except ValueError as problem:
        if "remature end" in str(problem):
            raise truncated("JPEG") from problem
        pixels = _decode_leniently(encoded, size)
    if pixels.shape[:2] != (size["min_height"], size["min_width"]):
        raise corrupt("JPEG")
    return pixels


def _decode_leniently(encoded: bytes, size: dict[str, float]) -> Pixels:
    """Some cameras write harmless oddities that libjpeg-turbo only warns of."""
    try:
        pixels: Pixels = simplejpeg.decode_jpeg(encoded, "RGB", strict=False, **size)
    except ValueError as problem:
        raise corrupt("JPEG") from problem
    return pixels
