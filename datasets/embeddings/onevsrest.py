"""Classes of which a picture may carry several: each against all others, by heads that have not seen it. Pure.

For each class a discriminant between those that carry it and those that do not (two classes, one covariance, as in
`datasets.embeddings.heads`). The covariance within differs from class to class by one outer product only, so that
one decomposition a fold serves all of them (Sherman and Morrison 1950). Three passes over the vectors,
O(N D^2 + F D^3 + S F K D^2), memory O(F D^2 + N K) in single precision.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from datasets.embeddings.confident import suspects_of
from datasets.embeddings.heads import FOLDS, SHRINKAGES, TEMPERATURES, TRIED, logits_of

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Rows = tuple[Numbers, Floats]
Head = tuple[Floats, Floats]

# So many figures of one shrinkage are kept to choose by: of many classes fewer rows.
_TRIED_FIGURES: Final = 800_000


@dataclass(frozen=True, slots=True)
class ClassSuspects:
    """The least fitting first: `rows`, the class meant, whether it was `given`, and p(as said) - p(otherwise)."""

    rows: Numbers
    classes: Numbers
    given: Flags
    margins: Doubles


def class_suspects(read: Callable[[], Iterable[Rows]], carried: Flags, folds: Numbers) -> ClassSuspects:
    """What (N, K) `carried` says that does not fit, over all classes; for `read` see `unseen_probabilities`."""
    made = carried_probabilities(read, carried, folds)
    parts: list[tuple[Numbers, Numbers, Flags, Doubles]] = []
    for number in range(carried.shape[1]):
        said = carried[:, number].astype(np.int64)
        chance = made[:, number].astype(np.float64)
        found = suspects_of(np.stack((1 - chance, chance), axis=1), said)
        classes = np.full(len(found.rows), number, np.int64)
        parts.append((found.rows, classes, said[found.rows] == 1, found.margins))
    rows, classes, given, margins = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((classes, rows, margins))
    return ClassSuspects(rows[order], classes[order], given[order], margins[order])


def carried_probabilities(read: Callable[[], Iterable[Rows]], carried: Flags, folds: Numbers) -> Floats:
    """(N, K) the probability that a row carries each class, by heads made without its fold.

    Every class must be carried, and not carried, by rows outside of each fold. Shrinkage and temperature are those of
    least log loss on rows drawn from all of them, one of each for all classes.
    """
    sums = _summed(read(), carried, folds)
    heads = [list(_heads(sums, fold)) for fold in range(FOLDS)]
    number, temperature = _chosen(read(), carried, folds, heads)
    made = np.empty(carried.shape, np.float32)
    for rows, vectors in read():
        made[rows] = _logistic(
            logits_of(vectors, folds[rows], [head[number] for head in heads]) / temperature
        )
    return made


@dataclass(slots=True)
class _Sums:
    """Of each fold: its rows (F,), those a class (F, K), vector sums (F, D) and a class (F, K, D), products (F, D, D)."""

    counts: Doubles
    members: Doubles
    totals: Doubles
    member_totals: Doubles
    products: Doubles


def _summed(chunks: Iterable[Rows], carried: Flags, folds: Numbers) -> _Sums:
    sums: _Sums | None = None
    classes = carried.shape[1]
    for rows, vectors in chunks:
        size = vectors.shape[1]
        if sums is None:
            sums = _Sums(
                np.zeros(FOLDS),
                np.zeros((FOLDS, classes)),
                np.zeros((FOLDS, size)),
                np.zeros((FOLDS, classes, size)),
                np.zeros((FOLDS, size, size)),
            )
        for fold in range(FOLDS):
            mine = folds[rows] == fold
            part, members = vectors[mine], carried[rows[mine]].astype(np.float32)
            sums.counts[fold] += len(part)
            sums.members[fold] += members.sum(axis=0)
            sums.totals[fold] += part.sum(axis=0)
            sums.member_totals[fold] += members.T @ part
            sums.products[fold] += part.T @ part
    if sums is None:
        raise ValueError("no rows")
    return sums


def _heads(sums: _Sums, fold: int) -> Iterator[Head]:
    """Weights (K, D) and biases (K,) made without a fold, for each of SHRINKAGES."""
    kept = [i for i in range(FOLDS) if i != fold]
    count = float(sums.counts[kept].sum())
    inside = sums.members[kept].sum(axis=0)
    outside = count - inside
    total, member_total = sums.totals[kept].sum(axis=0), sums.member_totals[kept].sum(axis=0)
    mean_in, mean_out = member_total / inside[:, None], (total - member_total) / outside[:, None]
    mean = total / count
    values, axes = np.linalg.eigh(sums.products[kept].sum(axis=0) / count - np.outer(mean, mean))
    values = np.maximum(values, 0)
    apart = (mean_in - mean_out) @ axes
    both = (inside / count) * (outside / count)
    # The mean variance within: that of all less what lies between the two means.
    even = np.maximum(values.mean() - both * (apart**2).mean(axis=1), 1e-12)
    for shrinkage in SHRINKAGES:
        turned = apart / ((1 - shrinkage) * values + shrinkage * even[:, None])
        less = (1 - shrinkage) * both * (turned * apart).sum(axis=1)
        weight = (turned / np.maximum(1 - less, 1e-9)[:, None]) @ axes.T
        bias = np.log(inside / outside) - 0.5 * (weight * (mean_in + mean_out)).sum(axis=1)
        yield weight.astype(np.float32), bias.astype(np.float32)


def _chosen(
    chunks: Iterable[Rows], carried: Flags, folds: Numbers, heads: list[list[Head]]
) -> tuple[int, float]:
    most = min(TRIED, max(_TRIED_FIGURES // carried.shape[1], 1_000))
    drawn = np.zeros(len(carried), np.bool_)
    drawn[np.random.default_rng(0).permutation(len(carried))[:most]] = True
    said: list[Flags] = []
    logits: list[list[Floats]] = [[] for _ in SHRINKAGES]
    for every, all_vectors in chunks:
        rows, vectors = every[drawn[every]], all_vectors[drawn[every]]
        said.append(carried[rows])
        for number, kept in enumerate(logits):
            kept.append(logits_of(vectors, folds[rows], [head[number] for head in heads]).astype(np.float32))
    signs = np.where(np.concatenate(said), np.float32(-1), np.float32(1))
    tried = []
    for number, kept in enumerate(logits):
        against = np.concatenate(kept) * signs
        tried += [(float(np.logaddexp(0, against / np.float32(t)).mean()), number, t) for t in TEMPERATURES]
    _, number, temperature = min(tried)
    return number, temperature


def _logistic(logits: Doubles) -> Floats:
    made = 1 / (1 + np.exp(-np.clip(logits, -60, 60)))
    return made.astype(np.float32)
