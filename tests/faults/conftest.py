"""Databases that a second process can reach."""

from datetime import timedelta

import pytest
from django.db import connection

from core.jobs import dispatch, lease
from tests.faults.actors import place_make
from tests.faults.kinds import TABLE
from tests.faults.worker import database_url
from tests.faults.world import World
from tests.support.stack import Stack


@pytest.fixture(scope="package")
def place(tmp_path_factory):
    """A started studio of these tests' own, with a model, an endpoint and pictures to label."""
    running = Stack(tmp_path_factory.mktemp("faults") / "var")
    try:
        running.start(timeout_s=300)
        yield place_make(running)
    finally:
        running.close()


@pytest.fixture
def shared_database(transactional_db, postgres_url, monkeypatch):
    """The URL of the test's database, with the table of effects in it."""
    if connection.vendor != "postgresql":
        pytest.skip("a second process needs a database that it can reach")
    monkeypatch.setattr(lease, "RING_AGAIN", timedelta(seconds=1))
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {TABLE} (job text, attempt int)")
    yield database_url(postgres_url)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {TABLE}")


@pytest.fixture
def frozen_pictures(shared_database, project, monkeypatch):
    """A frozen version of twenty small pictures."""
    with monkeypatch.context() as patch:
        patch.setattr(dispatch, "ring", lambda job_id, queue: None)
        return World(project).version()
