"""Figures of agreement against other people's packages and worked examples."""

import json
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats import inter_rater

from labeling.consensus.figures import cohen_kappa, fleiss_kappa, krippendorff_alpha, observed, pooled_f1
from labeling.consensus.intervals import figure_of

RECORDED = json.loads((Path(__file__).parents[2] / "data" / "krippendorff_alpha.json").read_text("utf-8"))
SEEDS = st.integers(0, 2**32 - 1)


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.integers(2, 6))
def test_cohen_is_that_of_statsmodels(seed, classes):
    table = np.random.default_rng(seed).integers(0, 9, (classes, classes)) + np.eye(classes, dtype=int)[::-1]
    cells = np.argwhere(np.ones((classes, classes)))
    found = cohen_kappa(cells, table.ravel().astype(float), classes)
    assert float(found) == pytest.approx(inter_rater.cohens_kappa(table).kappa, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.integers(2, 6), st.integers(2, 5))
def test_fleiss_is_that_of_statsmodels(seed, classes, people):
    random = np.random.default_rng(seed)
    counts = random.multinomial(people, random.dirichlet(np.ones(classes)), size=12)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        right = inter_rater.fleiss_kappa(counts)
    found = float(fleiss_kappa(counts, np.ones(12)))
    assert (np.isnan(found) and (counts.sum(axis=0) > 0).sum() == 1) or found == pytest.approx(
        right, abs=1e-9
    )


@pytest.mark.parametrize("case", RECORDED, ids=lambda case: case["level"])
def test_alpha_is_that_of_the_krippendorff_package(case):
    counts = np.array(case["counts"])
    found = krippendorff_alpha(counts, np.ones(len(counts)), case["level"], np.array(case["values"], float))
    assert float(found) == pytest.approx(case["alpha"], abs=1e-9)


def _alpha_by_pairs(counts, distance):
    """The definition: differences within samples over differences among all answers, one pair after the other."""
    units = [[label for label, n in enumerate(row) for _ in range(n)] for row in counts]
    units = [unit for unit in units if len(unit) > 1]
    pooled = [label for unit in units for label in unit]
    seen = sum(
        sum(distance(a, b) for i, a in enumerate(unit) for j, b in enumerate(unit) if i != j)
        / (len(unit) - 1)
        for unit in units
    ) / len(pooled)
    pairs = [distance(a, b) for i, a in enumerate(pooled) for j, b in enumerate(pooled) if i != j]
    chance = sum(pairs) / len(pairs)
    return 1 - seen / chance


@pytest.mark.parametrize(
    ("level", "distance"), [("nominal", lambda a, b: a != b), ("interval", lambda a, b: (a - b) ** 2)]
)
def test_alpha_is_what_its_definition_says(level, distance):
    for seed in range(20):
        counts = np.random.default_rng(seed).multinomial(3, (0.5, 0.3, 0.2), size=8)
        found = krippendorff_alpha(counts, np.ones(8), level)
        assert float(found) == pytest.approx(_alpha_by_pairs(counts, distance), abs=1e-9)


def test_the_worked_examples_of_the_papers():
    # Cohen's kappa of the two doctors in many textbooks: 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no.
    cells = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    assert float(cohen_kappa(cells, np.array([20.0, 5, 10, 15]), 2)) == pytest.approx(0.4)
    # Krippendorff 2011, part C: four observers, twelve units, nominal 0.743, interval 0.849.
    units = ["1.11", "2232", "3333", "3333", "2222", "1234", "4444", "1121", "2222", ".555", "..11", "..3."]
    counts = np.array([[Counter(unit)[digit] for digit in "12345"] for unit in units])
    assert float(krippendorff_alpha(counts, np.ones(12))) == pytest.approx(0.743, abs=5e-4)
    assert float(krippendorff_alpha(counts, np.ones(12), "interval")) == pytest.approx(0.849, abs=5e-4)


def test_a_weight_is_as_many_samples():
    counts = np.array([[2, 0, 1], [0, 3, 0], [1, 1, 1]])
    often = np.repeat(counts, [4, 2, 5], axis=0)
    weights = np.array([4.0, 2, 5])
    for figure in (fleiss_kappa, krippendorff_alpha, observed):
        assert float(figure(counts, weights)) == pytest.approx(float(figure(often, np.ones(11))))
        both = figure(counts, np.stack([weights, weights + 1]))
        assert both.shape == (2,)
        assert both[1] == pytest.approx(float(figure(counts, weights + 1)))


def test_a_figure_that_does_not_exist_is_none():
    one = np.array([[3, 0]])
    assert np.isnan(krippendorff_alpha(one, np.array([5.0])))
    assert np.isnan(fleiss_kappa(one, np.array([5.0])))
    assert np.isnan(fleiss_kappa(np.array([[1, 0]]), np.array([5.0])))
    assert np.isnan(cohen_kappa(np.array([[0, 0]]), np.array([5.0]), 2))
    figure = figure_of(lambda weights: krippendorff_alpha(one, weights), np.array([5.0]), name="x")
    assert (figure.value, figure.low, figure.high, figure.samples) == (None, None, None, 5)


def test_f1_pools_what_was_found():
    rows = np.array([[1, 0, 0], [0, 1, 1], [2, 1, 0]])
    assert float(pooled_f1(rows, np.array([1.0, 1, 1]))) == pytest.approx(2 * 3 / (2 * 3 + 3))
    assert np.isnan(pooled_f1(rows, np.zeros(3)))


def test_an_interval_is_the_same_each_time_and_narrows_with_more_samples():
    counts = np.array([[2, 0], [1, 1], [0, 2]])

    def alpha(weights):
        return krippendorff_alpha(counts, weights)

    few = figure_of(alpha, np.array([20.0, 10, 20]), name="pair")
    assert few == figure_of(alpha, np.array([20.0, 10, 20]), name="pair")
    many = figure_of(alpha, np.array([2000.0, 1000, 2000]), name="pair")
    assert few.low < few.value < few.high
    assert (many.high - many.low) < (few.high - few.low) / 5


def test_the_interval_holds_the_truth_nineteen_times_of_twenty():
    shares, counts = np.array([0.4, 0.2, 0.4]), np.array([[2, 0], [1, 1], [0, 2]])
    truth = float(observed(counts, shares * 1e6))
    random = np.random.default_rng(5)
    inside = 0
    for round_ in range(200):
        drawn = random.multinomial(150, shares).astype(float)
        figure = figure_of(lambda weights: observed(counts, weights), drawn, name=str(round_))
        inside += figure.low <= truth <= figure.high
    assert inside / 200 == pytest.approx(0.95, abs=0.04)
