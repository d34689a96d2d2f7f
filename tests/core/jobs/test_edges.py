"""The rare moments of jobs: brokers away, heartbeats that fail, ends that come too late."""

import threading

import pytest
from django.db import OperationalError as DatabaseAway
from django.db import transaction
from kombu.exceptions import OperationalError
from redis.exceptions import ResponseError

from core import tasks
from core.jobs import dispatch, lease, runner
from core.jobs.context import JobContext
from core.jobs.kinds import JOB_KINDS, JobKind, job_kind
from core.models import Job, JobEvent

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def kind(monkeypatch):
    monkeypatch.setitem(JOB_KINDS, "test.kind", JobKind("test.kind", "short", lambda ctx: {"answer": 42}))


@pytest.fixture
def sent(monkeypatch):
    rung: list[tuple[str, str]] = []
    monkeypatch.setattr(
        dispatch.current_app,
        "send_task",
        lambda name, kwargs, queue, retry: rung.append((kwargs["job"], queue)),
        raising=False,
    )
    return rung


def submitted() -> Job:
    with transaction.atomic():
        return dispatch.job_submit("test.kind", project=None, actor=None, params={})


def claimed(monkeypatch) -> JobContext:
    monkeypatch.setattr(dispatch, "ring", lambda job_id, queue: None)
    return JobContext(lease.claim(submitted().pk, "w"))


def test_a_kind_is_declared_once(monkeypatch):
    monkeypatch.setattr("core.jobs.kinds.JOB_KINDS", {})

    @job_kind("test.once", queue="short")
    def once(ctx):
        return None

    with pytest.raises(RuntimeError, match="duplicate"):
        job_kind("test.once", queue="short")(once)


def test_the_bell_carries_the_job_and_nothing_else(sent):
    job = submitted()
    assert sent == [(str(job.pk), "short")]


@pytest.mark.parametrize(
    "error", [OperationalError("gone"), ConnectionRefusedError(), ResponseError("MISCONF the disk is full")]
)
def test_a_broker_that_is_away_loses_nothing(monkeypatch, sent, error):
    def gone(*args, **kwargs):
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(dispatch.current_app, "send_task", gone, raising=False)
        job = submitted()
    assert job.state == Job.State.QUEUED
    tasks.sweep()
    assert sent == [(str(job.pk), "short")]


def test_the_doorbell_runs_the_job(sent):
    job = submitted()
    tasks.run_job(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.result) == ("succeeded", {"answer": 42})


def test_a_job_cancelled_before_anybody_came_is_not_begun(monkeypatch, sent):
    job = submitted()
    Job.objects.filter(pk=job.pk).update(cancel_requested_at=job.created_at)
    assert lease.claim(job.pk, "w") is None
    job.refresh_from_db()
    assert job.state == "cancelled"


def test_asking_twice_to_cancel_is_asking_once(monkeypatch):
    context = claimed(monkeypatch)
    first = lease.cancel_request(context.job_id).cancel_requested_at
    assert lease.cancel_request(context.job_id).cancel_requested_at == first


def test_an_orphan_that_was_to_be_cancelled_ends_cancelled(monkeypatch):
    context = claimed(monkeypatch)
    lease.cancel_request(context.job_id)
    Job.objects.update(lease_until="2001-01-01T00:00:00Z")
    assert lease.sweep() == []
    assert Job.objects.get().state == "cancelled"


def test_progress_never_runs_backwards_and_is_not_written_all_the_time(monkeypatch):
    context = claimed(monkeypatch)
    for done in (5, 3, 6, 7):
        context.progress(done, 10, "files")
    assert (Job.objects.get().progress_done, JobEvent.objects.filter(type="progress").count()) == (5, 1)
    context.progress(10, 10, "files")
    job = Job.objects.get()
    assert (job.progress_done, job.progress_eta_s) == (10, None)


def test_the_time_left_is_estimated_from_the_time_spent(monkeypatch):
    context = claimed(monkeypatch)
    context._began_at -= 10
    context.progress(5, 10)
    assert Job.objects.get().progress_eta_s == pytest.approx(10, abs=0.5)
    assert context._eta_s(5) is None


def test_a_handler_hears_what_the_heartbeat_has_heard(monkeypatch):
    context = claimed(monkeypatch)
    context.check()
    context.cancelled.set()
    with pytest.raises(lease.JobCancelled):
        context.check()
    context.lost.set()
    with pytest.raises(lease.LeaseLost):
        context.check()


def test_an_end_that_comes_too_late_writes_nothing(monkeypatch):
    context = claimed(monkeypatch)
    Job.objects.update(attempt=2)
    for state in (Job.State.FAILED, Job.State.CANCELLED):
        runner._fail(context, state, "x", "y")
    runner._work(context)
    assert Job.objects.get().state == "running"


def test_a_database_that_goes_away_under_a_job_leaves_it_to_the_next_attempt(monkeypatch):
    def away(ctx):
        raise DatabaseAway("server closed the connection unexpectedly")

    monkeypatch.setitem(JOB_KINDS, "test.kind", JobKind("test.kind", "short", away))
    context = claimed(monkeypatch)
    runner._work(context)
    assert Job.objects.get().state == "running"
    context.deaths = lease.MAX_DEATHS - 1
    runner._work(context)
    assert Job.objects.get().error_code == "internal_error"


def test_a_full_disk_under_a_job_is_said_so(monkeypatch):
    def full(ctx):
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(JOB_KINDS, "test.kind", JobKind("test.kind", "short", full))
    runner._work(claimed(monkeypatch))
    assert Job.objects.get().error_code == "storage_full"


class Ticks(threading.Event):
    """Beats as fast as it can, so many times."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count

    def wait(self, timeout=None):
        self.count -= 1
        return self.count < 0


def test_the_heart_tells_of_a_cancellation(monkeypatch):
    context = claimed(monkeypatch)
    lease.cancel_request(context.job_id)
    runner._beat(context, Ticks(1))
    assert context.cancelled.is_set()
    assert not context.lost.is_set()


def test_the_heart_tells_of_a_lost_lease(monkeypatch):
    context = claimed(monkeypatch)
    Job.objects.update(attempt=2)
    runner._beat(context, Ticks(5))
    assert context.lost.is_set()


def test_a_database_that_is_away_for_a_moment_is_survived_and_for_long_is_not(monkeypatch):
    context = claimed(monkeypatch)
    answers = iter([OSError(), False] + [OSError()] * 20)

    def renew(job_id, attempt):
        answer = next(answers)
        if isinstance(answer, OSError):
            raise answer
        return answer

    monkeypatch.setattr(lease, "renew", renew)
    runner._beat(context, Ticks(3))
    assert not context.lost.is_set()
    runner._beat(context, Ticks(20))
    assert context.lost.is_set()
