import numpy as np
import pytest
import torch
from sklearn import metrics as oracle
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression

from training.engine.linear import choose_linear, fit_discriminant, fit_linear
from training.engine.metrics import (
    calibration_error,
    confusion_of,
    intervals_of,
    macro_f1_of,
    per_class_of,
    precision_recall_curve,
    report_of,
)

LABELS = ("a", "b", "c", "never")


@pytest.fixture
def answers():
    rng = np.random.default_rng(5)
    scores = rng.dirichlet([1.0, 1.0, 1.0, 0.2], size=400).astype(np.float32)
    truth = rng.integers(0, 3, 400)
    return truth, scores, scores.argmax(1)


def test_confusion_f1_and_figures_by_class_are_those_of_scikit_learn(answers):
    truth, _scores, predicted = answers
    confusion = confusion_of(truth, predicted, 4)
    np.testing.assert_array_equal(confusion, oracle.confusion_matrix(truth, predicted, labels=range(4)))
    assert macro_f1_of(confusion) == pytest.approx(
        oracle.f1_score(truth, predicted, average="macro", zero_division=0)
    )
    precision, recall, f1, support = oracle.precision_recall_fscore_support(
        truth, predicted, labels=range(4), zero_division=0
    )
    for index, row in enumerate(per_class_of(confusion, LABELS)):
        expected = (precision[index], recall[index], f1[index], support[index])
        assert (row["precision"], row["recall"], row["f1"], row["support"]) == pytest.approx(
            expected, abs=1e-6
        )


def test_the_interval_is_that_of_resampling_samples_one_by_one(answers):
    truth, _scores, predicted = answers
    interval = intervals_of(truth, predicted, 4, seed=1)["macro_f1"]
    rng = np.random.default_rng(2)
    draws = []
    for _ in range(1000):
        chosen = rng.integers(0, len(truth), len(truth))
        draws.append(macro_f1_of(confusion_of(truth[chosen], predicted[chosen], 4)))
    low, high = np.quantile(draws, (0.025, 0.975))
    assert interval.low == pytest.approx(low, abs=0.012)
    assert interval.high == pytest.approx(high, abs=0.012)
    assert intervals_of(truth, predicted, 4, seed=1) == intervals_of(truth, predicted, 4, seed=1)


def test_precision_and_recall_at_a_threshold_are_counted(answers):
    truth, scores, _predicted = answers
    curve = precision_recall_curve(truth, scores)
    hit = np.zeros(scores.shape, bool)
    hit[np.arange(len(truth)), truth] = True
    for index in (0, 30, 60, 90):
        claimed = scores >= curve["threshold"][index]
        assert curve["precision"][index] == pytest.approx(
            oracle.precision_score(hit.ravel(), claimed.ravel()), abs=1e-4
        )
        assert curve["recall"][index] == pytest.approx(
            oracle.recall_score(hit.ravel(), claimed.ravel()), abs=1e-4
        )


def test_a_certain_and_right_model_is_calibrated_and_a_certain_and_wrong_one_is_not():
    truth = np.array([0, 1, 0, 1])
    right = np.eye(2, dtype=np.float32)[truth]
    assert calibration_error(truth, right) == pytest.approx(0)
    assert calibration_error(truth, right[:, ::-1]) == pytest.approx(1)


def test_an_empty_part_has_a_report_too():
    report = report_of(np.zeros(0, np.int64), np.zeros((0, 4), np.float32), LABELS, seed=0)
    assert report["count"] == 0
    assert report["metrics"]["accuracy"]["value"] == 0


@pytest.mark.parametrize("c", [0.01, 1.0])
def test_the_linear_head_is_the_logistic_regression_of_scikit_learn(c):
    rng = np.random.default_rng(3)
    x = rng.normal(size=(90, 12)).astype(np.float32) + 2
    y = (x[:, :3].argmax(1)).astype(np.int64)
    head = fit_linear(torch.from_numpy(x), torch.from_numpy(y), 3, c)
    expected = LogisticRegression(C=c, max_iter=2000, tol=1e-8).fit(x - x.mean(0), y)
    mine = torch.softmax(head.logits(torch.from_numpy(x)), 1).numpy()
    np.testing.assert_allclose(mine, expected.predict_proba(x - x.mean(0)), atol=2e-3)


@pytest.mark.parametrize("shrinkage", [0.1, 0.9])
def test_the_discriminant_head_is_that_of_scikit_learn(shrinkage):
    rng = np.random.default_rng(5)
    y = rng.integers(0, 3, 120)
    x = (rng.normal(size=(120, 12)) + y[:, None] * 0.4 + 2).astype(np.float32)
    head = fit_discriminant(torch.from_numpy(x), torch.from_numpy(y), 3, shrinkage)
    priors = np.bincount(y) / len(y)
    model = LinearDiscriminantAnalysis(solver="lsqr", shrinkage=shrinkage, priors=priors)
    expected = model.fit(x.astype(np.float64), y)
    mine = torch.softmax(head.logits(torch.from_numpy(x)), 1).numpy()
    np.testing.assert_allclose(mine, expected.predict_proba(x.astype(np.float64)), atol=1e-6)


def test_of_heads_that_what_was_kept_aside_cannot_tell_apart_the_simplest_is_chosen():
    rng = np.random.default_rng(4)
    y = torch.from_numpy(np.arange(90) % 2)
    x = torch.from_numpy(rng.normal(size=(90, 40)).astype(np.float32)) + y[:, None]
    assert choose_linear((x[:60], y[:60]), (x[60:], y[60:]), 2).how == "discriminant, shrinkage 0.98"


def test_where_the_classes_need_it_the_less_simple_head_is_chosen():
    rng = np.random.default_rng(4)
    y = torch.from_numpy(rng.integers(0, 2, 4000))
    nuisance = rng.normal(size=4000) * 30
    x = np.stack([nuisance, nuisance + y.numpy() + rng.normal(size=4000) * 0.2], 1)
    features = torch.from_numpy(x.astype(np.float32))
    choice = choose_linear((features[:2000], y[:2000]), (features[2000:], y[2000:]), 2)
    right = choice.head.logits(features[2000:]).argmax(1) == y[2000:]
    assert float(right.float().mean()) > 0.95


@pytest.mark.parametrize("count", [1, 2])
def test_one_or_two_equal_pictures_of_each_class_are_enough_for_a_head(count):
    y = torch.arange(3).repeat(count)
    x = torch.eye(3)[y] * 2
    choice = choose_linear((x, y), (x, y), 3)
    assert choice.head.logits(x).argmax(1).tolist() == y.tolist()


def test_a_class_without_a_training_sample_still_gets_a_head():
    y = torch.tensor([0, 1] * 10)
    x = torch.randn(20, 5, generator=torch.Generator().manual_seed(1)) + y[:, None]
    choice = choose_linear((x, y), (x, y), 3)
    assert choice.head.weight.shape == (3, 5)
    assert torch.isfinite(choice.head.weight).all()
