"""Rows made up between rows of a class, of numbers and words alike: SMOTE-NC with gaps. Pure.

Chawla, Bowyer, Hall, Kegelmeyer 2002: a row of the class, one of its nearest, and a point between the two; a word
is the most frequent among the nearest (section 6.1). Unlike there numbers are measured in standard deviations, so that
no unit decides which rows are near, and a word that differs counts as one of these. Where one of two rows has a gap
they differ by one as well; where both have, by nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]
Places = NDArray[np.int64]
GAP: Final = -1
_BLOCK: Final = 128


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one class: `numbers` (N, A), NaN a gap, and `codes` (N, B) of words, GAP a gap.

    `scale` (A,) is the standard deviation of each number among all rows to learn from, 0 for one that is constant.
    """

    numbers: Numbers
    codes: Codes
    scale: Numbers

    def __len__(self) -> int:
        return len(self.numbers)


@dataclass(frozen=True, slots=True)
class Made:
    """Made rows: the place of the row each began from (M,), `numbers` (M, A) and `codes` (M, B)."""

    base: Places
    numbers: Numbers
    codes: Codes


def nearest_mixed(rows: Rows, wanted: Places, count: int) -> Places:
    """(M, count): the places of the nearest other rows of each wanted one, nearest first, of equal ones the first.

    Memory is 128 rows wide and N long.
    """
    filled = np.isfinite(rows.numbers)
    spread = np.where(rows.scale > 0, rows.scale, 1.0)
    values = np.where(filled, rows.numbers / spread, 0.0)
    there = filled.astype(np.float64)
    squares, amount = values**2, there.sum(axis=1)
    found = np.empty((len(wanted), count), np.int64)
    for start in range(0, len(wanted), _BLOCK):
        at = wanted[start : start + _BLOCK]
        distance = squares[at] @ there.T + there[at] @ squares.T - 2 * values[at] @ values.T
        distance += amount[at, None] + amount - 2 * there[at] @ there.T
        for column in rows.codes.T:
            distance += column[at, None] != column
        # What only rounding tells apart is equally near.
        distance = np.round(np.maximum(distance, 0.0), 9)
        distance[np.arange(len(at)), at] = np.inf
        found[start : start + _BLOCK] = _first(distance, count)
    return found


def _first(distance: Numbers, count: int) -> Places:
    """The places of the `count` least of each row in order; a sort of all would cost ten times as much."""
    bound = np.partition(distance, count - 1, axis=1)[:, count - 1]
    picked = np.empty((len(distance), count), np.int64)
    for at, row in enumerate(distance):
        near = np.flatnonzero(row <= bound[at])
        picked[at] = near[np.argsort(row[near], kind="stable")[:count]]
    return picked


def voted(codes: Codes, near: Places) -> Codes:
    """(M, B): of each column the word that most of the near rows have; of equal ones that of the nearest."""
    said = codes[near]
    votes = (said[:, :, None, :] == said[:, None, :, :]).sum(axis=2)
    winner = votes.argmax(axis=1)
    return np.take_along_axis(said, winner[:, None, :], axis=1)[:, 0, :]


def rows_made(
    rows: Rows, wanted: int, neighbors: int, rng: np.random.Generator, chunk: int = 10_000
) -> Iterator[Made]:
    """As many rows as wanted, a chunk at a time. A class of one row is copied."""
    count = min(neighbors, len(rows) - 1)
    for start in range(0, wanted, chunk):
        size = min(chunk, wanted - start)
        base = rng.integers(0, len(rows), size)
        if count < 1:
            yield Made(base, rows.numbers[base], rows.codes[base])
            continue
        asked, back = np.unique(base, return_inverse=True)
        near = nearest_mixed(rows, asked, count)[back]
        other = near[np.arange(size), rng.integers(0, count, size)]
        share = rng.random((size, 1))
        own, far = rows.numbers[base], rows.numbers[other]
        between = own + share * (far - own)
        yield Made(base, np.where(np.isfinite(between), between, own), voted(rows.codes, near))


def class_targets(counts: dict[str, int], share: float) -> dict[str, int]:
    """How many rows of each class are to be made so that it has this share of the most frequent one."""
    most = max(counts.values(), default=0)
    return {name: max(0, round(share * most) - count) if count else 0 for name, count in counts.items()}


def weights_of(counts: dict[str, int]) -> dict[str, float]:
    """Of each class, so that all weigh the same and the mean over the rows is 1; one without rows has none."""
    present = {name: count for name, count in counts.items() if count}
    total = sum(present.values())
    return {name: total / (len(present) * count) for name, count in present.items()}
