"""The order of what to label next, on clouds of points whose classes are known."""

import numpy as np
import pytest

from labeling.active.honest import share_with_interval
from labeling.active.order import UNKNOWN, asked_next, head_of, narrower


def clouds(sizes, spread=0.45, width=24, seed=0):
    """Unit vectors around one direction a class, and the classes."""
    rng = np.random.default_rng(seed)
    middles = np.eye(len(sizes), width)
    labels = np.repeat(np.arange(len(sizes)), sizes)
    vectors = middles[labels] + rng.normal(0, spread, (len(labels), width)) / np.sqrt(width) * 4
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32), labels


def known(labels, rows):
    said = np.full(len(labels), UNKNOWN)
    said[rows] = labels[rows]
    return said


def labeled_until(vectors, labels, count, seed, *, active):
    said = known(labels, [])
    rng = np.random.default_rng(seed)
    while (said != UNKNOWN).sum() < count:
        is_open = said == UNKNOWN
        asked = asked_next(vectors, said, is_open, labels.max() + 1, 20, seed + int(is_open.sum()))
        rows = asked.rows if active else rng.permutation(np.flatnonzero(is_open))[:20]
        said[rows] = labels[rows]
    return said


def accuracy(vectors, labels, said):
    unseen = said == UNKNOWN
    told = head_of(vectors, said, labels.max() + 1).probabilities(vectors[unseen]).argmax(axis=1)
    return (told == labels[unseen]).mean()


def test_the_first_round_finds_rare_classes_that_chance_misses():
    vectors, labels = clouds([400, 400, 12, 12, 12], spread=0.25)
    found, by_chance = [], []
    for seed in range(5):
        asked = asked_next(vectors, known(labels, []), np.ones(len(labels), bool), 5, 20, seed)
        found.append(len(set(labels[asked.rows])))
        drawn = np.random.default_rng(seed).permutation(len(labels))[:20]
        by_chance.append(len(set(labels[drawn])))
    assert np.mean(found) > np.mean(by_chance) + 1


def test_as_many_labels_tell_more_than_labels_by_chance():
    vectors, labels = clouds([700, 150, 60, 30], spread=0.5)
    gains = [
        accuracy(vectors, labels, labeled_until(vectors, labels, 80, seed, active=True))
        - accuracy(vectors, labels, labeled_until(vectors, labels, 80, seed, active=False))
        for seed in range(5)
    ]
    assert np.mean(gains) > 0.01


def test_one_in_ten_is_drawn_by_chance_and_the_rest_is_more_doubtful():
    vectors, labels = clouds([300, 300, 300])
    said = known(labels, np.arange(0, 900, 15))
    asked = asked_next(vectors, said, said == UNKNOWN, 3, 100, seed=1)
    assert asked.by_chance.sum() == 10
    doubt = head_of(vectors, said, 3, seed=1)
    shares = np.sort(doubt.probabilities(vectors[asked.rows]), axis=1)
    margins = shares[:, -1] - shares[:, -2]
    assert margins[~asked.by_chance].mean() < margins[asked.by_chance].mean()
    assert ((asked.doubt >= 0) & (asked.doubt <= 1)).all()


def test_copies_are_asked_once():
    vectors, labels = clouds([60, 60])
    many = np.concatenate([vectors, np.repeat(vectors[:1], 200, axis=0)])
    classes = np.concatenate([labels, np.zeros(200, int)])
    said = known(classes, np.arange(1, 120, 4))
    asked = asked_next(many, said, said == UNKNOWN, 2, 10, seed=3)
    copies = (asked.rows >= 120) | (asked.rows == 0)
    assert copies[~asked.by_chance].sum() <= 1


@pytest.mark.parametrize("is_labeled", [False, True])
def test_only_open_rows_are_asked_each_once_the_same_for_the_same_seed(is_labeled):
    vectors, labels = clouds([100, 100])
    said = known(labels, np.arange(0, 200, 5) if is_labeled else [])
    is_open = (np.arange(200) % 2 == 0) & (said == UNKNOWN)
    first = asked_next(vectors, said, is_open, 2, 30, seed=4)
    again = asked_next(vectors, said, is_open, 2, 30, seed=4)
    assert first.rows.tolist() == again.rows.tolist()
    assert len(set(first.rows.tolist())) == len(first.rows) == 30
    assert is_open[first.rows].all()
    assert len(asked_next(vectors, said, is_open, 2, 10_000, seed=4).rows) == is_open.sum()
    assert len(asked_next(vectors, said, np.zeros(200, bool), 2, 10, seed=4).rows) == 0


def test_narrowed_vectors_keep_what_tells_them_apart():
    vectors, labels = clouds([200, 200, 200], width=300)
    narrow = narrower(vectors[::3])(vectors)
    assert narrow.shape == (600, 128)
    assert np.allclose(np.linalg.norm(narrow, axis=1), 1, atol=1e-5)
    said = known(labels, np.arange(0, 600, 6))
    assert accuracy(narrow, labels, said) >= accuracy(vectors, labels, said) - 0.02


def test_a_share_has_the_interval_of_wilson():
    # Agresti and Coull, The American Statistician 52 (1998): 0 of 10, and 15 of 20 by their formula 2.
    assert share_with_interval(0, 10) == pytest.approx((0, 0, 0.2775), abs=1e-4)
    assert share_with_interval(15, 20) == pytest.approx((0.75, 0.5313, 0.8881), abs=1e-4)
