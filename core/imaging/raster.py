"""Headers of PNG, GIF, BMP and WebP. Pure.

Each reader returns `Raster`; sizes are those stored in the file, before any turning.
"""

import struct
from dataclasses import dataclass

from core.imaging.errors import corrupt, truncated
from core.imaging.exif import orientation_from_exif

MAX_FRAMES_COUNTED = 1_000
MAX_STEPS = 20_000
_GIF_SCANNED_BYTES = 1 << 20
_PNG_MODES = {0: "L", 2: "RGB", 3: "P", 4: "LA", 6: "RGBA"}


@dataclass(frozen=True, slots=True)
class Raster:
    """Stored size in pixels, Pillow's mode name, EXIF orientation, frames (counted up to 1,000)."""

    width: int
    height: int
    mode: str
    orientation: int = 1
    frames: int = 1


def read_png(encoded: bytes) -> Raster:
    """PNG (W3C, third edition), APNG frame count included. Raises ImageRefused."""
    if len(encoded) < 33:
        raise truncated("PNG")
    if encoded[12:16] != b"IHDR":
        raise corrupt("PNG")
    width, height, depth, color = struct.unpack_from(">IIBB", encoded, 16)
    if color not in _PNG_MODES:
        raise corrupt("PNG")
    mode = _PNG_MODES[color]
    if color == 0:
        mode = {1: "1", 16: "I;16"}.get(depth, "L")
    at, orientation, frames = 33, 1, 1
    for _ in range(MAX_STEPS):
        if at + 8 > len(encoded):
            break
        length = int.from_bytes(encoded[at : at + 4], "big")
        kind = encoded[at + 4 : at + 8]
        if kind == b"eXIf":
            orientation = orientation_from_exif(encoded[at + 8 : at + 8 + length])
        elif kind == b"acTL":
            frames = max(1, int.from_bytes(encoded[at + 8 : at + 12], "big"))
        at += 12 + length
    return Raster(width, height, mode, orientation, frames)


def read_gif(encoded: bytes) -> Raster:
    """GIF89a. The first frame may reach beyond the logical screen, so the larger of the two counts.

    Frames are counted within the first megabyte: a file of one-byte blocks must not keep us busy.
    """
    encoded = encoded[:_GIF_SCANNED_BYTES]
    if len(encoded) < 13:
        raise truncated("GIF")
    width, height, flags = struct.unpack_from("<HHB", encoded, 6)
    at = 13 + (3 << (flags & 7) + 1 if flags & 0x80 else 0)
    frames = 0
    while at < len(encoded) and frames < MAX_FRAMES_COUNTED:
        block = encoded[at]
        if block == 0x21:
            at = _past_sub_blocks(encoded, at + 2)
        elif block == 0x2C and at + 10 <= len(encoded):
            left, top, wide, tall, local = struct.unpack_from("<HHHHB", encoded, at + 1)
            if frames == 0:
                width, height = max(width, left + wide), max(height, top + tall)
            frames += 1
            at = _past_sub_blocks(encoded, at + 11 + (3 << (local & 7) + 1 if local & 0x80 else 0))
        else:
            break
    if frames == 0:
        raise truncated("GIF")
    return Raster(width, height, "P", 1, frames)


def _past_sub_blocks(encoded: bytes, at: int) -> int:
    while at < len(encoded) and encoded[at]:
        at += encoded[at] + 1
    return at + 1


def read_bmp(encoded: bytes) -> Raster:
    """BMP with an OS/2 or a Windows header; a negative height means top-down rows."""
    if len(encoded) < 30:
        raise truncated("BMP")
    size = struct.unpack_from("<I", encoded, 14)[0]
    if size == 12:
        width, height, _planes, bits = struct.unpack_from("<HHHH", encoded, 18)
    elif size in (16, 40, 52, 56, 64, 108, 124):
        width, height, _planes, bits = struct.unpack_from("<iiHH", encoded, 18)
    else:
        raise corrupt("BMP")
    mode = {1: "1", 4: "P", 8: "P", 16: "RGB", 24: "RGB", 32: "RGB"}.get(bits)
    if mode is None:
        raise corrupt("BMP")
    return Raster(width, abs(height), mode)


def read_webp(encoded: bytes) -> Raster:
    """WebP, lossy, lossless and extended (RFC 9649)."""
    if len(encoded) < 30:
        encoded = encoded.ljust(30, b"\x00")
    kind = encoded[12:16]
    if kind == b"VP8L":
        if encoded[20] != 0x2F:
            raise corrupt("WebP")
        bits = int.from_bytes(encoded[21:25], "little")
        return Raster((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, "RGBA" if bits >> 28 & 1 else "RGB")
    if kind == b"VP8 ":
        if encoded[23:26] != b"\x9d\x01\x2a":
            raise corrupt("WebP")
        width, height = struct.unpack_from("<HH", encoded, 26)
        return Raster(width & 0x3FFF, height & 0x3FFF, "RGB")
    if kind != b"VP8X":
        raise corrupt("WebP")
    width = int.from_bytes(encoded[24:27], "little") + 1
    height = int.from_bytes(encoded[27:30], "little") + 1
    orientation, frames = _webp_chunks(encoded)
    return Raster(width, height, "RGBA" if encoded[20] & 0x10 else "RGB", orientation, frames)


def _webp_chunks(encoded: bytes) -> tuple[int, int]:
    at, orientation, frames = 12, 1, 0
    for _ in range(MAX_STEPS):
        if at + 8 > len(encoded) or frames == MAX_FRAMES_COUNTED:
            break
        kind, length = encoded[at : at + 4], int.from_bytes(encoded[at + 4 : at + 8], "little")
        if kind == b"EXIF":
            orientation = orientation_from_exif(
                encoded[at + 8 : at + 8 + length].removeprefix(b"Exif\x00\x00")
            )
        frames += kind == b"ANMF"
        at += 8 + length + (length & 1)
    return orientation, max(1, frames)
