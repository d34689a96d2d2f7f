"""Which samples are taken: shares, seeds, and how far apart diverse ones are."""

import itertools
from collections import Counter

import numpy as np
import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from core.clock import utc_now
from core.models import Job
from core.services.blobs import blob_put, blobs_register
from datasets.cleaning import sampling
from datasets.cleaning.sampling import taken_by_value, taken_diverse, taken_random, taken_stratified
from datasets.embeddings.parts import part_packed
from datasets.models import EmbeddingPart, Sample
from datasets.selectors.vectors import MODEL
from datasets.services import clean_choices
from tests.datasets.cleaning.conftest import cleaned, posted, recipe, undone
from tests.datasets.conftest import worked
from tests.datasets.pictures import picture


def units(count, size, seed=0):
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(count, size)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def radius(vectors, taken):
    """The largest distance of any vector to the nearest of those taken."""
    return float(np.linalg.norm(vectors[:, None] - vectors[None, taken], axis=2).min(axis=1).max())


@given(st.integers(0, 50), st.integers(1, 60), st.integers(0, 2**31))
def test_a_random_sample_is_a_set_of_rows_that_a_seed_repeats(count, keep, seed):
    taken = taken_random(count, keep, seed)
    assert len(set(taken.tolist())) == len(taken) == min(count, keep)
    assert np.array_equal(taken, taken_random(count, keep, seed))


def test_every_row_is_as_likely():
    counts = Counter(row for seed in range(3000) for row in taken_random(10, 3, seed).tolist())
    assert max(abs(counts[row] / 3000 - 0.3) for row in range(10)) < 0.04


@settings(deadline=None)
@given(st.lists(st.sampled_from("abcd"), min_size=1, max_size=60), st.integers(1, 70), st.integers(0, 99))
def test_a_stratified_sample_has_of_every_class_its_share_to_within_one(keys, keep, seed):
    taken = taken_stratified(keys, keep, seed)
    keep = min(keep, len(keys))
    assert len(taken) == keep
    found = Counter(keys[row] for row in taken)
    for key, many in Counter(keys).items():
        assert abs(found[key] - keep * many / len(keys)) < 1


@given(st.lists(st.sampled_from("abc"), max_size=40), st.integers(1, 10), st.integers(0, 99))
def test_no_value_has_more_than_it_may(keys, most, seed):
    taken = taken_by_value(keys, most, seed)
    assert Counter(keys[row] for row in taken) == {k: min(most, n) for k, n in Counter(keys).items()}


@pytest.mark.parametrize("seed", range(6))
def test_a_diverse_sample_leaves_no_gap_twice_as_wide_as_the_best_would(seed):
    vectors = units(11, 3, seed)
    taken = taken_diverse(vectors, 4, seed)
    best = min(radius(vectors, list(four)) for four in itertools.combinations(range(11), 4))
    assert len(set(taken.tolist())) == 4
    assert radius(vectors, taken) <= 2 * best + 1e-5


def test_a_diverse_sample_takes_one_of_every_cluster_and_no_twin():
    centers = units(8, 16)
    vectors = np.repeat(centers, 25, axis=0) + np.random.default_rng(1).normal(0, 0.01, (200, 16))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    assert sorted(row // 25 for row in taken_diverse(vectors, 8, 3).tolist()) == list(range(8))
    same = np.repeat(centers[:2], 5, axis=0)
    assert len(set(taken_diverse(same, 6, 1).tolist())) == 6


def test_many_vectors_in_fewer_dimensions_are_taken_nearly_as_well(monkeypatch):
    vectors = units(400, 256)
    exact = radius(vectors, taken_diverse(vectors, 40, 1))
    monkeypatch.setattr(sampling, "EXACT_UP_TO", 100)
    assert radius(vectors, taken_diverse(vectors, 40, 1)) < 1.15 * exact


def test_vectors_may_be_laid_into_fewer_dimensions_piece_by_piece(monkeypatch):
    monkeypatch.setattr(sampling, "EXACT_UP_TO", 100)
    vectors = units(400, 256)
    pieces = [piece @ sampling.projection(400, 256, 1) for piece in np.array_split(vectors, 7)]
    assert np.array_equal(taken_diverse(np.concatenate(pieces), 40, 1), taken_diverse(vectors, 40, 1))
    assert sampling.projection(100, 256, 1) is None


@pytest.mark.django_db(transaction=True)
def test_pictures_as_unlike_as_can_be_are_taken_and_those_without_a_vector_stay(
    client, make_dataset, run_import, monkeypatch
):
    dataset = make_dataset()
    run_import(dataset, {f"cat/{n}.jpg": picture(n) for n in range(9)})
    ids = list(Sample.objects.filter(dataset=dataset).order_by("pk").values_list("pk", flat=True))
    vectors = np.repeat(np.eye(1280, dtype=np.float32)[:4], 2, axis=0)
    stored = blob_put(part_packed([pk.bytes for pk in ids[:8]], vectors), "application/octet-stream")
    with transaction.atomic():
        blobs_register([stored])
        EmbeddingPart.objects.create(
            dataset=dataset, model=MODEL, count=8, sha256=stored.sha256, made_at=utc_now()
        )
    result = cleaned(client, dataset, ("sample_diverse", {"keep": 4}))
    assert result["binned"] == 4
    left = set(Sample.objects.filter(dataset=dataset).values_list("pk", flat=True))
    assert ids[8] in left
    assert {ids.index(pk) // 2 for pk in left - {ids[8]}} == {0, 1, 2, 3}
    assert undone(client, result)["restored"] == 4
    with monkeypatch.context() as patched:
        patched.setattr(sampling, "EXACT_UP_TO", 4)
        compared = []

        def kept(vectors, *args, **options):
            compared.append(vectors.shape)
            return taken_diverse(vectors, *args, **options)

        patched.setattr(clean_choices, "taken_diverse", kept)
        result = cleaned(client, dataset, ("sample_diverse", {"keep": 4}))
    left = set(Sample.objects.filter(dataset=dataset).values_list("pk", flat=True))
    assert {ids.index(pk) // 2 for pk in left - {ids[8]}} == {0, 1, 2, 3}
    assert compared == [(8, sampling.PROJECTED)]
    undone(client, result)
    monkeypatch.setattr(clean_choices, "MOST_DISTANCES", 8 * 4 - 1)
    answer = posted(
        client, f"datasets/{dataset.pk}/cleanings/", recipe=recipe(("sample_diverse", {"keep": 4}))
    )
    job = worked(Job.objects.get(pk=answer.json()["job"]["id"]))
    assert (job.state, job.error_code) == ("failed", "sample_too_diverse")
