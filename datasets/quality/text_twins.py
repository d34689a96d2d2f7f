"""Texts that say nearly the same: MinHash and banding (Broder 1997; Leskovec et al. 2020, section 3.4). Pure."""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

SIGNS: Final = 128
_SHINGLE: Final = 5
_BANDS: Final = 32
_ROWS: Final = SIGNS // _BANDS
_ALIKE: Final = 0.65
_WINDOW: Final = 8
_CHUNK: Final = 4_096
# Under this a few letters make two texts alike that are not.
_LEAST_CHARACTERS: Final = 20
Signs = NDArray[np.uint32]
_RANDOM: Final = np.random.default_rng(20_261_126)
_FACTORS: Final = _RANDOM.integers(1, 2**63, SIGNS, np.uint64) | np.uint64(1)
_POWERS: Final = np.array([pow(1_000_003, i, 2**64) for i in range(_SHINGLE)], np.uint64)


def signs_of(text: str) -> Signs | None:
    """(128,) least hashes of the runs of five characters of a text; None for one that is too short to tell."""
    if len(text) < _LEAST_CHARACTERS:
        return None
    points = np.frombuffer(text.encode("utf-32-le"), np.uint32).astype(np.uint64)
    count = len(points) - _SHINGLE + 1
    hashes = np.zeros(count, np.uint64)
    for offset in range(_SHINGLE):
        hashes += points[offset : offset + count] * _POWERS[offset]
    hashes = np.unique(_mixed(hashes))
    least = np.full(SIGNS, np.iinfo(np.uint32).max, np.uint32)
    for start in range(0, len(hashes), _CHUNK):
        part = (hashes[start : start + _CHUNK, None] * _FACTORS) >> np.uint64(32)
        least = np.minimum(least, part.min(axis=0).astype(np.uint32))
    return least


def alike_pairs(signs: Signs, *, step: Callable[[], None] = lambda: None) -> NDArray[np.int64]:
    """(P, 2) rows (low, high) of N signatures (N, 128) of which at least 65 % of the signs agree.

    Only neighbors in a band's order are compared, which is linear in N but for the sorting; `step` is called
    between bands.
    """
    found: list[NDArray[np.int64]] = [np.empty((0, 2), np.int64)]
    for band in range(_BANDS):
        step()
        rows = np.ascontiguousarray(signs[:, band * _ROWS : (band + 1) * _ROWS])
        keys = rows.view(np.dtype((np.void, rows.dtype.itemsize * _ROWS))).ravel()
        _, numbers = np.unique(keys, return_inverse=True)
        order = np.argsort(numbers, kind="stable")
        for distance in range(1, min(_WINDOW, len(order) - 1) + 1):
            a, b = order[:-distance], order[distance:]
            same = numbers[a] == numbers[b]
            found.append(_agreeing(signs, a[same], b[same]))
    return np.unique(np.concatenate(found), axis=0)


def _agreeing(signs: Signs, a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.int64]:
    kept = [np.empty(0, np.bool_)]
    for start in range(0, len(a), _CHUNK):
        left, right = signs[a[start : start + _CHUNK]], signs[b[start : start + _CHUNK]]
        kept.append((left == right).mean(axis=1) >= _ALIKE)
    mask = np.concatenate(kept)
    return np.stack((np.minimum(a[mask], b[mask]), np.maximum(a[mask], b[mask])), axis=1)


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finalizer of MurmurHash3, so that near numbers are far apart."""
    values = (values ^ (values >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    values = (values ^ (values >> np.uint64(33))) * np.uint64(0xC4CEB9FE1A85EC53)
    return values ^ (values >> np.uint64(33))
