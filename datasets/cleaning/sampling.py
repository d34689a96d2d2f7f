"""Which of many to take: by chance, by share, by value, or as unlike as can be. Pure; a seed repeats it."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]
Floats = NDArray[np.float32]
# More vectors than this are laid into fewer dimensions first, so that a round over all of them stays short.
EXACT_UP_TO: Final = 20_000
PROJECTED: Final = 64
# Distances a diverse sample may take, rounds times vectors: about half an hour of one core.
MOST_DISTANCES: Final = 50_000_000_000


def _nothing() -> None:
    return None


def taken_random(count: int, keep: int, seed: int) -> Indices:
    """`keep` of `count` rows, each as likely; sorted."""
    rng = np.random.default_rng(seed)
    return np.sort(rng.choice(count, min(keep, count), replace=False)).astype(np.int64)


def taken_stratified(keys: Sequence[Hashable], keep: int, seed: int) -> Indices:
    """`keep` rows, of every key its share by the largest remainders (Hamilton); sorted."""
    groups = _groups(keys)
    keep = min(keep, len(keys))
    quotas = [keep * len(rows) / len(keys) for rows in groups]
    sizes = [int(quota) for quota in quotas]
    rest = sorted(range(len(groups)), key=lambda place: (sizes[place] - quotas[place], place))
    for place in rest[: keep - sum(sizes)]:
        sizes[place] += 1
    return _drawn(groups, sizes, seed)


def taken_by_value(keys: Sequence[Hashable], most: int, seed: int) -> Indices:
    """At most `most` rows of every key; sorted."""
    groups = _groups(keys)
    return _drawn(groups, [min(most, len(rows)) for rows in groups], seed)


def projection(count: int, size: int, seed: int) -> Floats | None:
    """(size, PROJECTED), what `count` vectors are multiplied by first; None where they are compared as they are."""
    if count <= EXACT_UP_TO or size <= PROJECTED:
        return None
    return np.random.default_rng((seed, PROJECTED)).normal(size=(size, PROJECTED)).astype(np.float32)


def taken_diverse(vectors: Floats, keep: int, seed: int, *, step: Callable[[], None] = _nothing) -> Indices:
    """`keep` of (N, D) unit vectors, each in turn the one farthest from all taken so far (Gonzalez 1985); sorted.

    No choice of as many leaves a vector more than half as far from its nearest taken one. Over EXACT_UP_TO
    vectors distances are those of a random projection to PROJECTED dimensions, which a caller may have done. `step` is called between rounds
    and may raise.
    """
    count, size = vectors.shape
    if keep >= count:
        return np.arange(count, dtype=np.int64)
    rng = np.random.default_rng(seed)
    first = int(rng.integers(count))
    matrix = projection(count, size, seed)
    vectors = vectors if matrix is None else vectors @ matrix
    squares = np.einsum("ij,ij->i", vectors, vectors)
    nearest = np.full(count, np.inf, np.float32)
    taken = np.empty(keep, np.int64)
    newest = first
    for place in range(keep):
        if place % 64 == 0:
            step()
        taken[place] = newest
        np.minimum(nearest, squares + squares[newest] - 2 * (vectors @ vectors[newest]), out=nearest)
        # Never again, and not for a rounding error either.
        nearest[newest] = -np.inf
        newest = int(nearest.argmax())
    return np.sort(taken)


def _groups(keys: Sequence[Hashable]) -> list[Indices]:
    """Rows by key, in the order in which the keys come first."""
    rows: dict[Hashable, list[int]] = defaultdict(list)
    for row, key in enumerate(keys):
        rows[key].append(row)
    return [np.array(group, np.int64) for group in rows.values()]


def _drawn(groups: Sequence[Indices], sizes: Sequence[int], seed: int) -> Indices:
    rng = np.random.default_rng(seed)
    parts = [rng.choice(rows, size, replace=False) for rows, size in zip(groups, sizes, strict=True)]
    return np.sort(np.concatenate(parts)) if parts else np.empty(0, np.int64)
