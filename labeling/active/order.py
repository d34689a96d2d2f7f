"""Which samples to label next: doubtful ones that differ from one another, of classes that are rare. Pure; numpy alone.

Doubt is one less the margin between the two likeliest classes (Scheffer et al. 2001), times the root of how rare the
likelier one is among the labels so far. Of the most doubtful ones as many as are asked for are drawn as k-means++ draws
its seeds (Arthur and Vassilvitskii 2007), weighted by the doubt (Zhdanov, Diverse mini-batch Active Learning, 2019), so
that no two alike are asked. One in ten is drawn by chance from all that is open: what people answer there says honestly
how well the studio does on its own. As long as too little is labeled to tell anything apart, the most typical sample of
each of many groups is asked (Hacohen et al., Active Learning on a Budget, 2022).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from datasets.embeddings.heads import FOLDS, Fitted, Rows, fitted

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]

UNKNOWN: Final = -1
# Fewer labels for each class than that tell too little of the rest.
MIN_LABELS: Final = 3
# Doubtful samples looked at for each that is asked.
SHORTLIST: Final = 10
HONEST: Final = 0.1
NEAR: Final = 10
# Heads of few labels do as well on that many numbers of a vector, in a hundredth of the time.
WIDTH: Final = 128
# A grouping of more than these costs seconds and finds the same groups.
_GROUPED: Final = 4_000
_ROUNDS: Final = 10
_CHUNK: Final = 4_096


@dataclass(frozen=True, slots=True)
class Asked:
    """Row numbers in the order to ask them, which of them were drawn by chance, and what the labels so far can do.

    `doubt` (n,) is 0 to 1. `head` is None while there were too few labels.
    """

    rows: Numbers
    by_chance: Flags
    doubt: Doubles
    head: Fitted | None

    def neighbors(self, vectors: Floats, labels: Numbers) -> Numbers:
        """(n,) the class that most of the NEAR labeled rows nearest to each asked one have."""
        known = np.flatnonzero(labels != UNKNOWN)
        likeness = vectors[self.rows] @ vectors[known].T
        near = np.argsort(-likeness, axis=1, kind="stable")[:, :NEAR]
        said = labels[known][near]
        return np.array([np.bincount(row).argmax() for row in said], np.int64)


def narrower(vectors: Floats) -> Callable[[Floats], Floats]:
    """What turns (n, D) vectors into (n, at most WIDTH) of length 1: their parts along the directions in which the
    given (m, D) differ most (principal components, Pearson 1901)."""
    centered = vectors - vectors.mean(axis=0)
    _, directions = np.linalg.eigh(centered.T @ centered)
    kept = np.ascontiguousarray(directions[:, ::-1][:, :WIDTH], np.float32)

    def narrow(some: Floats) -> Floats:
        made: Floats = some @ kept
        made /= np.maximum(np.linalg.norm(made, axis=1, keepdims=True), np.float32(1e-12))
        return made

    return narrow


def asked_next(
    vectors: Floats, labels: Numbers, is_open: Flags, classes: int, count: int, seed: int
) -> Asked:
    """Up to `count` of the rows that are open. `vectors` (N, D) of length 1; `labels` (N,) class numbers or UNKNOWN."""
    rng = np.random.default_rng(seed)
    count = min(count, int(is_open.sum()))
    if not count:
        return Asked(np.empty(0, np.int64), np.empty(0, np.bool_), np.empty(0), None)
    head = head_of(vectors, labels, classes, seed)
    doubt = np.zeros(len(labels))
    if head is None:
        chosen = _typical(vectors, is_open, count - round(HONEST * count), rng)
    else:
        doubt = _doubts(vectors, is_open, head, _shares(labels, classes))
        chosen = _apart(vectors, doubt, count - round(HONEST * count), rng)
    rest = is_open.copy()
    rest[chosen] = False
    by_chance = rng.permutation(np.flatnonzero(rest))[: count - len(chosen)]
    order = rng.permutation(len(chosen) + len(by_chance))
    rows = np.concatenate([chosen, by_chance])[order]
    return Asked(rows, (order >= len(chosen)), np.minimum(doubt[rows], 1.0), head)


def head_of(vectors: Floats, labels: Numbers, classes: int, seed: int = 0) -> Fitted | None:
    """What the labeled rows tell of others; None while they are fewer than MIN_LABELS a class, or of one class."""
    known = np.flatnonzero(labels != UNKNOWN)
    said = labels[known]
    if len(known) < max(MIN_LABELS * classes, 2 * FOLDS) or len(np.unique(said)) < 2:
        return None

    def read() -> Iterator[Rows]:
        for start in range(0, len(known), _CHUNK):
            rows = np.arange(start, min(start + _CHUNK, len(known)))
            yield rows, vectors[known[rows]]

    return fitted(read, said, _stratified(said, classes, seed), classes)


def _stratified(labels: Numbers, classes: int, seed: int) -> Numbers:
    """(n,) folds that hold each class evenly."""
    rng = np.random.default_rng(seed)
    folds = np.zeros(len(labels), np.int64)
    for label in range(classes):
        members = rng.permutation(np.flatnonzero(labels == label))
        folds[members] = (np.arange(len(members)) + rng.integers(FOLDS)) % FOLDS
    return folds


def _shares(labels: Numbers, classes: int) -> Doubles:
    """(K,) how often each class was said, 1 for the mean of all."""
    counts = np.bincount(labels[labels != UNKNOWN], minlength=classes) + 1.0
    shares: Doubles = counts / counts.mean()
    return shares


def _doubts(vectors: Floats, is_open: Flags, head: Fitted, shares: Doubles) -> Doubles:
    """(N,) doubt of each open row, 0 for the others."""
    doubt, rows = np.zeros(len(is_open)), np.flatnonzero(is_open)
    for start in range(0, len(rows), _CHUNK):
        mine = rows[start : start + _CHUNK]
        told = head.probabilities(vectors[mine])
        likeliest = np.sort(told, axis=1)[:, -2:]
        margin = likeliest[:, 1] - likeliest[:, 0]
        # Never 0: an open row stays one that can be drawn.
        doubt[mine] = np.maximum(1 - margin, 1e-9) / np.sqrt(shares[told.argmax(axis=1)])
    return doubt


def _apart(vectors: Floats, doubt: Doubles, count: int, rng: np.random.Generator) -> Numbers:
    """Rows of great doubt, far from one another."""
    shortlist = np.argsort(-doubt, kind="stable")[: SHORTLIST * count]
    shortlist = shortlist[doubt[shortlist] > 0]
    return shortlist[_seeds(vectors[shortlist], min(count, len(shortlist)), doubt[shortlist], rng)]


def _typical(vectors: Floats, is_open: Flags, count: int, rng: np.random.Generator) -> Numbers:
    """The row nearest to the middle of each of `count` groups of those that are open; the large groups first."""
    pool = rng.permutation(np.flatnonzero(is_open))[: max(_GROUPED, count)]
    drawn = vectors[pool]
    centers = drawn[_seeds(drawn, count, np.ones(len(pool)), rng)]
    for _ in range(_ROUNDS):
        nearest = (drawn @ centers.T).argmax(axis=1)
        sums = np.zeros_like(centers)
        np.add.at(sums, nearest, drawn)
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        centers = np.where(lengths > 0, sums / np.maximum(lengths, 1e-12), centers)
    likeness = drawn @ centers.T
    sizes = np.bincount(likeness.argmax(axis=1), minlength=len(centers))
    found = likeness.argmax(axis=0)[np.argsort(-sizes, kind="stable")]
    return pool[list(dict.fromkeys(found.tolist()))]


def _seeds(vectors: Floats, count: int, weights: Doubles, rng: np.random.Generator) -> Numbers:
    """k-means++: `count` row numbers, each drawn by weight times squared distance to the nearest one drawn before."""
    if count == 0:
        return np.empty(0, np.int64)
    chosen = [int(rng.choice(len(vectors), p=weights / weights.sum()))]
    distance = np.full(len(vectors), np.inf)
    for _ in range(count - 1):
        # Squared distance of unit vectors; half precision may make it a little less than nothing.
        distance = np.minimum(distance, np.maximum(2 - 2 * (vectors @ vectors[chosen[-1]]), 0))
        distance[chosen[-1]] = 0
        chance = distance * weights
        if not chance.any():
            free = np.setdiff1d(np.arange(len(vectors)), chosen)
            return np.array([*chosen, *rng.permutation(free)[: count - len(chosen)]], np.int64)
        chosen.append(int(rng.choice(len(vectors), p=chance / chance.sum())))
    return np.array(chosen, np.int64)
