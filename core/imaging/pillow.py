"""The formats and color modes that Pillow reads for the decode rule. Pure."""

import io
import struct
import zlib

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from core.imaging.errors import ImageRefused, corrupt, truncated
from core.imaging.header import ImageHeader

_DAMAGE = (
    OSError, ValueError, SyntaxError, EOFError, LookupError, TypeError, ArithmeticError, NotImplementedError,
    AttributeError, MemoryError, struct.error, zlib.error, Image.DecompressionBombError,
)  # fmt: skip
_PLAIN = frozenset({"1", "L", "P", "RGB", "RGBX", "CMYK", "YCbCr", "HSV", "LAB"})
_WITH_ALPHA = frozenset({"LA", "La", "PA", "RGBA", "RGBa"})


def decode_with_pillow(encoded: bytes, header: ImageHeader) -> NDArray[np.uint8]:
    """The first frame, whole, as stored (H, W, 3) uint8 RGB. Raises ImageRefused."""
    try:
        with Image.open(io.BytesIO(encoded), formats=[header.format.upper()]) as image:
            stored = header.stored_size if header.format != "tiff" else (header.width, header.height)
            if image.size != stored:
                raise corrupt(header.format.upper())
            image.load()
            pixels = np.array(_rgb(image), dtype=np.uint8)
    except _DAMAGE as problem:
        if "truncated" in str(problem):
            raise truncated(header.format.upper()) from problem
        raise corrupt(header.format.upper()) from problem
    if header.format == "tiff":
        return _as_stored(pixels, header.orientation)
    return pixels


def _as_stored(pixels: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """Pillow turns a TIFF upright by itself; undo it, so that turning happens in one place."""
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return pixels.transpose(1, 0, 2) if orientation >= 5 else pixels


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):
        return Image.fromarray(_eight_bits(np.asarray(image))).convert("RGB")
    if image.mode in _WITH_ALPHA or (image.mode in _PLAIN and "transparency" in image.info):
        return _on_white(image)
    if image.mode == "CMYK":
        return _from_cmyk(image)
    if image.mode == "LAB":
        srgb = ImageCms.createProfile("sRGB")
        return _converted(image, ImageCms.createProfile("LAB"), srgb)
    if image.mode in _PLAIN:
        return image.convert("RGB")
    raise ImageRefused(
        "image_mode_unsupported", f"colors of kind {image.mode} are not read; save it as 8-bit RGB"
    )


def _eight_bits(gray: NDArray[np.generic]) -> NDArray[np.uint8]:
    """16-bit gray to 8 bits: 0 to 65,535 onto 0 to 255, rounded. Wider integers are clipped first."""
    wide = np.clip(gray.astype(np.int64), 0, 65_535)
    return ((wide + 128) // 257).astype(np.uint8)


def _on_white(image: Image.Image) -> Image.Image:
    layered = image.convert("RGBA")
    white = Image.new("RGBA", layered.size, (255, 255, 255, 255))
    white.alpha_composite(layered)
    return white.convert("RGB")


def _from_cmyk(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile")
    if not profile:
        return image.convert("RGB")
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return _converted(image, source, ImageCms.createProfile("sRGB"))
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image.convert("RGB")


def _converted(image: Image.Image, source: object, target: object) -> Image.Image:
    converted = ImageCms.profileToProfile(image, source, target, outputMode="RGB")  # type: ignore[arg-type]
    if converted is None:
        raise corrupt("picture's color profile")
    return converted
