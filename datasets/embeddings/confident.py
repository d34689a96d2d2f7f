"""Labels that do not fit: confident learning. Pure.

Source: Northcutt, Jiang and Chuang, Confident Learning: Estimating Uncertainty in Dataset Labels (JAIR 2021):
the thresholds and the confident joint of section 3.1, its collisions settled by the largest probability, what is
counted off its diagonal, ranked by normalized margin (section 3.2). Written from the paper. O(N K).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]
Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Suspects:
    """`rows` the least fitting first, the class that fits better, and p(given) - max p(other) in [-1, 1]."""

    rows: Numbers
    suggested: Numbers
    margins: Doubles


def margins_of(probabilities: Doubles, labels: Numbers) -> Doubles:
    """(N,) the probability of the given class less the largest of the others: the ranking of all rows."""
    rows = np.arange(len(labels))
    others = probabilities.copy()
    others[rows, labels] = -1
    margins: Doubles = probabilities[rows, labels] - others.max(axis=1)
    return margins


def thresholds_of(probabilities: Doubles, labels: Numbers) -> Doubles:
    """(K,) the mean probability that rows of a class give it; above every probability for a class without rows."""
    classes = probabilities.shape[1]
    said = probabilities[np.arange(len(labels)), labels]
    counts = np.bincount(labels, minlength=classes)
    sums = np.bincount(labels, weights=said, minlength=classes)
    return np.where(counts > 0, sums / np.maximum(counts, 1), 2.0)


def suspects_of(probabilities: Doubles, labels: Numbers) -> Suspects:
    """The rows counted off the diagonal of the confident joint, from (N, K) probabilities of unseen rows."""
    confident = probabilities >= thresholds_of(probabilities, labels)
    likely = np.where(confident, probabilities, -1.0).argmax(axis=1)
    off = np.flatnonzero(confident.any(axis=1) & (likely != labels))
    margins = margins_of(probabilities, labels)[off]
    order = np.lexsort((off, margins))
    return Suspects(off[order], likely[off][order], margins[order])
