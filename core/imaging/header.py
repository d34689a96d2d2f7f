"""What a picture says about itself, and the limits it must keep. Pure; never decodes.

The limits are ours and come from the header, before any library allocates a pixel: a 34-byte WebP can
claim 169 megapixels. Formats are an allow list, told by their first bytes and never by a file's name.
"""

from dataclasses import dataclass
from typing import Final

from core.imaging.errors import ImageRefused, corrupt
from core.imaging.jpeg import read_jpeg
from core.imaging.raster import Raster, read_bmp, read_gif, read_png, read_webp
from core.imaging.tiff import read_tiff

__all__ = ["MAX_PIXELS", "MAX_SIDE_PX", "MEDIA_TYPES", "ImageHeader", "ImageRefused", "probe"]

MAX_PIXELS: Final = 64_000_000
MAX_SIDE_PX: Final = 32_768
MEDIA_TYPES: Final = {
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "gif": "image/gif",
    "bmp": "image/bmp",
    "tiff": "image/tiff",
}
_READERS: Final = {"png": read_png, "gif": read_gif, "bmp": read_bmp, "tiff": read_tiff, "webp": read_webp}


@dataclass(frozen=True, slots=True)
class ImageHeader:
    """`width` and `height` are of the upright picture, in pixels; `mode` is Pillow's name for the colors.

    `orientation` is the EXIF value, 1 to 8; `frames` above 1 is counted up to 1,000, only the first is read.
    """

    format: str
    width: int
    height: int
    mode: str
    orientation: int
    frames: int

    @property
    def media_type(self) -> str:
        """The MIME type that belongs to the bytes."""
        return MEDIA_TYPES[self.format]

    @property
    def stored_size(self) -> tuple[int, int]:
        """Width and height as they lie in the file, before turning upright."""
        return (self.height, self.width) if self.orientation >= 5 else (self.width, self.height)


def probe(encoded: bytes) -> ImageHeader:
    """Read the header. Raises ImageRefused for what is no picture or breaks a limit."""
    kind = format_of(encoded)
    if kind == "jpeg":
        found = read_jpeg(encoded)
        raster = Raster(found.width, found.height, found.mode, found.orientation)
    else:
        raster = _READERS[kind](encoded)
    if raster.width < 1 or raster.height < 1:
        raise corrupt(kind.upper())
    _check_size(raster.width, raster.height)
    width, height = raster.width, raster.height
    if raster.orientation >= 5:
        width, height = height, width
    return ImageHeader(kind, width, height, raster.mode, raster.orientation, raster.frames)


def format_of(encoded: bytes) -> str:
    """The format by its first bytes. Raises ImageRefused."""
    if not encoded:
        raise ImageRefused("image_empty", "the file is empty")
    if encoded.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if encoded.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if encoded.startswith(b"RIFF") and encoded[8:12] == b"WEBP":
        return "webp"
    if encoded.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    if encoded.startswith(b"BM"):
        return "bmp"
    if encoded.startswith((b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")):
        return "tiff"
    raise ImageRefused(
        "image_not_recognized", "not a picture this studio reads; use JPEG, PNG, WebP, GIF, BMP or TIFF"
    )


def _check_size(width: int, height: int) -> None:
    if width > MAX_SIDE_PX or height > MAX_SIDE_PX or width * height > MAX_PIXELS:
        raise ImageRefused(
            "image_too_large",
            f"the picture is {width} x {height}; at most {MAX_PIXELS // 1_000_000} megapixels and "
            f"{MAX_SIDE_PX} pixels a side are read",
        )
