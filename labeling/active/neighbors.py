"""The class that the labeled samples most like a sample have. Pure; numpy alone.

The nearest vote with weights that fall off with their distance (Wu et al., Unsupervised Feature Learning via
Non-Parametric Instance Discrimination, 2018). A share of votes alone says nothing of what resembles nothing, so it is
multiplied by how like the nearest one of the class is.
"""

from typing import Final

import numpy as np

from labeling.active.order import Doubles, Floats, Numbers

VOTERS: Final = 20
_TEMPERATURE: Final = 0.07


def class_told(vectors: Floats, known: Floats, labels: Numbers, classes: int) -> tuple[Numbers, Doubles]:
    """(n,) class numbers and (n,) scores from 0 to 1 of rows (n, d) by labeled rows `known` (m, d), m > 0, of `labels`
    (m,) below `classes`; vectors are of length 1."""
    likeness = np.asarray(vectors @ known.T, np.float64)
    voters = min(VOTERS, len(known))
    near = np.argpartition(-likeness, voters - 1, axis=1)[:, :voters]
    cosines = np.take_along_axis(likeness, near, axis=1)
    rows = np.repeat(np.arange(len(vectors)), voters)
    said = labels[near].ravel()
    votes, closest = np.zeros((len(vectors), classes)), np.zeros((len(vectors), classes))
    np.add.at(votes, (rows, said), np.exp((cosines.ravel() - 1) / _TEMPERATURE))
    np.maximum.at(closest, (rows, said), cosines.ravel())
    told = votes.argmax(axis=1)
    at = np.arange(len(vectors))
    scores = votes[at, told] / np.maximum(votes.sum(axis=1), 1e-300) * closest[at, told]
    return told.astype(np.int64), np.clip(scores, 0.0, 1.0)
