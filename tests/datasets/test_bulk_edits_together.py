"""Bulk edits while people label: on PostgreSQL, where both hold rows."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import connection

from core.models import Job
from datasets.models import Sample
from datasets.selectors.counters import drift_of
from datasets.services import annotations, bulk_edits
from datasets.services.annotations import annotation_replace
from datasets.services.bulk_edits import Selection, bulk_submit
from tests.datasets.conftest import worked
from tests.datasets.pictures import picture

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
LONG_S = 20


def test_a_save_and_a_bulk_edit_of_the_same_sample_never_wait_for_each_other(
    make_dataset, run_import, monkeypatch
):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    dataset = make_dataset()
    run_import(dataset, {f"{('cat', 'dog')[i % 2]}/{i}.jpg": picture(i) for i in range(4)})
    sample = Sample.objects.filter(dataset=dataset).order_by("pk")[2]
    has_sample, has_dataset = Event(), Event()
    check, do_batch = annotations._check, bulk_edits._do_batch

    def check_late(*args):
        has_sample.set()
        assert has_dataset.wait(LONG_S)
        return check(*args)

    def do_late(edit):
        has_dataset.set()
        return do_batch(edit)

    def saved():
        try:
            label = annotations.ShapeInput(
                id=uuid.uuid4(), kind="class", label=dataset.classes.get(name="cat").pk
            )
            return annotation_replace(
                sample.pk, expected_revision=None, shapes=[label], actor=dataset.created_by
            )
        finally:
            connection.close()

    monkeypatch.setattr(annotations, "_check", check_late)
    monkeypatch.setattr(bulk_edits, "_do_batch", do_late)
    _, job = bulk_submit(
        actor=dataset.created_by, dataset=dataset, action="split", value="test", selection=Selection()
    )
    with ThreadPoolExecutor(1) as pool:
        save = pool.submit(saved)
        assert has_sample.wait(LONG_S)
        job = worked(Job.objects.get(pk=job.pk))
        assert save.result(LONG_S) == sample.annotation_revision + 1
    assert (job.state, job.result and job.result["changed"]) == ("succeeded", 4)
    assert drift_of(dataset.pk) == {}
