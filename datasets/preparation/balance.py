"""Classes that are rare among the rows to learn from: more rows of them, or more weight. Pure.

Only for training rows behind the split: rows that are made up must never be tested on.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.errors import InvalidInput
from core.params import param

Features = NDArray[np.float64]
_CHUNK: Final = 256


@dataclass(frozen=True, slots=True)
class Balanced:
    """Rows to learn from: (N, features), their classes, and how much each weighs; the given rows come first."""

    features: Features
    classes: NDArray[Any]
    weights: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Balance:
    """How rare classes are made up for."""

    method: str = param(
        "weights",
        "By",
        "smote makes rows between near rows of a class",
        choices=("weights", "copies", "smote"),
    )
    share: float = param(1.0, "Up to the share", "of the most frequent class", minimum=0.01, maximum=1)
    neighbors: int = param(5, "Neighbors", "between which rows are made", minimum=1, maximum=50)
    seed: int = param(0, "Seed", "", minimum=0)

    def applied(self, features: Features, classes: NDArray[Any]) -> Balanced:
        """Raises InvalidInput for gaps with `smote`, which has no distance to a gap."""
        if self.method == "weights":
            return Balanced(features, classes, class_weights(classes))
        if self.method == "smote" and not np.isfinite(features).all():
            raise InvalidInput("fill missing cells before rows are made between others", field="method")
        rng = np.random.default_rng(self.seed)
        found, counts = np.unique(classes, return_counts=True)
        made_features, made_classes = [features], [classes]
        for one, count in zip(found, counts, strict=True):
            wanted = round(self.share * counts.max()) - int(count)
            if wanted <= 0:
                continue
            own = features[classes == one]
            made_features.append(self._made(own, wanted, rng))
            made_classes.append(np.full(wanted, one, classes.dtype))
        rows = np.concatenate(made_features)
        return Balanced(rows, np.concatenate(made_classes), np.ones(len(rows)))

    def _made(self, own: Features, wanted: int, rng: np.random.Generator) -> Features:
        """Chawla et al. 2002: a row, one of its nearest of the class, and a point between the two."""
        chosen = rng.integers(0, len(own), wanted)
        if self.method == "copies" or len(own) == 1:
            return own[chosen]
        near = nearest(own, min(self.neighbors, len(own) - 1))
        other = near[chosen, rng.integers(0, near.shape[1], wanted)]
        return own[chosen] + rng.random((wanted, 1)) * (own[other] - own[chosen])


def nearest(rows: Features, count: int) -> NDArray[np.int64]:
    """(N, count): the places of the nearest other rows, nearest first; block by block, so that memory is N wide."""
    squares = (rows**2).sum(axis=1)
    found = np.empty((len(rows), count), np.int64)
    for start in range(0, len(rows), _CHUNK):
        block = rows[start : start + _CHUNK]
        distance = squares[start : start + _CHUNK, None] - 2 * block @ rows.T + squares
        distance[np.arange(len(block)), np.arange(start, start + len(block))] = np.inf
        found[start : start + _CHUNK] = np.argsort(distance, axis=1, kind="stable")[:, :count]
    return found


def class_weights(classes: NDArray[Any]) -> NDArray[np.float64]:
    """Of each row, so that every class weighs the same in all and the mean is 1."""
    found, places, counts = np.unique(classes, return_inverse=True, return_counts=True)
    weights: NDArray[np.float64] = len(classes) / (len(found) * counts[places])
    return weights
