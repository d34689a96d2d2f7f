"""Rare classes made up for, beside scikit-learn and a search by brute force."""

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors
from sklearn.utils.class_weight import compute_sample_weight

from core.errors import InvalidInput
from datasets.preparation.balance import Balance, class_weights, nearest


def rows_of(seed=0):
    rng = np.random.default_rng(seed)
    classes = np.array(["a"] * 400 + ["b"] * 60 + ["c"] * 3 + ["d"], object).astype(str)
    features = rng.normal(size=(len(classes), 4)) + (classes == "b")[:, None] * 5
    order = rng.permutation(len(classes))
    return features[order], classes[order]


def test_weights_are_those_of_scikit_learn():
    _, classes = rows_of()
    np.testing.assert_allclose(class_weights(classes), compute_sample_weight("balanced", classes))
    assert class_weights(classes).mean() == pytest.approx(1)


def test_neighbors_are_those_of_scikit_learn():
    features, _ = rows_of()
    wanted = NearestNeighbors(n_neighbors=6).fit(features).kneighbors(features)[1][:, 1:]
    np.testing.assert_array_equal(nearest(features, 5), wanted)


def test_made_rows_lie_between_a_row_and_one_of_its_nearest_of_the_class():
    features, classes = rows_of(1)
    made = Balance(method="smote", neighbors=5, seed=3).applied(features, classes)
    np.testing.assert_array_equal(made.features[: len(features)], features)
    assert {one: int((made.classes == one).sum()) for one in "abcd"} == dict.fromkeys("abcd", 400)
    for one in "bc":
        own = features[classes == one]
        near = NearestNeighbors(n_neighbors=min(6, len(own))).fit(own).kneighbors(own)[1][:, 1:]
        ends = [(own[i], own[j]) for i in range(len(own)) for j in near[i]]
        starts = np.array([a for a, _ in ends])
        ways = np.array([b - a for a, b in ends])
        for point in made.features[len(features) :][made.classes[len(features) :] == one][:60]:
            along = np.clip(((point - starts) * ways).sum(axis=1) / (ways**2).sum(axis=1), 0, 1)
            assert np.linalg.norm(starts + along[:, None] * ways - point, axis=1).min() < 1e-9
    alone = made.features[made.classes == "d"]
    assert (alone == alone[0]).all()


def test_the_same_seed_makes_the_same_rows_and_another_one_others():
    features, classes = rows_of(2)
    one, two = (Balance(method="smote", seed=seed).applied(features, classes).features for seed in (1, 1))
    np.testing.assert_array_equal(one, two)
    assert not np.array_equal(one, Balance(method="smote", seed=2).applied(features, classes).features)


def test_copies_are_rows_of_the_class_up_to_the_share():
    features, classes = rows_of(3)
    made = Balance(method="copies", share=0.5).applied(features, classes)
    assert [int((made.classes == one).sum()) for one in "abcd"] == [400, 200, 200, 200]
    own = {tuple(row) for row in features[classes == "b"]}
    assert {tuple(row) for row in made.features[made.classes == "b"]} <= own


def test_gaps_have_no_distance():
    features, classes = rows_of(4)
    features[3, 1] = np.nan
    with pytest.raises(InvalidInput, match="fill missing cells"):
        Balance(method="smote").applied(features, classes)
