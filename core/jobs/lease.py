"""Leases: who works on a job now. The row is the truth, the broker only rings.

Delivering a message twice, losing it, or killing the worker half-way must all end in exactly one
finished job. Time is the database's. `attempt` is the fence: every effect is written under
`fenced(job_id, attempt)`, so a worker that slept past its lease can write nothing more.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now

from core.clock import utc_now
from core.errors import Conflict
from core.models import Job, JobEvent

TTL = timedelta(seconds=30)
HEARTBEAT_S = 2.0
MAX_DEATHS = 3
RING_AGAIN = timedelta(seconds=10)
RINGS_A_SWEEP = 50


class LeaseLost(Exception):
    """Another worker owns the job now, or it has ended: stop at once, write nothing more."""


class JobCancelled(Exception):
    """Somebody asked for the job to stop."""


class JobHasEnded(Conflict):
    """A job that has ended cannot be cancelled."""

    code = "job_has_ended"


@dataclass(frozen=True, slots=True)
class Claim:
    """What a worker owns: the job as it was when claimed, and the fence."""

    job_id: uuid.UUID
    attempt: int
    kind: str
    params: dict[str, Any]
    project_id: uuid.UUID | None
    created_by_id: uuid.UUID | None
    deaths: int = 0


@transaction.atomic
def claim(job_id: uuid.UUID, worker: str) -> Claim | None:
    """Own the job for TTL. None: it has ended, is cancelled, or a live worker has it."""
    free = Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, lease_until__lt=Now())
    job = Job.objects.select_for_update().filter(free, pk=job_id).first()
    if job is None:
        return None
    deaths = job.deaths + (job.state == Job.State.RUNNING)
    if deaths >= MAX_DEATHS:
        return None
    if job.cancel_requested_at is not None:
        _end(job, Job.State.CANCELLED)
        return None
    Job.objects.filter(pk=job_id).update(
        state=Job.State.RUNNING,
        attempt=job.attempt + 1,
        deaths=deaths,
        lease_until=Now() + TTL,
        worker=worker[:100],
        started_at=job.started_at or utc_now(),
    )
    _say_state(job_id, job.attempt + 1, Job.State.RUNNING)
    return Claim(job_id, job.attempt + 1, job.kind, job.params, job.project_id, job.created_by_id, deaths)


def renew(job_id: uuid.UUID, attempt: int) -> bool:
    """Stay the owner for another TTL; True when somebody asked to cancel. Raises LeaseLost."""
    mine = Job.objects.filter(pk=job_id, attempt=attempt, state=Job.State.RUNNING)
    if not mine.update(lease_until=Now() + TTL):
        raise LeaseLost
    return Job.objects.filter(pk=job_id, cancel_requested_at__isnull=False).exists()


def forgive(job_id: uuid.UUID, attempt: int) -> None:
    """The job has got somewhere: its earlier deaths say nothing about it any more."""
    Job.objects.filter(pk=job_id, attempt=attempt, state=Job.State.RUNNING).update(deaths=0)


@contextmanager
def fenced(job_id: uuid.UUID, attempt: int) -> Iterator[Job]:
    """A transaction that only the present owner gets: the job's row is locked. Raises LeaseLost."""
    with transaction.atomic():
        job = (
            Job.objects.select_for_update()
            .filter(pk=job_id, attempt=attempt, state=Job.State.RUNNING)
            .first()
        )
        if job is None:
            raise LeaseLost
        yield job


def finish(
    job: Job, state: Job.State, *, result: Any = None, error_code: str = "", error_detail: str = ""
) -> None:
    """End a job inside `fenced`. Progress events are dropped: the end says it all."""
    JobEvent.objects.filter(job=job, type="progress").delete()
    _end(job, state, result=result, error_code=error_code, error_detail=error_detail)


@transaction.atomic
def cancel_request(job_id: uuid.UUID) -> Job:
    """Ask a job to stop; one that no worker has begun ends at once. Raises JobHasEnded."""
    job = Job.objects.select_for_update().get(pk=job_id)
    if job.has_ended:
        raise JobHasEnded("this job has already ended", state=job.state)
    if job.cancel_requested_at is None:
        job.cancel_requested_at = utc_now()
        job.save(update_fields=["cancel_requested_at"])
    if job.state == Job.State.QUEUED:
        _end(job, Job.State.CANCELLED)
    return job


def sweep() -> list[Job]:
    """End hopeless jobs, return orphaned ones to the queue; the jobs whose bell is to be rung again.

    Jobs that somebody holds at this moment are left to the next sweep: who holds one may be frozen.
    """
    with transaction.atomic():
        free = Job.objects.select_for_update(
            skip_locked=connection.features.has_select_for_update_skip_locked
        ).order_by("created_at")
        for job in free.filter(state=Job.State.RUNNING, lease_until__lt=Now())[:RINGS_A_SWEEP]:
            _release(job)
        unheard = Q(rung_at__isnull=True) | Q(rung_at__lt=Now() - RING_AGAIN)
        waiting = list(free.filter(unheard, state=Job.State.QUEUED)[:RINGS_A_SWEEP])
        Job.objects.filter(pk__in=[job.pk for job in waiting]).update(rung_at=Now())
    return waiting


def _release(job: Job) -> None:
    if job.cancel_requested_at is not None:
        _end(job, Job.State.CANCELLED)
    elif job.deaths + 1 >= MAX_DEATHS:
        detail = f"the worker died {job.deaths + 1} times; most often it ran out of memory"
        _end(job, Job.State.FAILED, error_code="worker_lost", error_detail=detail)
    else:
        again = {"state": Job.State.QUEUED, "lease_until": None, "rung_at": None}
        Job.objects.filter(pk=job.pk).update(deaths=job.deaths + 1, **again)
        _say_state(job.pk, job.attempt, Job.State.QUEUED)


def _end(
    job: Job, state: Job.State, *, result: Any = None, error_code: str = "", error_detail: str = ""
) -> None:
    job.state, job.finished_at, job.lease_until = state, utc_now(), None
    job.result, job.error_code, job.error_detail = result, error_code, error_detail
    ended = ["state", "finished_at", "lease_until", "result", "error_code", "error_detail"]
    if state == Job.State.SUCCEEDED:
        # Shares are rounded and the last steps are not counted: what is done is done.
        job.progress_done, job.progress_eta_s = job.progress_total, None
        ended += ["progress_done", "progress_eta_s"]
    job.save(update_fields=ended)
    _say_state(job.pk, job.attempt, state)


def _say_state(job_id: uuid.UUID, attempt: int, state: str) -> None:
    """State events carry negative numbers, so that they never meet the numbers of the worker."""
    taken = JobEvent.objects.filter(job_id=job_id, attempt=attempt, seq__lt=0).count()
    JobEvent.objects.create(
        job_id=job_id, attempt=attempt, seq=-1 - taken, type="state", payload={"state": state}, at=utc_now()
    )
