"""The map: neighbors stay neighbors; its file; what lies in a region."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness
from sklearn.neighbors import NearestNeighbors

from datasets.embeddings import layout
from datasets.embeddings.layout import map_of, nearest_of
from datasets.embeddings.mapfile import SIDE, Map, inside, map_unpacked, places_packed


def digits(count):
    vectors, labels = load_digits(return_X_y=True)
    return vectors[:count].astype(np.float32) / 16, labels[:count]


def chunked(vectors, rows=None, size=200):
    rows = np.arange(len(vectors)) if rows is None else rows
    return lambda: ((rows[i : i + size], vectors[i : i + size]) for i in range(0, len(vectors), size))


def test_neighbors_on_the_map_are_neighbors_in_the_vectors_far_better_than_two_axes_tell():
    vectors, labels = digits(600)
    drawn = map_of(chunked(vectors), 600)
    flat = PCA(2).fit_transform(vectors)
    assert trustworthiness(vectors, drawn.places, n_neighbors=10) > 0.95
    assert trustworthiness(vectors, flat, n_neighbors=10) < 0.88
    near, _ = nearest_of(drawn.places, drawn.places, 5, itself=True)
    assert (labels[near] == labels[:, None]).mean() > 0.85
    assert drawn.places.min() == 0
    assert drawn.places.max() == 1


def test_the_same_seed_draws_the_same_map_and_what_has_no_vector_is_not_on_it():
    vectors, _ = digits(120)
    rows = np.arange(0, 240, 2)
    one, two = (map_of(chunked(vectors, rows), 240, seed=3) for _ in range(2))
    np.testing.assert_array_equal(one.places, two.places)
    assert np.isnan(one.places[1::2]).all()
    assert not np.isnan(one.places[::2]).any()
    assert not np.isnan(one.distances[::2]).any()


def test_what_is_no_landmark_lies_among_its_own(monkeypatch):
    vectors, labels = digits(600)
    monkeypatch.setattr(layout, "LANDMARKS", 200)
    drawn = map_of(chunked(vectors), 600)
    near, _ = nearest_of(drawn.places, drawn.places, 5, itself=True)
    assert (labels[near] == labels[:, None]).mean() > 0.75


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5])
def test_few_pictures_have_a_map_too(count):
    drawn = map_of(chunked(np.eye(8, dtype=np.float32)[:count]), count)
    assert drawn.places.shape == (count, 2)
    assert not np.isnan(drawn.places).any()


def test_the_nearest_are_those_of_scikit_learn():
    vectors, _ = digits(300)
    found, distances = nearest_of(vectors, vectors, 7, itself=True)
    expected, names = NearestNeighbors(n_neighbors=8).fit(vectors).kneighbors(vectors)
    np.testing.assert_allclose(distances, expected[:, 1:], atol=2e-3)
    # Where two are as near, either may come first.
    assert (found == names[:, 1:]).mean() > 0.98


def test_a_map_reads_as_it_was_written_and_what_is_no_map_is_refused():
    rng = np.random.default_rng(0)
    ids = np.array([rng.bytes(14) + b"\0\0" for _ in range(9)], "S16")
    made = Map(ids, places_packed(rng.random((9, 2))), np.arange(-1, 8, dtype=np.int16))
    read = map_unpacked(made.packed())
    for name in ("ids", "places", "classes"):
        np.testing.assert_array_equal(getattr(read, name), getattr(made, name))
    for spoiled in (b"", b"EMM1", made.packed()[:-1], b"XXXX" + made.packed()[4:]):
        with pytest.raises(ValueError):
            map_unpacked(spoiled)


@settings(deadline=None)
@given(
    corners=st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=3, max_size=9),
    seed=st.integers(0, 50),
)
def test_a_region_holds_what_a_ray_says_it_holds(corners, seed):
    places = np.random.default_rng(seed).integers(1, SIDE, (40, 2)).astype(np.uint16)
    expected = [ray_says(x / SIDE, y / SIDE, corners) for x, y in places.tolist()]
    assert inside(places, corners).tolist() == expected


def ray_says(x, y, corners):
    """Whether a ray to the right crosses the polygon an odd number of times."""
    odd = False
    before = corners[-1]
    for corner in corners:
        (x0, y0), (x1, y1) = before, corner
        if (y0 > y) != (y1 > y) and x < x0 + (y - y0) * ((x1 - x0) / (y1 - y0)):
            odd = not odd
        before = corner
    return odd
