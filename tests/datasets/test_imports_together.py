"""Two imports into one data set at the same time: nothing is lost, nothing is there twice."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from core.jobs import runner
from core.models import Job
from datasets.models import Sample
from datasets.selectors.counters import drift_of
from datasets.services import import_run
from tests.datasets.pictures import picture

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
LONG_S = 120
SHARED, OWN = 12, 9


def _files(names, numbers):
    """A picture a number, in the folders of `names` by turns."""
    return {f"{names[i % 2]}/{i}.jpg": picture(i) for i in numbers}


def test_two_imports_at_the_same_time_lose_nothing_and_double_nothing(make_dataset, submit, monkeypatch):
    """They share files and a class, and bring a class each; a batch is a few files, so that they interleave."""
    monkeypatch.setattr(import_run, "BATCH_ITEMS", 3)
    dataset = make_dataset()
    first = _files(("cat", "dog"), range(SHARED + OWN))
    second = _files(("cat", "bird"), [*range(SHARED), *range(100, 100 + OWN)])
    jobs = [submit(dataset, files) for files in (first, second)]
    together = Barrier(2)

    def run(job):
        try:
            together.wait(LONG_S)
            runner.run(job.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for ended in [pool.submit(run, job) for job in jobs]:
            ended.result(LONG_S)
    results = [Job.objects.get(pk=job.pk) for job in jobs]
    assert [job.state for job in results] == ["succeeded", "succeeded"], [job.error for job in results]
    expected = {hashlib.sha256(content).hexdigest() for content in (*first.values(), *second.values())}
    assert len(expected) == SHARED + 2 * OWN
    samples = Sample.objects.filter(dataset=dataset)
    assert sorted(samples.values_list("sha256", flat=True)) == sorted(expected)
    assert not samples.exclude(state="labeled").exists()
    assert sum(job.result["created"] for job in results) == len(expected)
    assert sum(job.result["duplicates"] for job in results) == SHARED
    assert sorted(dataset.classes.values_list("name", flat=True)) == ["bird", "cat", "dog"]
    assert drift_of(dataset.pk) == {}
