"""PNG files that hold labels instead of colors of light. Pure."""

import io
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

MAX_PIXELS: Final = 64_000_000
_PLAIN: Final = frozenset(("1", "L", "P", "I;16", "I"))
_COLORS: Final = 256


class PngRefused(Exception):
    """The bytes are no PNG of labels that is read; the message says why."""


def png_numbers(content: bytes) -> tuple[NDArray[np.int64], list[tuple[int, int, int]] | None]:
    """(H, W) numbers, and the color of each number where the file has a palette.

    Of a colored PNG the number is `red << 16 | green << 8 | blue`, without a palette. Raises PngRefused; nothing
    is unpacked before the size is known to be below MAX_PIXELS.
    """
    try:
        with Image.open(io.BytesIO(content), formats=("PNG",)) as image:
            if image.width * image.height > MAX_PIXELS:
                raise PngRefused("a mask has too many pixels")
            if image.mode in _PLAIN:
                palette = image.getpalette("RGB") if image.mode == "P" else None
                return np.asarray(image).astype(np.int64), _colors(palette)
            rows = np.asarray(image.convert("RGB")).astype(np.int64)
    except PngRefused:
        raise
    except (OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError) as exc:
        raise PngRefused("a mask is no PNG, or is damaged") from exc
    return rows[..., 0] << 16 | rows[..., 1] << 8 | rows[..., 2], None


def png_of_mask(mask: NDArray[np.bool_]) -> bytes:
    """One bit a pixel."""
    return _saved(Image.fromarray(np.asarray(mask, np.bool_)))


def png_of_classes(numbers: NDArray[np.uint8], colors: list[tuple[int, int, int]]) -> bytes:
    """A byte a pixel with the color of each number."""
    height, width = numbers.shape
    image = Image.frombytes("P", (width, height), numbers.tobytes())
    image.putpalette([value for color in colors[:_COLORS] for value in color])
    return _saved(image)


def png_of_colors(colors: NDArray[np.uint8]) -> bytes:
    """(H, W, 3) red, green, blue."""
    return _saved(Image.fromarray(colors))


def png_of_ids(numbers: NDArray[np.uint16]) -> bytes:
    """Two bytes a pixel."""
    return _saved(Image.fromarray(np.asarray(numbers, np.uint16)))


def _saved(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _colors(palette: list[int] | None) -> list[tuple[int, int, int]] | None:
    if palette is None:
        return None
    return [(palette[i], palette[i + 1], palette[i + 2]) for i in range(0, len(palette) - 2, 3)]
