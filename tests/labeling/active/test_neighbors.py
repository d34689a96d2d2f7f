"""Votes of neighbors beside a loop that does one sample at a time."""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.active.neighbors import VOTERS, class_told


def slow(row, known, labels, classes):
    cosines = [float(np.dot(row.astype(np.float64), one)) for one in known.astype(np.float64)]
    nearest = sorted(range(len(known)), key=lambda at: -cosines[at])[:VOTERS]
    votes = [0.0] * classes
    closest = [0.0] * classes
    for at in nearest:
        votes[labels[at]] += math.exp((cosines[at] - 1) / 0.07)
        closest[labels[at]] = max(closest[labels[at]], cosines[at])
    told = votes.index(max(votes))
    return told, max(0.0, min(1.0, votes[told] / sum(votes) * closest[told]))


def unit(rng, count, width=8):
    vectors = rng.normal(size=(count, width)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@given(seed=st.integers(0, 10_000), labeled=st.integers(1, 60), classes=st.integers(1, 5))
@settings(max_examples=60, deadline=None)
def test_it_says_what_the_slow_loop_says(seed, labeled, classes):
    rng = np.random.default_rng(seed)
    rows, known = unit(rng, 12), unit(rng, labeled)
    labels = rng.integers(0, classes, labeled)
    told, scores = class_told(rows, known, labels, classes)
    for at, row in enumerate(rows):
        label, score = slow(row, known, labels.tolist(), classes)
        assert told[at] == label
        assert math.isclose(scores[at], score, rel_tol=1e-4, abs_tol=1e-5)


def test_a_copy_is_sure_and_what_resembles_nothing_is_not():
    known = np.eye(4, dtype=np.float32)[:2]
    told, scores = class_told(np.eye(4, dtype=np.float32)[[0, 3]], known, np.array([1, 0]), 2)
    assert told[0] == 1
    assert scores[0] > 0.99
    assert scores[1] == 0
