"""Cleaning of texts where something else happened in between."""

import pytest

from core.jobs.lease import JobCancelled
from core.models import Job
from core.services.blobs import blob_read
from datasets.cleaning.sampling import taken_random
from datasets.models import Cleaning, Sample
from datasets.selectors.counters import drift_of
from datasets.services import clean_samples
from datasets.services.counters import counters_add
from tests.datasets.cleaning.conftest import (
    assert_counted,
    cleaned,
    done,
    grown,
    posted,
    shown,
    state_of,
    texts_of,
    undone,
)
from tests.datasets.conftest import worked

pytestmark = pytest.mark.django_db(transaction=True)

KEPT = ("sample_random", {"keep": 1000})


def test_again_takes_what_one_that_failed_left_out(client, make_texts, project, monkeypatch):
    dataset = make_texts(["ONE"])
    result = cleaned(client, dataset, ("lower", {}))
    grown(dataset, ["TWO"], project.created_by)

    def broken(*args, **options):
        raise JobCancelled

    path = f"cleanings/{result['cleaning']}/again/"
    with monkeypatch.context() as patched:
        patched.setattr(clean_samples, "answers_write", broken)
        stopped = posted(client, path)
        worked(Job.objects.get(pk=stopped.json()["job"]["id"]))
    assert texts_of(dataset) == sorted(["one", "TWO"])
    for again in (path, f"cleanings/{Cleaning.objects.get(again_of__isnull=False).pk}/again/"):
        undone(client, done(posted(client, again)))
    assert done(posted(client, path))["changed"] == 1
    assert texts_of(dataset) == sorted(["one", "two"])


def test_a_split_given_meanwhile_is_counted_where_the_sample_went(client, make_texts, monkeypatch):
    dataset = make_texts(["one", "ONE"])
    write = clean_samples.answers_write

    def late(*args, **options):
        if not Sample.objects.filter(split="test").exists():
            Sample.objects.filter(dataset=dataset).update(split="test")
            counters_add(dataset.pk, {("split", ""): -2, ("split", "test"): 2})
        write(*args, **options)

    monkeypatch.setattr(clean_samples, "answers_write", late)
    result = cleaned(client, dataset, ("lower", {}))
    assert result["copies"] == 1
    assert_counted(dataset)
    assert drift_of(Cleaning.objects.get(pk=result["cleaning"]).bin_id) == {}


def test_the_bin_takes_the_same_bytes_once(client, make_texts):
    """A step made bytes anew that a step before had put into the bin."""
    dataset = make_texts(["A", "a", "x"])
    before = state_of(dataset)
    again = (("lower", {}), KEPT, ("regex", {"pattern": "x", "replacement": "A"}))
    result = cleaned(client, dataset, *again, KEPT, ("lower", {}))
    assert (result["copies"], result["problems"]) == (1, 1)
    assert shown(client, result)["problems"][0]["code"] == "copy_in_bin"
    assert texts_of(dataset) == ["A", "a"]
    assert_counted(dataset)
    undone(client, result)
    assert state_of(dataset) == before
    texts = [blob_read(one.sha256) for one in Sample.objects.filter(dataset=dataset).order_by("pk")]
    place = [text for text in texts if text != b"A"].index(b"a")
    seed = next(seed for seed in range(99) if taken_random(2, 1, seed)[0] == place)
    result = cleaned(client, dataset, *again, ("sample_random", {"keep": 1, "seed": seed}))
    assert (result["binned"], result["problems"]) == (0, 1)
    assert texts_of(dataset) == ["A", "a"]
    assert_counted(dataset)
    undone(client, result)
    assert state_of(dataset) == before
