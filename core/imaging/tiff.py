"""TIFF headers (Adobe TIFF 6.0), classic only. Pure."""

import struct

from core.imaging.errors import ImageRefused, corrupt, truncated
from core.imaging.raster import MAX_FRAMES_COUNTED, Raster

_SIZES = {1: "B", 3: "H", 4: "I"}
_WIDTH, _HEIGHT, _BITS, _PHOTOMETRIC, _ORIENTATION, _SAMPLES = 256, 257, 258, 262, 274, 277
_WANTED = {_WIDTH, _HEIGHT, _BITS, _PHOTOMETRIC, _ORIENTATION, _SAMPLES}
_PALETTE, _CMYK = 3, 5


def read_tiff(encoded: bytes) -> Raster:
    """Size and color mode of the first directory; directories are counted as frames. Raises ImageRefused."""
    if len(encoded) < 8:
        raise truncated("TIFF")
    order = "<" if encoded[:2] == b"II" else ">"
    if struct.unpack_from(order + "H", encoded, 2)[0] != 42:
        raise ImageRefused("image_mode_unsupported", "BigTIFF is not read; save it as a classic TIFF")
    tags, at = _directory(encoded, order, struct.unpack_from(order + "I", encoded, 4)[0])
    if _WIDTH not in tags or _HEIGHT not in tags:
        raise corrupt("TIFF")
    frames, seen = 1, {0}
    while at not in seen and frames < MAX_FRAMES_COUNTED:
        seen.add(at)
        frames += 1
        at = _following(encoded, order, at)
    orientation = tags.get(_ORIENTATION, 1)
    return Raster(
        tags[_WIDTH], tags[_HEIGHT], _mode(tags), orientation if 1 <= orientation <= 8 else 1, frames
    )


def _following(encoded: bytes, order: str, at: int) -> int:
    """The offset behind a directory; 0 when there is none, also when the chain is broken."""
    if at + 2 > len(encoded):
        return 0
    end = at + 2 + 12 * int(struct.unpack_from(order + "H", encoded, at)[0])
    return int(struct.unpack_from(order + "I", encoded, end)[0]) if end + 4 <= len(encoded) else 0


def _directory(encoded: bytes, order: str, at: int) -> tuple[dict[int, int], int]:
    """The first value of each tag we look at, and the offset of the next directory (0 for none)."""
    if at + 2 > len(encoded):
        raise truncated("TIFF")
    count = struct.unpack_from(order + "H", encoded, at)[0]
    end = at + 2 + 12 * count
    if end + 4 > len(encoded):
        raise truncated("TIFF")
    tags: dict[int, int] = {}
    for entry in range(at + 2, end, 12):
        tag, kind, values = struct.unpack_from(order + "HHI", encoded, entry)
        if tag in _WANTED and kind in _SIZES and values:
            code = order + _SIZES[kind]
            size = struct.calcsize(code) * values
            where = entry + 8 if size <= 4 else struct.unpack_from(order + "I", encoded, entry + 8)[0]
            if where + struct.calcsize(code) > len(encoded):
                raise truncated("TIFF")
            tags[tag] = struct.unpack_from(code, encoded, where)[0]
    return tags, struct.unpack_from(order + "I", encoded, end)[0]


def _mode(tags: dict[int, int]) -> str:
    bits, samples, photometric = tags.get(_BITS, 1), tags.get(_SAMPLES, 1), tags.get(_PHOTOMETRIC, 1)
    if samples == 1:
        return "P" if photometric == _PALETTE else {1: "1", 16: "I;16", 32: "I"}.get(bits, "L")
    if photometric == _CMYK:
        return "CMYK"
    return {2: "LA", 4: "RGBA"}.get(samples, "RGB")
