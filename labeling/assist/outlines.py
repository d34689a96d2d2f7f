"""A mask as a person would hand it in: without specks, and with an outline of few points. Pure."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from datasets.geometry.rings import Ring, traced

# Pieces and holes under this share of the largest piece are noise of the network.
_SPECK: Final = 0.01
_TRACED_SIDE: Final = 1024
_TOLERANCE_PX: Final = 0.9

Mask = NDArray[np.bool_]


def cleaned(mask: Mask) -> Mask:
    """Without specks and pinholes."""
    filled = _without_specks(mask)
    return ~_without_specks(~filled, of=int(filled.sum()))


def outline_of(mask: Mask) -> tuple[Ring, ...]:
    """Rings that fill nearly the mask by the even-odd rule, in its pixels; none for an empty one."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return ()
    top, left = int(rows[0]), int(columns[0])
    part = mask[top : int(rows[-1]) + 1, left : int(columns[-1]) + 1]
    height, width = part.shape
    scale = max(1.0, max(part.shape) / _TRACED_SIDE)
    if scale > 1:
        size = max(1, round(width / scale)), max(1, round(height / scale))
        part = cv2.resize(part.astype(np.uint8), size, interpolation=cv2.INTER_AREA) > 0
    across, along = width / part.shape[1], height / part.shape[0]
    rings = (_simplified(ring) for ring in traced(part))
    return tuple(
        tuple((round(left + x * across, 1), round(top + y * along, 1)) for x, y in ring)
        for ring in rings
        if len(ring) >= 3
    )


def _simplified(ring: Ring) -> Ring:
    points = np.array(ring, np.float32).reshape(-1, 1, 2)
    fewer = cv2.approxPolyDP(points, _TOLERANCE_PX, True).reshape(-1, 2)
    return tuple((float(x), float(y)) for x, y in fewer)


def _without_specks(mask: Mask, of: int = 0) -> Mask:
    count, pieces, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    if count <= 2:
        return mask
    areas = stats[:, cv2.CC_STAT_AREA].copy()
    areas[0] = 0
    least = _SPECK * (of or areas.max())
    return np.asarray((areas >= least)[pieces], np.bool_)
