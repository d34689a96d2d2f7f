"""Vectors of texts without a network: latent semantic analysis of their pieces. Pure; numpy alone.

Deerwester et al., Indexing by Latent Semantic Analysis (1990), with weights 1 + log tf and smoothed log idf, rows of
length one. The axes come from a bounded sample by a randomized singular value decomposition (Halko, Martinsson and
Tropp 2011, algorithm 4.4, two power iterations), a block of rows at a time; all texts are then laid onto them in
one pass. The same texts and seed give the same bytes.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from datasets.embeddings.ngrams import SPACE, Counts, Pieces, pieces_of

Floats = NDArray[np.float32]

KIND: Final = "lsa"
VERSION: Final = 1
WIDTH: Final = 256
VOCABULARY: Final = 1 << 15
# Axes are those of at most so many texts with at most so many pieces in all: 600 MB while they are found.
FITTED: Final = 8_000
MOST_PIECES: Final = 12_000_000
_OVERSAMPLED: Final = 16
_ITERATIONS: Final = 2
_BLOCK: Final = 128


@dataclass(frozen=True, slots=True)
class Meanings:
    """`vocabulary` (V,) pieces in order, their `weights` (V,) and `axes` (V, WIDTH), half precision as stored."""

    vocabulary: Pieces
    weights: Floats
    axes: NDArray[np.float16]


class Projector:
    """Texts to vectors by what was fitted."""

    def __init__(self, fitted: Meanings) -> None:
        self._rows = _places(fitted.vocabulary)
        self._weights = fitted.weights
        self._axes = fitted.axes.astype(np.float32)

    def vector(self, text: str) -> Floats | None:
        """(WIDTH,) of length one; None for a text that shares no piece with those the axes were made of."""
        row = _weighted(*pieces_of(text), self._rows, self._weights)
        if not len(row[0]):
            return None
        laid = row[1] @ self._axes[row[0]]
        length = float(np.linalg.norm(laid))
        return laid / np.float32(length) if length > 1e-6 else None


def fitted_to(texts: Iterable[str], seed: int, step: Callable[[], None] = lambda: None) -> Meanings | None:
    """The axes of up to FITTED texts, in the order given; None when they share nothing. `step` may raise."""
    rows: list[tuple[Pieces, Counts]] = []
    total = 0
    seen = np.zeros(SPACE, np.int32)
    for text in texts:
        step()
        pieces, counts = pieces_of(text)
        if not len(pieces):
            continue
        total += len(pieces)
        if len(rows) == FITTED or total > MOST_PIECES:
            break
        seen[pieces] += 1
        rows.append((pieces, counts))
    vocabulary = _vocabulary(seen)
    if len(rows) < 2 or not len(vocabulary):
        return None
    weights = np.log((1 + len(rows)) / (1 + seen[vocabulary])).astype(np.float32) + 1
    places = _places(vocabulary)
    matrix = [_weighted(*row, places, weights) for row in rows]
    axes = _axes(matrix, len(vocabulary), seed, step)
    return Meanings(vocabulary, weights, axes.astype(np.float16))


def _vocabulary(seen: NDArray[np.int32]) -> Pieces:
    """The pieces of two texts and more, the commonest VOCABULARY of them, in order."""
    shared = np.flatnonzero(seen > 1)
    if len(shared) > VOCABULARY:
        order = np.lexsort((shared, -seen[shared]))
        shared = np.sort(shared[order[:VOCABULARY]])
    return shared.astype(np.int32)


def _places(vocabulary: Pieces) -> Pieces:
    places = np.full(SPACE, -1, np.int32)
    places[vocabulary] = np.arange(len(vocabulary), dtype=np.int32)
    return places


def _weighted(pieces: Pieces, counts: Counts, places: Pieces, weights: Floats) -> tuple[Pieces, Floats]:
    """The columns of a row that are not zero, and their values, of length one in all."""
    columns = places[pieces]
    known = columns >= 0
    columns = columns[known]
    values = (1 + np.log(counts[known])) * weights[columns]
    length = float(np.linalg.norm(values))
    return columns, (values / np.float32(max(length, 1e-12))).astype(np.float32)


def _axes(
    matrix: Sequence[tuple[Pieces, Floats]], columns: int, seed: int, step: Callable[[], None]
) -> Floats:
    """(columns, WIDTH) the right singular vectors; columns of zeros beyond the rank."""
    count = min(WIDTH + _OVERSAMPLED, columns, len(matrix))
    draw = np.random.default_rng(seed)
    basis = draw.standard_normal((columns, count), dtype=np.float32)
    for _ in range(_ITERATIONS + 1):
        made = np.zeros((columns, count), np.float32)
        for block in _blocks(matrix, columns):
            step()
            made += block.T @ (block @ basis)
        basis = np.linalg.qr(made)[0].astype(np.float32)
    products = np.zeros((count, count))
    for block in _blocks(matrix, columns):
        step()
        small = block @ basis
        products += small.T @ small
    values, vectors = np.linalg.eigh(products)
    kept = [at for at in np.argsort(-values)[:WIDTH] if values[at] > 1e-6 * values[-1]]
    found = basis @ vectors[:, kept].astype(np.float32)
    # Which of its two directions an axis gets is the library's whim; the largest part of it shall be positive.
    found *= np.sign(np.take_along_axis(found, np.abs(found).argmax(axis=0)[None], axis=0))
    axes = np.zeros((columns, WIDTH), np.float32)
    axes[:, : len(kept)] = found
    return axes


def _blocks(matrix: Sequence[tuple[Pieces, Floats]], columns: int) -> Iterator[Floats]:
    for start in range(0, len(matrix), _BLOCK):
        part = matrix[start : start + _BLOCK]
        block = np.zeros((len(part), columns), np.float32)
        for row, (places, values) in enumerate(part):
            block[row, places] = values
        yield block
