"""JPEG headers: size, components, orientation, number of scans (ITU-T T.81, annex B). Pure."""

import re
from dataclasses import dataclass

from core.imaging.errors import ImageRefused, corrupt, truncated
from core.imaging.exif import orientation_from_exif

MAX_SCANS = 200
MAX_SEGMENTS = 10_000
_FRAME_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_STANDALONE = frozenset(range(0xD0, 0xD9)) | {0x01}
_MODES = {1: "L", 3: "RGB", 4: "CMYK"}
_NEXT_MARKER = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")


@dataclass(frozen=True, slots=True)
class JpegHeader:
    """Stored (not upright) size in pixels, Pillow's mode name, EXIF orientation."""

    width: int
    height: int
    mode: str
    orientation: int


def read_jpeg(encoded: bytes) -> JpegHeader:
    """Walk the segments up to the first scan. Raises ImageRefused."""
    at, frame, orientation, sequential = 2, None, 1, True
    for _ in range(MAX_SEGMENTS):
        marker, at, end = _segment(encoded, at)
        if marker in _FRAME_MARKERS:
            frame, sequential = _frame(encoded, at, end), marker in (0xC0, 0xC1)
        elif marker == 0xE1 and encoded[at : at + 6] == b"Exif\x00\x00":
            orientation = orientation_from_exif(encoded[at + 6 : end])
        elif marker == 0xDA:
            break
        elif marker == 0xD9:
            raise corrupt("JPEG")
        at = end
    else:
        raise corrupt("JPEG")
    if frame is None:
        raise corrupt("JPEG")
    if not (sequential and _MODES.get(encoded[at]) == frame[2]):
        _check_scans(encoded, at - 4)
    return JpegHeader(*frame, orientation)


def _segment(encoded: bytes, at: int) -> tuple[int, int, int]:
    """Marker code, start and end of the segment's content for the marker at or after `at`."""
    for _ in range(MAX_SEGMENTS):
        if at + 2 > len(encoded):
            raise truncated("JPEG")
        if encoded[at] != 0xFF:
            raise corrupt("JPEG")
        marker = encoded[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker in _STANDALONE:
            at += 2
        else:
            break
    else:
        raise corrupt("JPEG")
    if marker == 0xD9:
        return marker, at + 2, at + 2
    if at + 4 > len(encoded):
        raise truncated("JPEG")
    length = int.from_bytes(encoded[at + 2 : at + 4], "big")
    if length < 2:
        raise corrupt("JPEG")
    if at + 2 + length > len(encoded):
        raise truncated("JPEG")
    return marker, at + 4, at + 2 + length


def _frame(encoded: bytes, at: int, end: int) -> tuple[int, int, str]:
    if end - at < 6:
        raise corrupt("JPEG")
    precision, components = encoded[at], encoded[at + 5]
    height, width = (
        int.from_bytes(encoded[at + 1 : at + 3], "big"),
        int.from_bytes(encoded[at + 3 : at + 5], "big"),
    )
    if components not in _MODES or precision != 8:
        raise ImageRefused(
            "image_mode_unsupported", "only 8-bit gray, color and CMYK JPEGs are read; convert it"
        )
    return width, height, _MODES[components]


def _check_scans(encoded: bytes, at: int) -> None:
    """Each scan costs a pass over the picture, whatever it holds; a sequential scan of all colors is the only one."""
    if encoded.count(b"\xff\xda") <= MAX_SCANS:
        return
    scans = 0
    for _ in range(MAX_SEGMENTS):
        if scans > MAX_SCANS:
            break
        found = _NEXT_MARKER.search(encoded, at)
        if found is None:
            return
        at, marker = found.end(), encoded[found.end() - 1]
        if marker == 0xD9:
            return
        scans += marker == 0xDA
        at += int.from_bytes(encoded[at : at + 2], "big")
    raise ImageRefused(
        "image_too_many_scans", f"the JPEG has more than {MAX_SCANS} scans; save it again as an ordinary JPEG"
    )
