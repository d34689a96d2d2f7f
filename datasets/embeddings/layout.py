"""A map of vectors: near on the map is near in what the pictures show. Pure; numpy alone.

Principal axes first (one pass for the moments), then the nearest of up to LANDMARKS pictures, then a layout of
their graph after McInnes, Healy and Melville, UMAP (2018): strengths of section 3.1, the attraction and repulsion
of section 3.2 with negative sampling, in steps over many edges at once. What is no landmark is put between its
nearest landmarks. O(N D^2) for the axes, O(N L A) for the neighbors among L landmarks along A axes. Seeded.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Numbers = NDArray[np.int64]
Rows = tuple[Numbers, Floats]

AXES: Final = 48
LANDMARKS: Final = 10_000
NEIGHBORS: Final = 15
_EPOCHS: Final = 200
_SLICES: Final = 6
_NEGATIVES: Final = 5
# The curve 1 / (1 + a d^(2 b)) for a least distance of 0.1 and a spread of 1.
_A, _B = 1.577, 0.895
_CLIP: Final = 4.0
_BETWEEN: Final = 5
_CHUNK: Final = 1_000


@dataclass(frozen=True, slots=True)
class Drawn:
    """`places` (N, 2) in 0 to 1, NaN for rows without a vector; `distances` (N,) to the 10th nearest landmark."""

    places: Floats
    distances: Floats


def map_of(
    read: Callable[[], Iterable[Rows]], count: int, *, seed: int = 0, step: Callable[[], None] = lambda: None
) -> Drawn:
    """The map of `count` rows; `read` gives chunks of (row numbers, (n, D) vectors) and is called twice.

    `step` is called between pieces of work and may raise.
    """
    mean, axes = _principal(read())
    if not axes.size:
        return Drawn(np.full((count, 2), np.nan, np.float32), np.full(count, np.nan, np.float32))
    reduced = np.full((count, axes.shape[1]), np.nan, np.float32)
    for rows, vectors in read():
        reduced[rows] = (vectors - mean) @ axes
    here = np.flatnonzero(~np.isnan(reduced[:, 0]))
    places = np.full((count, 2), np.nan, np.float32)
    far = np.full(count, np.nan, np.float32)
    if len(here) < 3:
        places[here] = 0.5
        return Drawn(places, far)
    draw = np.random.default_rng(seed)
    marks = np.sort(draw.choice(here, min(LANDMARKS, len(here)), replace=False))
    near, distances = nearest_of(
        reduced[marks], reduced[marks], min(NEIGHBORS, len(marks) - 1), itself=True, step=step
    )
    laid = layout(near, distances, reduced[marks, :2], draw, step)
    places[marks], far[marks] = laid, distances[:, -1]
    rest = np.setdiff1d(here, marks)
    if len(rest):
        near, distances = nearest_of(reduced[rest], reduced[marks], NEIGHBORS, step=step)
        weights = 1 / np.maximum(distances[:, :_BETWEEN], 1e-6)
        weights /= weights.sum(axis=1, keepdims=True)
        places[rest] = (laid[near[:, :_BETWEEN]] * weights[:, :, None]).sum(axis=1)
        far[rest] = distances[:, -1]
    low, high = np.nanmin(places, axis=0), np.nanmax(places, axis=0)
    return Drawn(((places - low) / np.maximum(high - low, 1e-9)).astype(np.float32), far)


def nearest_of(
    rows: Floats,
    among: Floats,
    count: int,
    *,
    itself: bool = False,
    step: Callable[[], None] = lambda: None,
) -> tuple[Numbers, Floats]:
    """The `count` nearest of (L, A) `among` for each of (N, A) `rows`, the nearest first, and their distances.

    With `itself` the two are the same and no row is its own neighbor.
    """
    found = np.empty((len(rows), count), np.int64)
    distances = np.empty((len(rows), count), np.float32)
    squares = (among**2).sum(axis=1)
    for start in range(0, len(rows), _CHUNK):
        step()
        part = rows[start : start + _CHUNK]
        apart = squares - 2 * part @ among.T
        if itself:
            apart[np.arange(len(part)), start + np.arange(len(part))] = np.inf
        best = np.argpartition(apart, count - 1, axis=1)[:, :count]
        apart = np.take_along_axis(apart, best, axis=1)
        order = np.argsort(apart, axis=1, kind="stable")
        found[start : start + _CHUNK] = np.take_along_axis(best, order, axis=1)
        exact = np.take_along_axis(apart, order, axis=1) + (part**2).sum(axis=1, keepdims=True)
        distances[start : start + _CHUNK] = np.sqrt(np.maximum(exact, 0))
    return found, distances


def layout(
    near: Numbers, distances: Floats, begin: Floats, draw: np.random.Generator, step: Callable[[], None]
) -> Floats:
    """(L, 2) places of the graph of (L, K) neighbors, from the first two axes on."""
    count = len(near)
    tails, heads, strengths = _edges(near, distances)
    scale = np.maximum(begin.std(axis=0), 1e-9)
    places = (begin / scale * 5 + draw.normal(0, 1e-2, begin.shape)).astype(np.float64)
    chance = strengths / strengths.max()
    for epoch in range(_EPOCHS):
        step()
        rate = 1 - epoch / _EPOCHS
        taken = draw.permutation(np.flatnonzero(draw.random(len(chance)) < chance))
        for edges in np.array_split(taken, _SLICES):
            a, b = tails[edges], heads[edges]
            _move(places, a, b, rate * _pull(places[a] - places[b]))
            a = np.repeat(a, _NEGATIVES)
            others = draw.integers(0, count, len(a))
            pushed = rate * _push(places[a] - places[others])
            _move(places, a, others, pushed, both=False)
    laid: Floats = places.astype(np.float32)
    return laid


def _principal(chunks: Iterable[Rows]) -> tuple[Floats, Floats]:
    """The mean (D,) and the first AXES principal axes (D, A)."""
    count, total, products = 0, np.zeros(0), np.zeros((0, 0))
    for _, vectors in chunks:
        if not count:
            total, products = np.zeros(vectors.shape[1]), np.zeros((vectors.shape[1],) * 2)
        count += len(vectors)
        total += vectors.sum(axis=0, dtype=np.float64)
        products += vectors.T @ vectors
    if not count:
        return np.zeros(0, np.float32), np.zeros((0, 0), np.float32)
    mean = total / count
    _, vectors_of = np.linalg.eigh(products / count - np.outer(mean, mean))
    axes = vectors_of[:, ::-1][:, :AXES]
    # Which of its two directions an axis gets is the library's whim; the largest part of it shall be positive.
    axes = axes * np.sign(np.take_along_axis(axes, np.abs(axes).argmax(axis=0)[None], axis=0))
    return mean.astype(np.float32), axes.astype(np.float32)


def _edges(near: Numbers, distances: Floats) -> tuple[Numbers, Numbers, Doubles]:
    """Pairs, each once and both ways, with a + b - a b of the two strengths."""
    count, neighbors = near.shape
    strengths = _strengths(distances.astype(np.float64))
    tails = np.repeat(np.arange(count), neighbors)
    codes = np.concatenate((tails * count + near.ravel(), near.ravel() * count + tails))
    values = np.concatenate((strengths.ravel(), strengths.ravel()))
    names, place = np.unique(codes, return_inverse=True)
    sums = np.bincount(place, weights=values)
    products = np.zeros(len(names))
    both = np.bincount(place) == 2
    logs = np.bincount(place, weights=np.log(np.maximum(values, 1e-12)))
    products[both] = np.exp(logs[both])
    return names // count, names % count, sums - products


def _strengths(distances: Doubles) -> Doubles:
    """exp(-(d - nearest) / sigma), sigma such that a row adds up to log2 of its neighbors."""
    beyond = np.maximum(distances - distances[:, :1], 0)
    low, high = np.zeros(len(distances)), np.full(len(distances), max(float(distances.max()), 1e-9) * 8)
    target = np.log2(distances.shape[1])
    for _ in range(40):
        sigma = (low + high) / 2
        enough = np.exp(-beyond / np.maximum(sigma, 1e-12)[:, None]).sum(axis=1) > target
        high, low = np.where(enough, sigma, high), np.where(enough, low, sigma)
    strengths: Doubles = np.exp(-beyond / np.maximum(high, 1e-12)[:, None])
    return strengths


def _pull(apart: Doubles) -> Doubles:
    squared = np.maximum((apart**2).sum(axis=1, keepdims=True), 1e-12)
    pull: Doubles = np.clip(
        -2 * _A * _B * squared ** (_B - 1) / (1 + _A * squared**_B) * apart, -_CLIP, _CLIP
    )
    return pull


def _push(apart: Doubles) -> Doubles:
    squared = (apart**2).sum(axis=1, keepdims=True)
    push: Doubles = np.clip(2 * _B / ((1e-3 + squared) * (1 + _A * squared**_B)) * apart, -_CLIP, _CLIP)
    return push


def _move(places: Doubles, a: Numbers, b: Numbers, by: Doubles, *, both: bool = True) -> None:
    for axis in range(2):
        places[:, axis] += np.bincount(a, by[:, axis], len(places))
        if both:
            places[:, axis] -= np.bincount(b, by[:, axis], len(places))
