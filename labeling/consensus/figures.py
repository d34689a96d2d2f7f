"""Figures of agreement from counts. Pure: numpy.

Every figure is computed from how often each distinct pattern of answers was seen, never from the single
answers: a million samples with a hundred different patterns cost a hundred rows, and a bootstrap over
samples is a multinomial draw of the patterns. `weights` therefore may have leading axes (..., n), one row
a replicate, and the figures then have those axes; a figure that does not exist is NaN.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Level = Literal["nominal", "ordinal", "interval"]


def cohen_kappa(cells: NDArray[np.int64], weights: Floats, classes: int) -> Floats:
    """Agreement of two people beyond chance (Cohen 1960, eq. 1).

    `cells` (n, 2): the class indices that the two chose; `weights` (..., n): how often each pair was seen.
    NaN without pairs, and where chance alone explains everything.
    """
    eye = np.eye(classes)
    left, right = weights @ eye[cells[:, 0]], weights @ eye[cells[:, 1]]
    total = weights.sum(axis=-1)
    same = weights @ (cells[:, 0] == cells[:, 1]).astype(np.float64)
    return _beyond_chance(_share(same, total), _share((left * right).sum(axis=-1), total**2))


def observed(counts: NDArray[np.int64], weights: Floats) -> Floats:
    """The share of pairs of answers to one sample that are the same, every sample counting alike.

    `counts` (n, classes): how many people chose each class of a sample; rows below two answers do not count.
    """
    answers = counts.sum(axis=1)
    paired = answers >= 2
    alike = (counts * (counts - 1)).sum(axis=1)[paired] / (answers * (answers - 1))[paired]
    return _share(weights[..., paired] @ alike, weights[..., paired].sum(axis=-1))


def fleiss_kappa(counts: NDArray[np.int64], weights: Floats) -> Floats:
    """Agreement of a fixed number of people beyond chance (Fleiss 1971, eqs. 1-7).

    `counts` (n, classes), `weights` (..., n). Only the samples with the most frequent number of answers, two at
    least, count: the figure is defined for one number. NaN where there are none.
    """
    answers = counts.sum(axis=1)
    if not (answers >= 2).any():
        return np.full(weights.shape[:-1], np.nan)
    base = weights.reshape(-1, weights.shape[-1]).sum(axis=0)
    sizes = np.unique(answers[answers >= 2])
    usual = sizes[np.argmax([base[answers == size].sum() for size in sizes])]
    kept = answers == usual
    shares = (weights[..., kept] @ counts[kept]) / usual
    expected = _share((shares**2).sum(axis=-1), weights[..., kept].sum(axis=-1) ** 2)
    return _beyond_chance(observed(counts[kept], weights[..., kept]), expected)


def krippendorff_alpha(
    counts: NDArray[np.int64], weights: Floats, level: Level = "nominal", values: Floats | None = None
) -> Floats:
    """Krippendorff's alpha, for any number of answers a sample (Krippendorff 2011, part E).

    `counts` (n, classes), `weights` (..., n); `values` (classes) are the places on the scale of `interval`, their
    order that of `ordinal`; 0, 1, 2, ... when absent. Samples with one answer say nothing and do not count. NaN
    when all answers are of one class.
    """
    answers = counts.sum(axis=1)
    paired = answers >= 2
    counts, weights, answers = counts[paired], weights[..., paired], answers[paired]
    marginals = weights @ counts.astype(np.float64)
    total = marginals.sum(axis=-1)
    if level == "nominal":
        apart = (answers**2 - (counts**2).sum(axis=1)) / (answers - 1)
        return 1 - _share(weights @ apart * (total - 1), total**2 - (marginals**2).sum(axis=-1))
    scale = np.arange(counts.shape[1], dtype=np.float64) if values is None else values
    places = (
        _middle_ranks(marginals, scale) if level == "ordinal" else np.broadcast_to(scale, marginals.shape)
    )
    within = answers * (places**2 @ counts.T) - (places @ counts.T) ** 2
    seen = (weights * within / (answers - 1)).sum(axis=-1)
    chance = total * (marginals * places**2).sum(axis=-1) - (marginals * places).sum(axis=-1) ** 2
    return 1 - _share(seen * (total - 1), np.where(chance > 1e-12 * total**2, chance, 0.0))


def pooled_f1(rows: NDArray[np.int64], weights: Floats) -> Floats:
    """F1 over samples: `rows` (n, 3) hold what both found, what only one found, and what only the other did.

    `weights` (..., n). NaN where nobody found anything.
    """
    both, left, right = (weights @ rows[:, place].astype(np.float64) for place in range(3))
    return _share(2 * both, 2 * both + left + right)


def _middle_ranks(marginals: Floats, values: Floats) -> Floats:
    """(..., classes): the middle of each class in the order of all answers.

    The squared difference of two of them is the ordinal distance of Krippendorff 2011, part E.
    """
    order = np.argsort(values, kind="stable")
    ordered = np.take(marginals, order, axis=-1)
    middle = np.cumsum(ordered, axis=-1) - ordered / 2
    return np.take(middle, np.argsort(order), axis=-1)


def _beyond_chance(seen: Floats, expected: Floats) -> Floats:
    # A sum of shares that should be 1 may miss it by a rounding.
    return _share(seen - expected, np.where(expected > 1 - 1e-12, 0.0, 1 - expected))


def _share(part: Floats, whole: Floats) -> Floats:
    part, whole = np.asarray(part, np.float64), np.asarray(whole, np.float64)
    found: Floats = np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)
    return found
