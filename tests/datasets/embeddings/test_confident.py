"""Labels that do not fit, against a plain reading of the paper and planted errors."""

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from datasets.embeddings import heads
from datasets.embeddings.confident import margins_of, suspects_of, thresholds_of
from datasets.embeddings.heads import FOLDS, folds_of, unseen_probabilities


def plain(probabilities, labels):
    """Northcutt et al. as written: thresholds, the confident joint row by row, what is off its diagonal."""
    classes = probabilities.shape[1]
    threshold = {}
    for j in range(classes):
        said = [probabilities[i][j] for i in range(len(labels)) if labels[i] == j]
        threshold[j] = sum(said) / len(said) if said else float("inf")
    found = []
    for i, given in enumerate(labels):
        sure = [j for j in range(classes) if probabilities[i][j] >= threshold[j]]
        if not sure:
            continue
        likely = max(sure, key=lambda j: probabilities[i][j])
        if likely != given:
            best_other = max(probabilities[i][j] for j in range(classes) if j != given)
            found.append((probabilities[i][given] - best_other, i, likely))
    return sorted(found)


@pytest.mark.parametrize("seed", range(5))
def test_suspects_are_those_of_the_paper_read_slowly(seed):
    rng = np.random.default_rng(seed)
    probabilities = rng.dirichlet(np.full(6, 0.4), 300)
    labels = np.where(rng.random(300) < 0.8, probabilities.argmax(1), rng.integers(0, 5, 300))
    found = suspects_of(probabilities, labels)
    expected = plain(probabilities, labels)
    assert len(expected) > 20
    assert list(zip(found.rows.tolist(), found.suggested.tolist(), strict=True)) == [
        (i, k) for _, i, k in expected
    ]
    np.testing.assert_allclose(found.margins, [margin for margin, _, _ in expected])


def test_a_class_nobody_carries_is_never_suggested():
    probabilities = np.array([[0.1, 0.9, 0.0], [0.2, 0.8, 0.0], [0.05, 0.05, 0.9], [0.9, 0.05, 0.05]])
    labels = np.array([1, 1, 0, 0])
    assert thresholds_of(probabilities, labels)[2] > 1
    assert 2 not in suspects_of(probabilities, labels).suggested
    assert margins_of(probabilities, labels)[2] == pytest.approx(-0.85)


def test_folds_are_even_and_never_cut_a_group():
    rng = np.random.default_rng(3)
    groups = np.concatenate([np.repeat(np.arange(40), rng.integers(1, 12, 40)), np.arange(1_000, 1_400)])
    folds = folds_of(groups)
    assert all(len(set(folds[groups == group])) == 1 for group in np.unique(groups))
    sizes = np.bincount(folds, minlength=FOLDS)
    assert sizes.max() - sizes.min() <= 12
    np.testing.assert_array_equal(folds, folds_of(groups))


def chunked(vectors, size=97):
    return lambda: (
        (np.arange(start, min(start + size, len(vectors))), vectors[start : start + size].astype(np.float32))
        for start in range(0, len(vectors), size)
    )


def test_probabilities_are_those_of_discriminants_that_never_saw_the_fold(monkeypatch):
    vectors, labels = load_digits(return_X_y=True)
    vectors = vectors[:600] / 16 + np.random.default_rng(0).normal(0, 1e-3, (600, 64))
    labels = labels[:600]
    folds = folds_of(np.arange(600) // 3)
    monkeypatch.setattr(heads, "SHRINKAGES", (0.3,))
    monkeypatch.setattr(heads, "TEMPERATURES", (1.0,))
    found = unseen_probabilities(chunked(vectors), labels, folds, 10)
    oracle = np.empty((600, 10))
    for fold in range(FOLDS):
        mine = folds == fold
        head = LinearDiscriminantAnalysis(solver="lsqr", covariance_estimator=Shrunk(0.3))
        oracle[mine] = head.fit(vectors[~mine], labels[~mine]).predict_proba(vectors[mine])
    np.testing.assert_allclose(found, oracle, atol=0.03)
    assert (found.argmax(1) == oracle.argmax(1)).mean() > 0.995


class Shrunk:
    """The covariance within classes drawn towards a multiple of the identity.

    scikit-learn asks class by class and weighs by share, so each is shrunk by itself, to the same sum.
    """

    def __init__(self, shrinkage):
        self.shrinkage = shrinkage

    def fit(self, rows):
        covariance = np.cov(rows.T, bias=True)
        even = np.trace(covariance) / len(covariance) * np.eye(len(covariance))
        self.covariance_ = (1 - self.shrinkage) * covariance + self.shrinkage * even
        return self


def test_planted_errors_among_digits_come_first():
    vectors, labels = load_digits(return_X_y=True)
    rng = np.random.default_rng(1)
    planted = rng.choice(len(labels), len(labels) // 20, replace=False)
    wrong = labels.copy()
    wrong[planted] = (wrong[planted] + rng.integers(1, 10, len(planted))) % 10
    made = unseen_probabilities(chunked(vectors / 16), wrong, folds_of(np.arange(len(labels))), 10)
    first = np.argsort(margins_of(made, wrong))[: len(labels) // 10]
    assert len(set(first) & set(planted)) >= 0.95 * len(planted)
    found = suspects_of(made, wrong)
    right = found.suggested == labels[found.rows]
    assert right[np.isin(found.rows, planted)].mean() > 0.9


def test_shrinkage_and_temperature_are_chosen_by_every_class_where_classes_come_one_after_the_other(
    monkeypatch,
):
    vectors, labels = load_digits(return_X_y=True)
    order = np.argsort(labels, kind="stable")
    vectors, labels = vectors[order] / 16, labels[order]
    asked = set()
    loss = heads._log_loss

    def watched(logits, said):
        asked.add(tuple(said.tolist()))
        return loss(logits, said)

    monkeypatch.setattr(heads, "_log_loss", watched)
    monkeypatch.setattr(heads, "TRIED", 200)
    unseen_probabilities(chunked(vectors), labels, folds_of(np.arange(len(labels))), 10)
    (said,) = asked
    assert len(said) == 200
    assert set(said) == set(range(10))
