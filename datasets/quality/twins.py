"""Pictures that are copies of one another: resized, saved again, lightly trimmed. Pure.

Two steps. Candidates come from banded hashing (Charikar 2002): the low frequencies of the signature, the
same that a perceptual hash takes its bits from, are cut by random planes; pictures that agree in all bits
of one of 24 bands are looked at, at most a few per picture. Then each candidate is registered
(`datasets.quality.align`), which is what tells a trimmed copy from another picture of the same scene. Where the pixels
of the thumbnails are at hand, those decide: in a set of one kind (clothes, faces, parts on a line) pictures share their
outlines, and 24 x 24 cells are hardly more. Whether it is such a set is told by how far pictures agree that were just found
not to be copies.
Costs N log N for the bands and a bounded number of pairs and registrations a picture. Few pictures are all
registered with one another: their mean is no measure of what pictures have in common, so centering would
tear copies apart.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from datasets.quality.align import Fit, fit_pairs
from datasets.quality.align import Floats as Windows
from datasets.quality.blocks import Shades, agreement, cut_to_shared
from datasets.quality.features import chroma_cells, luma_cells

Floats = NDArray[np.float32]
Indices = NDArray[np.int64]

_BANDED_FROM: Final = 64
_BANDS: Final = 24
_LEAST_BITS: Final = 12
_WINDOW: Final = 8
_LEAST_COSINE: Final = 0.82
_BEST_PER_PICTURE: Final = 4
_LUMA_FREQUENCIES: Final = 5
_CHROMA_FREQUENCIES: Final = 3
_CHUNK: Final = 20_000
_FIT_CHUNK: Final = 500
_CORRELATION: Final = 0.96
_DETAIL: Final = 0.9
_PEAK: Final = 3.4
_LEAST_AREA: Final = 0.66
_LEAST_SHARED: Final = 0.9
_EDGE: Final = 0.03
_CHROMA_LEVELS: Final = 14.0
_SEED: Final = 64
# Of the blocks of two thumbnails: what copies agree in at least, and what they do in a set of one kind.
_AGREED: Final = 0.5
_AGREED_OF_A_KIND: Final = 0.92
# In the median pictures of a scene that are no copies agree by 0.03, clothes by 0.35.
_OF_A_KIND: Final = 0.15
_OTHERS_LEAST: Final = 20
_OTHERS_MOST: Final = 500


def _nothing() -> None:
    return None


@dataclass(frozen=True, slots=True)
class _Registered:
    """`pairs` (K, 2) that fit, the `windows` (K, 4) by which they do, and `others` (L, 2) that were found not to."""

    pairs: Indices
    windows: Windows
    others: Indices


def near_pairs(
    signatures: NDArray[np.uint8],
    hashes: NDArray[np.int64],
    *,
    shades: Callable[[Indices], Shades] | None = None,
    step: Callable[[], None] = _nothing,
) -> Indices:
    """Pairs (K, 2) of row numbers that show the same picture, from (N, 322) signatures and (N,) dhashes.

    Rows with one signature are paired with the first of them, which alone is compared with others. `shades` gives
    (n, SHADES, SHADES) luma of n rows, by which what fits is looked at once more. `step` is called between pieces of
    work and may raise.
    """
    if len(signatures) < 2:
        return np.empty((0, 2), np.int64)
    whole = np.ascontiguousarray(signatures).view(np.dtype((np.void, signatures.shape[1])))[:, 0]
    _, firsts, which = np.unique(whole, return_index=True, return_inverse=True)
    first_of = firsts[which]
    equal = np.flatnonzero(first_of != np.arange(len(signatures)))
    firsts = np.sort(firsts)
    found = _registered(signatures[firsts], hashes[firsts], step)
    among = firsts[found.pairs]
    if shades is not None and len(among):
        least = _least_agreed(firsts[found.others], shades, step)
        agreed = _agreed(among, found.windows, shades, step)
        among = among[(agreed[:, 0] >= least) & (agreed[:, 1] >= 0)]
    return np.concatenate((np.stack((first_of[equal], equal), axis=1), among))


def _registered(
    signatures: NDArray[np.uint8], hashes: NDArray[np.int64], step: Callable[[], None]
) -> _Registered:
    """The pairs of rows of which no two are equal."""
    none = np.empty((0, 2), np.int64)
    pairs = candidates(signatures, hashes, step) if len(signatures) > 1 else none
    pairs = pairs[_alike_in_color(pairs, signatures)]
    kept, windows, others = [none], [np.empty((0, 4), np.float32)], [none]
    for start in range(0, len(pairs), _FIT_CHUNK):
        step()
        part = pairs[start : start + _FIT_CHUNK]
        fit = fit_pairs(luma_cells(signatures[part[:, 0]]), luma_cells(signatures[part[:, 1]]))
        fits = _fits(fit)
        kept.append(part[fits])
        windows.append(fit.window[fits].astype(np.float32))
        others.append(part[~fits])
    return _Registered(np.concatenate(kept), np.concatenate(windows), np.concatenate(others))


def _least_agreed(others: Indices, shades: Callable[[Indices], Shades], step: Callable[[], None]) -> float:
    """How far copies have to agree in a set in which these pairs are none."""
    if len(others) < _OTHERS_LEAST:
        return _AGREED
    some = np.random.default_rng(_SEED).permutation(len(others))[:_OTHERS_MOST]
    whole = np.tile(np.array([0, 1, 0, 1], np.float32), (len(some), 1))
    usual = float(np.median(_agreed(others[some], whole, shades, step)[:, 0]))
    return _AGREED_OF_A_KIND if usual >= _OF_A_KIND else _AGREED


def _agreed(
    pairs: Indices, windows: Windows, shades: Callable[[Indices], Shades], step: Callable[[], None]
) -> NDArray[np.float64]:
    """(K, 2) how far the thumbnails of pairs agree in what they show, in the mean and in a tenth of it; 1 for nothing."""
    found = np.ones((len(pairs), 2))
    for start in range(0, len(pairs), _FIT_CHUNK):
        step()
        part = pairs[start : start + _FIT_CHUNK]
        needed, place = np.unique(part, return_inverse=True)
        seen = shades(needed)
        for at, (a, b) in enumerate(place.reshape(-1, 2).tolist(), start):
            told = agreement(*cut_to_shared(seen[a], seen[b], windows[at]))
            if told.shown:
                found[at] = told.mean, told.low
    return found


def groups_of(pairs: Indices, count: int) -> Indices:
    """The group of each of `count` rows, named by its lowest row; rows without a twin are alone in theirs."""
    parent = list(range(count))

    def root(row: int) -> int:
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    for a, b in pairs.tolist():
        low, high = sorted((root(a), root(b)))
        parent[high] = low
    return np.array([root(row) for row in range(count)], np.int64)


def _alike_in_color(pairs: Indices, signatures: NDArray[np.uint8]) -> NDArray[np.bool_]:
    alike = np.empty(len(pairs), np.bool_)
    for start in range(0, len(pairs), _CHUNK):
        part = pairs[start : start + _CHUNK]
        apart = np.abs(chroma_cells(signatures[part[:, 0]]) - chroma_cells(signatures[part[:, 1]]))
        alike[start : start + _CHUNK] = apart.mean(axis=(1, 2, 3)) <= _CHROMA_LEVELS
    return alike


def _fits(fit: Fit) -> NDArray[np.bool_]:
    fits: NDArray[np.bool_] = (
        (fit.correlation >= _CORRELATION) & (fit.detail >= _DETAIL) & (fit.peak <= _PEAK) & _is_trim(fit)
    )
    return fits


def _is_trim(fit: Fit) -> NDArray[np.bool_]:
    """Whether one of the two lies within the other and is most of it, or both share nearly all.

    Two looks at one scene that merely overlap are not copies.
    """
    begin, length = fit.window[:, 0::2], fit.window[:, 1::2]
    end = begin + length
    within = ((begin >= -_EDGE) & (end <= 1 + _EDGE)).all(axis=1)
    around = ((begin <= _EDGE) & (end >= 1 - _EDGE)).all(axis=1)
    shared = np.maximum(np.minimum(end, 1) - np.maximum(begin, 0), 0).prod(axis=1)
    area = length.prod(axis=1)
    union = np.maximum(1 + area - shared, 1e-6)
    trim: NDArray[np.bool_] = (
        (within & (area >= _LEAST_AREA))
        | (around & (area <= 1 / _LEAST_AREA))
        | (shared / union >= _LEAST_SHARED)
    )
    return trim


def candidates(
    signatures: NDArray[np.uint8],
    hashes: NDArray[np.int64] | None,
    step: Callable[[], None],
    *,
    color: bool = True,
) -> Indices:
    """Pairs worth registering, each once: all of few pictures, else the best few of every picture.

    Without `color` it is of no matter what colors they have.
    """
    if len(signatures) < _BANDED_FROM:
        step()
        return np.stack(np.triu_indices(len(signatures), 1), axis=1).astype(np.int64)
    directions = _directions(signatures, step, color=color)
    count, size = directions.shape
    bits = max(_LEAST_BITS, int(np.ceil(np.log2(count))))
    planes = np.random.default_rng(_SEED)
    weights = 1 << np.arange(bits, dtype=np.int64)
    best = _Best(directions)
    if hashes is not None:
        best.fold(_neighbors(hashes, np.zeros(count, np.float32)), least_cosine=-1.0)
    for _ in range(_BANDS):
        step()
        cut = directions @ planes.normal(size=(size, bits + 1)).astype(np.float32)
        best.fold(_neighbors((cut[:, :bits] > 0) @ weights, cut[:, bits]), least_cosine=_LEAST_COSINE)
    return np.stack((best.codes // count, best.codes % count), axis=1)


class _Best:
    """The pairs so far that are among the best few of either of their pictures: at most eight a picture.

    What is among the best of all pairs is among the best of every part of them, so that folding in one part
    after the other loses nothing. A pair (low, high) of N rows is the number low * N + high.
    """

    def __init__(self, directions: Floats) -> None:
        self._directions = directions
        self.codes: Indices = np.empty(0, np.int64)
        self._cosines = np.empty(0, np.float32)

    def fold(self, pairs: Indices, *, least_cosine: float) -> None:
        """Take in the pairs that are alike enough."""
        cosines = _cosines(self._directions, pairs)
        alike = cosines >= least_cosine
        codes = pairs[alike, 0] * len(self._directions) + pairs[alike, 1]
        codes, first = np.unique(np.concatenate((self.codes, codes)), return_index=True)
        cosines = np.concatenate((self._cosines, cosines[alike]))[first]
        kept = np.zeros(len(codes), np.bool_)
        for owner in (codes // len(self._directions), codes % len(self._directions)):
            order = np.lexsort((-cosines, owner))
            begins = np.searchsorted(owner[order], owner[order])
            kept[order[np.arange(len(order)) - begins < _BEST_PER_PICTURE]] = True
        self.codes, self._cosines = codes[kept], cosines[kept]


def _neighbors(keys: NDArray[np.int64], within: Floats) -> Indices:
    """Pairs (low, high) of rows with one key, among the next few in the order of `within`."""
    order = np.lexsort((within, keys))
    found = []
    for distance in range(1, _WINDOW + 1):
        a, b = order[:-distance], order[distance:]
        same = keys[a] == keys[b]
        a, b = a[same], b[same]
        found.append(np.stack((np.minimum(a, b), np.maximum(a, b)), axis=1))
    return np.concatenate(found)


def _cosines(directions: Floats, pairs: Indices) -> Floats:
    cosines = np.empty(len(pairs), np.float32)
    for start in range(0, len(pairs), _CHUNK):
        part = pairs[start : start + _CHUNK]
        cosines[start : start + _CHUNK] = np.einsum(
            "ij,ij->i", directions[part[:, 0]], directions[part[:, 1]]
        )
    return cosines


def _directions(signatures: NDArray[np.uint8], step: Callable[[], None], *, color: bool) -> Floats:
    """(N, 42) unit vectors of low frequencies of luma and, unless without, color (else 24), centered and half whitened over the set."""
    parts = []
    for start in range(0, len(signatures), _CHUNK):
        step()
        part = signatures[start : start + _CHUNK]
        luma = frequencies(luma_cells(part), _LUMA_FREQUENCIES).reshape(len(part), -1)[:, 1:]
        # A cell of color stands for 36 cells of luma: six times the amplitude for the same energy.
        hues = 6 * frequencies(chroma_cells(part), _CHROMA_FREQUENCIES).reshape(len(part), -1)
        parts.append(np.concatenate((luma, hues), axis=1) if color else luma)
    values = np.concatenate(parts).astype(np.float32)
    values -= values.mean(axis=0)
    values /= np.sqrt(values.std(axis=0) + 1e-3)
    values /= np.maximum(np.linalg.norm(values, axis=1, keepdims=True), 1e-6)
    return values


def frequencies(cells: Floats, count: int) -> Floats:
    """The lowest `count` x `count` coefficients of the orthonormal DCT-II over the last two axes."""
    side = cells.shape[-1]
    waves = np.cos(np.pi * (np.arange(side) + 0.5)[None, :] * np.arange(count)[:, None] / side)
    waves *= np.sqrt(np.where(np.arange(count) == 0, 1, 2) / side)[:, None]
    waves32 = waves.astype(np.float32)
    coefficients: Floats = waves32 @ cells @ waves32.T
    return coefficients
