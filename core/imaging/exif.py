"""The orientation tag out of an EXIF block. Pure."""

import struct

ORIENTATION_TAG = 0x0112
MAX_ENTRIES = 1_000


def orientation_from_exif(block: bytes) -> int:
    """1 to 8 out of a TIFF-structured block (without the `Exif` marker); 1 when absent or damaged."""
    order = {b"II": "<", b"MM": ">"}.get(block[:2])
    if order is None or len(block) < 8:
        return 1
    start = struct.unpack_from(order + "I", block, 4)[0]
    if start + 2 > len(block):
        return 1
    count = min(struct.unpack_from(order + "H", block, start)[0], MAX_ENTRIES)
    for index in range(count):
        at = start + 2 + 12 * index
        if at + 12 > len(block):
            break
        tag, kind, _count, value = struct.unpack_from(order + "HHIH", block, at)
        if tag == ORIENTATION_TAG and kind == 3:
            return value if 1 <= value <= 8 else 1
    return 1
