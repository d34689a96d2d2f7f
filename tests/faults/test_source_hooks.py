"""Processes that die while a query is asked or the bin is emptied; their hooks stand in the list of all."""

import sqlite3

import pytest

from core.clock import utc_now
from core.jobs import dispatch, runner
from core.models import Job
from core.services.uploads import upload_from
from datasets.models import Sample, TablePart
from datasets.services.bin import bin_empty
from datasets.services.bulk_edits import bulk_submit
from datasets.services.datasets import dataset_create
from datasets.services.imports import ImportOptions, import_submit_sql
from tests.faults.forks import assert_dies
from tests.faults.state import broken, broken_but_jobs
from tests.faults.test_every_hook import DELETE, PURGE, QUERY
from tests.faults.world import World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture
def world(project, monkeypatch):
    monkeypatch.setattr(dispatch, "ring", lambda job_id, queue: None)
    return World(project)


def test_a_query_whose_process_dies_is_asked_again_and_brings_each_row_once(world, tmp_path):
    sqlite3.connect(tmp_path / "q.db").executescript(
        "CREATE TABLE t (a); INSERT INTO t VALUES (1), (2), (3)"
    ).connection.close()
    table = dataset_create(
        actor=world.boss, project=world.project, name="q", task="tabular_regression", modality="tabular"
    )
    for number, hook in enumerate(QUERY, 1):
        upload = upload_from(world.boss, filename="q.db", chunks=[(tmp_path / "q.db").read_bytes()])
        source = {
            "driver": "sqlite",
            "query": f"SELECT a + {number} AS a FROM t",
            "limit": 9,
            "upload_id": upload.pk,
        }
        job = import_submit_sql(actor=world.boss, dataset=table, sql=source, options=ImportOptions())
        assert_dies(hook, lambda job=job: runner.run(job.pk))
        assert broken_but_jobs() == [], hook
        world.finished(job)
        rows = TablePart.objects.filter(table__dataset=table, is_live=True).values_list("rows", flat=True)
        assert sum(rows) == 3 * number, hook


def test_a_purge_that_dies_lets_each_sample_go_once_and_keeps_what_a_version_holds(world, monkeypatch):
    monkeypatch.setattr("datasets.services.purge.BATCH", 2)
    version = world.version()
    held = Sample.objects.filter(dataset=version.dataset).count()
    world.finished(bulk_submit(actor=world.boss, dataset=version.dataset, **DELETE)[1])
    for hook in PURGE:
        job = bin_empty(actor=world.boss, project=world.project)
        assert_dies(hook, lambda job=job: runner.run(job.pk))
        assert Sample.objects.count() == held, hook
        assert broken_but_jobs() == [], hook
        if hook == PURGE[0]:
            Job.objects.filter(pk=job.pk).update(state="cancelled", finished_at=utc_now())
    world.finished(job)
    assert not Sample.objects.exists()
    assert version.pictures.count() == held
    # What an import tells of has gone since.
    assert [line for line in broken() if not line.startswith("import ")] == []
