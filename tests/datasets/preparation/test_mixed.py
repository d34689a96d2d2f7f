"""Rows made up between rows of numbers and words, against a slow reference that follows the paper row by row."""

import math
from collections import Counter

import numpy as np
import pytest

from datasets.preparation.mixed import (
    GAP,
    Rows,
    class_targets,
    nearest_mixed,
    rows_made,
    voted,
    weights_of,
)


def distance(rows, one, other):
    """Squared, cell by cell."""
    total = 0.0
    for a, b, scale in zip(rows.numbers[one], rows.numbers[other], rows.scale, strict=True):
        if math.isnan(a) or math.isnan(b):
            total += math.isnan(a) != math.isnan(b)
        else:
            total += ((a - b) / (scale or 1.0)) ** 2
    return total + sum(a != b for a, b in zip(rows.codes[one], rows.codes[other], strict=True))


def reference(rows, one, count):
    others = [other for other in range(len(rows)) if other != one]
    return sorted(others, key=lambda other: (round(distance(rows, one, other), 9), other))[:count]


@pytest.fixture(params=[(40, 3, 2, 0), (300, 1, 4, 1), (25, 0, 3, 2), (60, 4, 0, 3)])
def rows(request):
    count, numbers, words, seed = request.param
    rng = np.random.default_rng(seed)
    values = np.round(rng.normal(0, 1, (count, numbers)) * 10.0 ** np.arange(numbers), 2)
    values[rng.random(values.shape) < 0.15] = np.nan
    codes = rng.integers(GAP, 3, (count, words))
    scale = np.nan_to_num(np.nanstd(values, axis=0)) if numbers else np.zeros(0)
    return Rows(values, codes, scale)


@pytest.mark.parametrize("count", [1, 5])
def test_the_nearest_rows_are_those_of_the_reference(rows, count):
    found = nearest_mixed(rows, np.arange(len(rows)), count)
    assert [list(near) for near in found] == [reference(rows, one, count) for one in range(len(rows))]


def test_a_word_is_the_most_frequent_of_the_near_ones_and_of_equals_the_nearest():
    codes = np.array([[1], [2], [2], [GAP], [3], [1]])
    near = np.array([[0, 1, 2], [3, 4, 0], [0, 1, 5]])
    assert voted(codes, near).tolist() == [[2], [GAP], [1]]


def test_made_rows_lie_between_a_row_and_one_of_its_nearest_and_have_their_words(rows):
    made = next(rows_made(rows, 200, 5, np.random.default_rng(1)))
    for base, numbers, codes in zip(made.base, made.numbers, made.codes, strict=True):
        near = reference(rows, int(base), 5)
        assert any(is_between(rows.numbers[base], numbers, rows.numbers[other]) for other in near)
        for at, code in enumerate(codes):
            most = Counter(int(rows.codes[other, at]) for other in near).most_common()
            assert code in [word for word, votes in most if votes == most[0][1]]


def is_between(own, made, far):
    shares = []
    for a, m, b in zip(own, made, far, strict=True):
        if math.isnan(a) or math.isnan(b):
            if not (m == a or (math.isnan(m) and math.isnan(a))):
                return False
        elif a != b:
            shares.append((m - a) / (b - a))
        elif not math.isclose(m, a, abs_tol=1e-9):
            return False
    return all(
        -1e-9 <= share <= 1 + 1e-9 and math.isclose(share, shares[0], abs_tol=1e-6) for share in shares
    )


def test_a_class_of_one_row_is_copied_and_the_same_seed_makes_the_same_rows(rows):
    lone = Rows(rows.numbers[:1], rows.codes[:1], rows.scale)
    made = next(rows_made(lone, 3, 5, np.random.default_rng(0)))
    assert np.array_equal(made.numbers, np.repeat(lone.numbers, 3, axis=0), equal_nan=True)
    one, two = (list(rows_made(rows, 25, 3, np.random.default_rng(7), chunk=10)) for _ in "ab")
    assert [len(chunk.base) for chunk in one] == [10, 10, 5]
    for a, b in zip(one, two, strict=True):
        assert np.array_equal(a.numbers, b.numbers, equal_nan=True)


def test_how_many_rows_are_wanted_and_what_each_class_weighs():
    counts = {"a": 60, "b": 30, "c": 10, "gone": 0}
    assert class_targets(counts, 0.5) == {"a": 0, "b": 0, "c": 20, "gone": 0}
    assert class_targets(counts, 1.0) == {"a": 0, "b": 30, "c": 50, "gone": 0}
    weights = weights_of(counts)
    assert set(weights) == {"a", "b", "c"}
    assert {round(weights[name] * counts[name], 9) for name in weights} == {round(100 / 3, 9)}
    assert sum(weights[name] * counts[name] for name in weights) == pytest.approx(100)
