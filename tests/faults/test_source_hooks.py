"""Processes that die while a query is asked or the bin is emptied; their hooks stand in the list of all."""

import sqlite3

import pytest

from core.jobs import dispatch, runner
from core.services.uploads import upload_from
from datasets.models import TablePart
from datasets.services.datasets import dataset_create
from datasets.services.imports import ImportOptions, import_submit_sql
from tests.faults.forks import assert_dies
from tests.faults.state import broken_but_jobs
from tests.faults.test_every_hook import QUERY
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
