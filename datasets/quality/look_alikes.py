"""Pictures that are one but for a mirror, a quarter turn or other colors. Pure.

Every picture is brought into one of eight orientations by its own lowest frequencies (the heavier side of it goes to
the top and to the left, the steeper of the two slopes runs down), so that a mirrored or turned copy arrives where its
original does. Where a slope is too flat to decide, the picture stands there both ways. Those
whose luma is alike there are candidates, found as near copies are (`datasets.quality.twins`) but whatever their
colors, at most a few a picture. What decides are pixels of the thumbnails, in little blocks. Costs what the candidates of
near copies cost, times the ways a picture stands there, about one and a half on photographs, and a look at the
thumbnails of the candidates.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from datasets.quality.blocks import Shades, agreement
from datasets.quality.features import CHROMA_SIDE, SIDE, luma_cells
from datasets.quality.twins import candidates, frequencies

Indices = NDArray[np.int64]
Signatures = NDArray[np.uint8]

# Of the picture's own spread; what saving again and rounding to 16 steps may move.
_UNDECIDED: Final = 0.04
_ROUGH: Final = 0.75
_LEAST_SHOWN: Final = 0.25
_AGREED: Final = 0.92
_LEAST_AGREED: Final = 0.7
_CHUNK: Final = 2_000
_LUMA_BYTES: Final = SIDE * SIDE // 2


def _nothing() -> None:
    return None


def look_alike_pairs(
    signatures: Signatures, shades: Callable[[Indices], Shades], *, step: Callable[[], None] = _nothing
) -> Indices:
    """Pairs (K, 2) of row numbers, low first, each once, from (N, 322) signatures.

    `shades` gives (n, SHADES, SHADES) luma of n rows; one that is gone is all of one shade, and like nothing. Near copies
    that are the same way up and whole are among the pairs. `step` is called between pieces of work and may raise.
    """
    rows, ways, turned = _oriented(signatures, step)
    pairs = candidates(turned, None, step, color=False) if len(rows) > 1 else np.empty((0, 2), np.int64)
    pairs = pairs[rows[pairs[:, 0]] != rows[pairs[:, 1]]]
    kept = np.zeros(len(pairs), np.bool_)
    for start in range(0, len(pairs), _CHUNK):
        step()
        part = pairs[start : start + _CHUNK]
        worth = np.flatnonzero(_roughly(turned, part)) + start
        if not len(worth):
            continue
        needed, place = np.unique(rows[pairs[worth]], return_inverse=True)
        seen = shades(needed)
        for (a, b), (first, second), at in zip(
            place.reshape(-1, 2).tolist(), ways[pairs[worth]].tolist(), worth.tolist(), strict=True
        ):
            kept[at] = is_one(_moved(seen[a], first), _moved(seen[b], second))
    return np.unique(np.sort(rows[pairs[kept]], axis=1), axis=0).reshape(-1, 2)


def is_one(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> bool:
    """Whether two (SHADES, SHADES) luma show one picture: nearly every little block that shows anything agrees.

    Of two shirts of one cut the outlines agree and the cloth does not; of two copies both do, whatever became of light
    and color. Where too few blocks show anything nobody can tell, and the answer is no.
    """
    agreed = agreement(first, second)
    return agreed.shown >= _LEAST_SHOWN and agreed.mean >= _AGREED and agreed.low >= _LEAST_AGREED


def _roughly(signatures: Signatures, pairs: Indices) -> NDArray[np.bool_]:
    """(K,) whether the luma of two signatures go together at all, which costs no file."""
    cells = []
    for rows in pairs.T:
        luma = luma_cells(signatures[rows]).reshape(len(rows), -1)
        luma = luma - luma.mean(axis=1, keepdims=True)
        cells.append(luma / np.maximum(np.linalg.norm(luma, axis=1, keepdims=True), 1e-6))
    rough: NDArray[np.bool_] = np.einsum("ij,ij->i", cells[0], cells[1]) >= _ROUGH
    return rough


def _oriented(signatures: Signatures, step: Callable[[], None]) -> tuple[Indices, Indices, Signatures]:
    """(M,) rows, (M,) the way 0 to 7 each was turned, and (M, 322) the signatures that come of it; M at least N."""
    rows, ways = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for start in range(0, len(signatures), _CHUNK):
        step()
        found = _undecided(luma_cells(signatures[start : start + _CHUNK]))
        picture, way = np.nonzero(found)
        rows.append(picture + start)
        ways.append(way)
    which, how = np.concatenate(rows), np.concatenate(ways)
    turned = np.empty((len(which), signatures.shape[1]), np.uint8)
    for each in range(8):
        mine = how == each
        turned[mine] = _turned(signatures[which[mine]], each)
    return which, how, turned


def _undecided(luma: NDArray[np.float32]) -> NDArray[np.bool_]:
    """(N, 8) the ways of `_turned` that a picture may stand in for its slopes to be as they should, at least one."""
    low = frequencies(luma, 2)
    down, right = low[:, 1, 0], low[:, 0, 1]
    least = _UNDECIDED * SIDE * luma.std(axis=(1, 2))
    steeper = np.abs(down) - np.abs(right)
    ways = []
    for way in range(8):
        # In this order they are done: over the diagonal, upside down, left to right.
        fits = (-steeper if way & 4 else steeper) >= -least
        first, second = (right, down) if way & 4 else (down, right)
        fits &= (-first if way & 2 else first) >= -least
        fits &= (-second if way & 1 else second) >= -least
        ways.append(fits)
    return np.stack(ways, axis=1)


def _turned(signatures: Signatures, way: int) -> Signatures:
    """(N, 322) signatures of the pictures put over their diagonal (4), upside down (2) and left to right (1)."""
    packed = signatures[:, 2 : 2 + _LUMA_BYTES]
    luma = np.stack((packed >> 4, packed & 15), axis=2).reshape(-1, SIDE, SIDE)
    color = signatures[:, 2 + _LUMA_BYTES :].reshape(-1, 2, CHROMA_SIDE, CHROMA_SIDE)
    steps = _moved(luma, way).reshape(-1, SIDE * SIDE)
    hues = _moved(color, way).reshape(-1, 2 * CHROMA_SIDE * CHROMA_SIDE)
    return np.concatenate((signatures[:, :2], (steps[:, 0::2] << 4) | steps[:, 1::2], hues), axis=1)


def _moved(cells: Shades, way: int) -> Shades:
    """The last two axes put over their diagonal (4), upside down (2) and left to right (1)."""
    moved = np.swapaxes(cells, -1, -2) if way & 4 else cells
    moved = moved[..., ::-1, :] if way & 2 else moved
    return np.ascontiguousarray(moved[..., ::-1] if way & 1 else moved)
