"""Class probabilities of every picture by a head that has not seen it, from one pass over the vectors. Pure.

Linear discriminant analysis with a shrunk covariance (Hastie, Tibshirani and Friedman, The Elements of
Statistical Learning, 2009, section 4.3) needs only sums: the head of a fold is made from the sums of all minus
those of the fold. Three passes over the vectors, O(N D^2 + F D^3) for F folds, memory O(F D^2 + N K).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Numbers = NDArray[np.int64]
Rows = tuple[Numbers, Floats]
Head = tuple[Floats, Floats]

FOLDS: Final = 5
TRIED: Final = 20_000
SHRINKAGES: Final = (0.98, 0.95, 0.9, 0.8, 0.6, 0.3)
TEMPERATURES: Final = tuple(float(t) for t in np.geomspace(0.25, 32, 29))


def folds_of(groups: Numbers, seed: int = 0) -> Numbers:
    """The fold of each row, 0 to FOLDS - 1: whole groups, the large ones first, each to the smallest fold."""
    names, members = np.unique(groups, return_inverse=True)
    sizes = np.bincount(members, minlength=len(names))
    draw = np.random.default_rng(seed).permutation(len(names))
    fold_of, filled = np.empty(len(names), np.int64), np.zeros(FOLDS, np.int64)
    for group in sorted(range(len(names)), key=lambda i: (-int(sizes[i]), int(draw[i]))):
        fold = int(filled.argmin())
        fold_of[group] = fold
        filled[fold] += sizes[group]
    return fold_of[members]


def told_apart(labels: Numbers, folds: Numbers) -> NDArray[np.bool_]:
    """(N,) whether the class of a row lies in two folds at least: a head that never saw it can say nothing of it."""
    names, numbers = np.unique(labels, return_inverse=True)
    seen = np.zeros((len(names), FOLDS), np.bool_)
    seen[numbers, folds] = True
    apart: NDArray[np.bool_] = (seen.sum(axis=1) > 1)[numbers]
    return apart


def unseen_probabilities(
    read: Callable[[], Iterable[Rows]], labels: Numbers, folds: Numbers, classes: int
) -> Doubles:
    """(N, classes) probabilities that add up to 1, each row by a head made without its fold.

    `read` gives chunks of (row numbers, their (n, D) vectors), every row once, and is called three times.
    Shrinkage and temperature are those of least log loss on TRIED of these very rows, drawn from all of them:
    two numbers, chosen for all.
    """
    sums = _summed(read(), labels, folds, classes)
    heads = [list(_heads(_without(sums, fold), classes)) for fold in range(FOLDS)]
    number, temperature = _chosen(read(), labels, folds, heads)
    made = np.empty((len(labels), classes))
    for rows, vectors in read():
        made[rows] = _softmax(logits_of(vectors, folds[rows], [head[number] for head in heads]) / temperature)
    return made


@dataclass(frozen=True, slots=True)
class Fitted:
    """A head of all rows, its temperature, and the share of rows told right by heads that had not seen them."""

    head: Head
    temperature: float
    accuracy: float

    def probabilities(self, vectors: Floats) -> Doubles:
        """(n, classes) of (n, D) vectors, adding up to 1."""
        weight, bias = self.head
        return _softmax(((vectors @ weight.T + bias) / self.temperature).astype(np.float64))


def fitted(read: Callable[[], Iterable[Rows]], labels: Numbers, folds: Numbers, classes: int) -> Fitted:
    """A head for samples that are none of these rows; `read` as in `unseen_probabilities`."""
    sums = _summed(read(), labels, folds, classes)
    heads = [list(_heads(_without(sums, fold), classes)) for fold in range(FOLDS)]
    number, temperature = _chosen(read(), labels, folds, heads)
    chosen, right = [head[number] for head in heads], 0
    for rows, vectors in read():
        right += int((logits_of(vectors, folds[rows], chosen).argmax(axis=1) == labels[rows]).sum())
    whole = sums.counts.sum(axis=0), sums.totals.sum(axis=0), sums.products.sum(axis=0)
    return Fitted(list(_heads(whole, classes))[number], temperature, right / len(labels))


def logits_of(vectors: Floats, folds: Numbers, heads: Sequence[Head]) -> Doubles:
    """(n, classes) of each vector by the head (weight (classes, D), bias) of its fold, which has not seen it."""
    made = np.empty((len(vectors), len(heads[0][1])))
    for fold, (weight, bias) in enumerate(heads):
        mine = folds == fold
        made[mine] = vectors[mine] @ weight.T + bias
    return made


def _chosen(
    chunks: Iterable[Rows], labels: Numbers, folds: Numbers, heads: Sequence[Sequence[Head]]
) -> tuple[int, float]:
    """The number of the shrinkage, and the temperature (Guo et al. 2017, section 4.2)."""
    # Data sets often come in class by class, so the first rows would speak for the first classes alone.
    drawn = np.zeros(len(labels), np.bool_)
    drawn[np.random.default_rng(0).permutation(len(labels))[:TRIED]] = True
    said: list[Numbers] = []
    logits: list[list[Doubles]] = [[] for _ in SHRINKAGES]
    for every, all_vectors in chunks:
        rows, vectors = every[drawn[every]], all_vectors[drawn[every]]
        said.append(labels[rows])
        for number, kept in enumerate(logits):
            kept.append(logits_of(vectors, folds[rows], [head[number] for head in heads]))
    truth = np.concatenate(said)
    tried = [
        (_log_loss(np.concatenate(kept) / temperature, truth), number, temperature)
        for number, kept in enumerate(logits)
        for temperature in TEMPERATURES
    ]
    _, number, temperature = min(tried)
    return number, temperature


def _log_loss(logits: Doubles, labels: Numbers) -> float:
    said = _softmax(logits)[np.arange(len(labels)), labels]
    return float(-np.log(np.maximum(said, 1e-12)).mean())


@dataclass(slots=True)
class _Sums:
    """Of each fold: rows a class (F, K), vector sums a class (F, K, D), products (F, D, D)."""

    counts: Doubles
    totals: Doubles
    products: Doubles


def _summed(chunks: Iterable[Rows], labels: Numbers, folds: Numbers, classes: int) -> _Sums:
    sums: _Sums | None = None
    for rows, vectors in chunks:
        size = vectors.shape[1]
        if sums is None:
            sums = _Sums(
                np.zeros((FOLDS, classes)), np.zeros((FOLDS, classes, size)), np.zeros((FOLDS, size, size))
            )
        for fold in range(FOLDS):
            mine = folds[rows] == fold
            part, said = vectors[mine], labels[rows[mine]]
            members = np.eye(classes, dtype=np.float32)[said]
            sums.counts[fold] += members.sum(axis=0)
            sums.totals[fold] += members.T @ part
            sums.products[fold] += part.T @ part
    if sums is None:
        raise ValueError("no rows")
    return sums


def _without(sums: _Sums, fold: int) -> tuple[Doubles, Doubles, Doubles]:
    kept = [i for i in range(FOLDS) if i != fold]
    return sums.counts[kept].sum(axis=0), sums.totals[kept].sum(axis=0), sums.products[kept].sum(axis=0)


def _heads(sums: tuple[Doubles, Doubles, Doubles], classes: int) -> Iterator[Head]:
    """Weight (K, D) and bias (K,) for each of SHRINKAGES. A class without rows gets no probability."""
    counts, totals, products = sums
    present = counts > 0
    means = totals / np.maximum(counts, 1)[:, None]
    covariance = (products - (means * counts[:, None]).T @ means) / counts.sum()
    values, vectors = np.linalg.eigh(covariance)
    values = np.maximum(values, 0)
    even = max(float(values.mean()), 1e-12)
    turned = means @ vectors
    shares = np.where(present, np.log(np.maximum(counts, 1) / counts.sum()), -1e4)
    for shrinkage in SHRINKAGES:
        weight = (turned / ((1 - shrinkage) * values + shrinkage * even)) @ vectors.T
        bias = shares - 0.5 * (weight * means).sum(axis=1)
        yield weight.astype(np.float32), bias.astype(np.float32)


def _softmax(logits: Doubles) -> Doubles:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    made: Doubles = powers / powers.sum(axis=1, keepdims=True)
    return made
