"""Two people ask for the same at once: on PostgreSQL, where the second waits for the row of the first."""

import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import connection, transaction

from core.clock import utc_now
from core.models import Job
from datasets.models import BucketSync
from datasets.services.bucket_syncs import sync_run_now
from datasets.services.bulk_edits import EditNotUndoable, Selection, bulk_submit, bulk_undo
from datasets.services.cleanings import CleaningNotUndoable, cleaning_submit, cleaning_undo
from tests.datasets.conftest import worked
from tests.datasets.pictures import picture

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
LONG_S = 20
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


@pytest.fixture
def dataset(make_dataset, run_import):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    dataset = make_dataset()
    run_import(dataset, {"cat/1.jpg": picture(1, (64, 48))})
    return dataset


def asked_twice(ask):
    """What the one answers who asks while the transaction of the other is not over yet, or what it raises."""

    def closing():
        try:
            return ask()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            ask()
            second = pool.submit(closing)
            until = time.monotonic() + LONG_S
            while not second.done() and not is_waiting():
                assert time.monotonic() < until
                time.sleep(0.02)
        return second.exception(LONG_S) or second.result()


def is_waiting():
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return cursor.fetchone()[0] > 0


def test_an_edit_is_taken_back_once(dataset):
    actor = dataset.created_by
    edit, job = bulk_submit(actor=actor, dataset=dataset, action="split", value="test", selection=Selection())
    worked(job)
    second = asked_twice(partial(bulk_undo, actor=actor, edit_id=edit.pk))
    assert isinstance(second, EditNotUndoable)
    assert Job.objects.filter(kind="datasets.bulk_edit", params__undo=True).count() == 1


def test_a_cleaning_is_taken_back_once(dataset):
    actor = dataset.created_by
    recipe = {"version": 1, "steps": [{"op": "resize", "params": {"pixels": 32}}]}
    cleaning, job = cleaning_submit(actor=actor, dataset=dataset, recipe=recipe)
    assert worked(job).state == "succeeded"
    second = asked_twice(partial(cleaning_undo, actor=actor, cleaning_id=cleaning.pk))
    assert isinstance(second, CleaningNotUndoable)
    assert Job.objects.filter(kind="datasets.clean_undo").count() == 1


def test_a_bucket_is_looked_at_by_one_run(dataset):
    source = {"endpoint": "", "bucket": "b", "prefix": "", "region": "", "key_id": "", "secret": ""}
    sync = BucketSync.objects.create(
        dataset=dataset, source=source, every="day", next_run_at=utc_now(), created_by=dataset.created_by
    )
    second = asked_twice(partial(sync_run_now, actor=dataset.created_by, sync_id=sync.pk))
    assert second == Job.objects.get(kind="datasets.sync")
