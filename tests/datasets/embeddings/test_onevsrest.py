"""Classes of which a row may carry several, against discriminants of scikit-learn and planted errors."""

import numpy as np
from sklearn.datasets import load_digits
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from datasets.embeddings import onevsrest
from datasets.embeddings.heads import FOLDS, folds_of
from datasets.embeddings.onevsrest import carried_probabilities, class_suspects
from tests.datasets.embeddings.test_confident import chunked


def several(count=900, seed=0):
    """Two digits beside one another as one row of 128 figures, and which digits it shows."""
    pictures, digits = load_digits(return_X_y=True)
    rng = np.random.default_rng(seed)
    pairs = rng.integers(0, len(digits), (count, 2))
    vectors = np.concatenate((pictures[pairs[:, 0]], pictures[pairs[:, 1]]), axis=1) / 16
    vectors += rng.normal(0, 1e-3, vectors.shape)
    carried = np.zeros((count, 10), np.bool_)
    carried[np.arange(count)[:, None], digits[pairs]] = True
    return vectors, carried


class Shrunk:
    """As in test_confident, for one covariance of both classes that the caller knows."""

    def __init__(self, within, shrinkage):
        self.within, self.shrinkage = within, shrinkage

    def fit(self, rows):
        even = np.trace(self.within) / len(self.within) * np.eye(len(self.within))
        self.covariance_ = (1 - self.shrinkage) * self.within + self.shrinkage * even
        return self


def test_probabilities_are_those_of_one_discriminant_a_class_that_never_saw_the_fold(monkeypatch):
    vectors, carried = several(600)
    folds = folds_of(np.arange(600) // 3)
    monkeypatch.setattr(onevsrest, "SHRINKAGES", (0.3,))
    monkeypatch.setattr(onevsrest, "TEMPERATURES", (1.0,))
    found = carried_probabilities(chunked(vectors), carried, folds)
    oracle = np.empty((600, 10))
    for fold in range(FOLDS):
        mine = folds == fold
        for number in range(10):
            rows, said = vectors[~mine], carried[~mine, number].astype(int)
            centered = rows - np.stack([rows[said == one].mean(axis=0) for one in (0, 1)])[said]
            within = Shrunk(centered.T @ centered / len(rows), 0.3)
            head = LinearDiscriminantAnalysis(solver="lsqr", covariance_estimator=within).fit(rows, said)
            oracle[mine, number] = head.predict_proba(vectors[mine])[:, 1]
    np.testing.assert_allclose(found, oracle, atol=2e-3)


def test_planted_errors_of_both_kinds_come_first():
    vectors, carried = several(1_500, seed=3)
    rng = np.random.default_rng(1)
    wrong = carried.copy()
    planted = set()
    for row in rng.choice(len(carried), len(carried) // 20, replace=False).tolist():
        number = int(rng.integers(10))
        wrong[row, number] = not wrong[row, number]
        planted.add((row, number))
    found = class_suspects(chunked(vectors), wrong, folds_of(np.arange(len(wrong))))
    listed = list(zip(found.rows.tolist(), found.classes.tolist(), strict=True))
    assert len(planted & set(listed[: len(carried) // 10])) >= len(planted) / 2
    assert [bool(wrong[row, number]) for row, number in listed] == found.given.tolist()
    assert (np.diff(found.margins) >= 0).all()


def test_right_classes_are_believed():
    vectors, carried = several(1_500, seed=4)
    found = class_suspects(chunked(vectors), carried, folds_of(np.arange(len(carried))))
    assert (found.margins < -0.9).sum() <= 0.01 * carried.size
