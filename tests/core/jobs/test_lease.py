"""Leases: one owner at a time, one end, whatever dies."""

import threading
from datetime import timedelta

import psycopg
import pytest
from django.db import connection, transaction
from django.utils import timezone

from core.errors import InvalidInput
from core.jobs import dispatch, lease, runner
from core.jobs.context import JobContext
from core.jobs.kinds import JOB_KINDS, JobKind
from core.models import Job, JobEvent
from studio.settings import env

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def kind(monkeypatch):
    """Registers a kind whose handler the test sets: `kind.handler = ...`."""

    class Box:
        handler = staticmethod(lambda ctx: {"done": True})

    monkeypatch.setitem(JOB_KINDS, "test.kind", JobKind("test.kind", "short", lambda ctx: Box.handler(ctx)))
    return Box


@pytest.fixture
def bells(monkeypatch):
    rung: list[str] = []
    monkeypatch.setattr(dispatch, "ring", lambda job_id, queue: rung.append(str(job_id)))
    return rung


@pytest.fixture
def job(kind, bells):
    with transaction.atomic():
        return dispatch.job_submit("test.kind", project=None, actor=None, params={"x": 1})


def expire(job):
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_an_unknown_kind_is_refused():
    with pytest.raises(InvalidInput), transaction.atomic():
        dispatch.job_submit("no.such.kind", project=None, actor=None, params={})


def test_the_bell_rings_only_after_the_commit(kind, bells):
    with transaction.atomic():
        dispatch.job_submit("test.kind", project=None, actor=None, params={})
        transaction.set_rollback(True)
    assert bells == []
    assert not Job.objects.exists()


def test_a_job_delivered_three_times_runs_once(job, kind):
    runs = []
    kind.handler = staticmethod(lambda ctx: runs.append(ctx.attempt))
    for _ in range(3):
        runner.run(job.pk)
    job.refresh_from_db()
    assert (runs, job.state, job.attempt) == ([1], "succeeded", 1)


def test_a_claimed_job_is_not_given_to_a_second_worker_until_its_lease_ends(job):
    first = lease.claim(job.pk, "a")
    assert first.attempt == 1
    assert lease.claim(job.pk, "b") is None
    expire(job)
    assert lease.claim(job.pk, "b").attempt == 2


def test_a_zombie_can_write_nothing_more(job):
    lease.claim(job.pk, "zombie")
    expire(job)
    lease.claim(job.pk, "heir")
    with pytest.raises(lease.LeaseLost):
        lease.renew(job.pk, 1)
    with pytest.raises(lease.LeaseLost), lease.fenced(job.pk, 1):
        pytest.fail("the zombie came in")
    with lease.fenced(job.pk, 2) as mine:
        assert mine.attempt == 2


def test_three_deaths_fail_the_job_with_a_reason(job, bells):
    for _ in range(lease.MAX_DEATHS):
        assert lease.claim(job.pk, "w") is not None
        expire(job)
        dispatch.sweep_and_ring()
    job.refresh_from_db()
    assert (job.state, job.error_code) == ("failed", "worker_lost")
    assert "3 times" in job.error_detail
    assert lease.claim(job.pk, "w") is None


def test_a_job_that_gets_somewhere_each_time_survives_any_number_of_deaths(job, bells):
    for attempt in range(1, 3 * lease.MAX_DEATHS):
        context = JobContext(lease.claim(job.pk, "w"))
        assert context.attempt == attempt
        context.milestone()
        expire(job)
        if attempt % 2:
            dispatch.sweep_and_ring()
    job.refresh_from_db()
    assert (job.state, job.deaths) in (("queued", 1), ("running", 0))


def test_the_sweep_rings_again_for_a_job_whose_bell_was_lost(job, bells):
    bells.clear()
    dispatch.sweep_and_ring()
    assert bells == [str(job.pk)]
    dispatch.sweep_and_ring()
    assert bells == [str(job.pk)], "not twice within ten seconds"


@pytest.mark.postgres
def test_a_job_held_by_a_frozen_process_keeps_the_sweep_from_no_other(job, bells):
    with transaction.atomic():
        other = dispatch.job_submit("test.kind", project=None, actor=None, params={})
    for one in (job, other):
        lease.claim(one.pk, "w")
        expire(one)
    bells.clear()
    with psycopg.connect(**connection.get_connection_params()) as frozen:
        frozen.execute("SELECT 1 FROM core_job WHERE id = %s FOR UPDATE", [job.pk])
        connection.cursor().execute("SET lock_timeout = '2s'")
        dispatch.sweep_and_ring()
        assert bells == [str(other.pk)]
    dispatch.sweep_and_ring()
    assert bells == [str(other.pk), str(job.pk)]


@pytest.mark.postgres
def test_a_transaction_of_a_frozen_process_is_ended_by_the_server(monkeypatch, tmp_path, postgres_url):
    monkeypatch.setenv("DATABASE_URL", postgres_url)
    wanted = connection.get_connection_params() | {"options": env.database(tmp_path)["OPTIONS"]["options"]}
    with psycopg.connect(**wanted) as one:
        assert one.execute("SHOW idle_in_transaction_session_timeout").fetchone() == ("30s",)
    monkeypatch.setenv("DATABASE_URL", "postgresql://lin@pool:6432/studio?options=")
    assert env.database(tmp_path)["OPTIONS"]["options"] == "", "a pool may not take them"


def test_a_queued_job_is_cancelled_at_once_and_an_ended_one_not_at_all(job):
    assert lease.cancel_request(job.pk).state == "cancelled"
    assert lease.claim(job.pk, "w") is None
    with pytest.raises(lease.JobHasEnded):
        lease.cancel_request(job.pk)


def test_a_running_job_learns_of_its_cancelling_from_the_heartbeat(job, kind, monkeypatch):
    monkeypatch.setattr(lease, "HEARTBEAT_S", 0.05)

    def handler(ctx):
        lease.cancel_request(ctx.job_id)
        assert ctx.cancelled.wait(5)
        ctx.check()

    kind.handler = staticmethod(handler)
    runner.run(job.pk)
    job.refresh_from_db()
    assert job.state == "cancelled"


def test_a_worker_that_lost_its_lease_is_told_by_the_heartbeat(job, kind, monkeypatch):
    monkeypatch.setattr(lease, "HEARTBEAT_S", 0.05)

    def handler(ctx):
        Job.objects.filter(pk=ctx.job_id).update(attempt=2)
        assert ctx.lost.wait(5)
        ctx.check()

    kind.handler = staticmethod(handler)
    runner.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempt) == ("running", 2), "the loser wrote nothing"


def test_an_expected_error_is_told_and_a_bug_is_not(job, kind):
    def handler(ctx):
        raise InvalidInput("a class has one picture; add more")

    kind.handler = staticmethod(handler)
    runner.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error_code, job.error_detail) == (
        "failed",
        "invalid_input",
        "a class has one picture; add more",
    )


def test_a_bug_fails_the_job_without_internals(job, kind, caplog):
    kind.handler = staticmethod(lambda ctx: 1 / 0)
    runner.run(job.pk)
    job.refresh_from_db()
    assert job.error_code == "internal_error"
    assert "division" not in job.error_detail
    assert "ZeroDivisionError" in caplog.text


def test_effect_and_success_are_one_transaction(job, kind):
    def handler(ctx):
        with ctx.fenced() as row:
            ctx.finish(row, {"made": 1})
            raise InvalidInput("too late")

    kind.handler = staticmethod(handler)
    runner.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result) == ("failed", None)


def test_finishing_inside_the_fence_is_not_finished_again(job, kind):
    def handler(ctx):
        with ctx.fenced() as row:
            ctx.finish(row, {"made": 1})
        return {"made": 2}

    kind.handler = staticmethod(handler)
    runner.run(job.pk)
    job.refresh_from_db()
    assert job.result == {"made": 1}


def test_progress_never_runs_backwards_and_ends_with_the_job(job, kind, monkeypatch):
    monkeypatch.setattr("core.jobs.context.PROGRESS_EVERY_S", 0.0)
    seen = []

    def handler(ctx):
        for done in (5, 3, 8):
            ctx.progress(done, 10, "image")
            seen.append(Job.objects.get(pk=ctx.job_id).progress_done)

    kind.handler = staticmethod(handler)
    runner.run(job.pk)
    assert seen == [5, 5, 8]
    assert not JobEvent.objects.filter(job=job, type="progress").exists()


def test_what_has_succeeded_is_done_to_the_end(job, kind):
    kind.handler = staticmethod(lambda ctx: ctx.progress(99, 100, "%", eta_s=0.0))
    runner.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.progress_done, job.progress_total) == ("succeeded", 100, 100)
    assert job.progress_eta_s is None


def test_an_ended_state_cannot_lose_its_time(job):
    from django.db import IntegrityError

    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.filter(pk=job.pk).update(state="succeeded")


def test_two_workers_racing_for_one_job_get_it_once(job):
    claims, barrier = [], threading.Barrier(4)

    def race():
        barrier.wait()
        claims.append(lease.claim(job.pk, "racer"))
        connection.close()

    threads = [threading.Thread(target=race) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(claim is not None for claim in claims) == 1
