"""Submitting jobs and ringing the bell."""

import logging
from functools import partial
from typing import Any
from uuid import UUID

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from core.errors import InvalidInput
from core.jobs import lease
from core.jobs.kinds import JOB_KINDS
from core.models import Job, Project, User
from core.services import audit

logger = logging.getLogger(__name__)


def job_submit(
    kind: str,
    *,
    project: Project | None,
    actor: User | None,
    params: dict[str, Any],
    queue: str | None = None,
) -> Job:
    """Queue a job in the caller's transaction; a worker is woken once it is committed."""
    if kind not in JOB_KINDS:
        raise InvalidInput("unknown kind of job", kind=kind)
    job = Job.objects.create(
        kind=kind, queue=queue or JOB_KINDS[kind].queue, project=project, created_by=actor, params=params
    )
    transaction.on_commit(partial(ring, job.pk, job.queue))
    return job


def job_cancel(*, actor: User, job: Job) -> Job:
    """Ask a job to stop. Raises JobHasEnded."""
    with transaction.atomic():
        cancelled = lease.cancel_request(job.pk)
        audit.record(actor, "core.job.cancelled", cancelled, project=cancelled.project_id, kind=job.kind)
    return cancelled


def ring(job_id: UUID, queue: str) -> None:
    """Wake a worker. A broker that does not answer is no loss: the sweep rings again."""
    try:
        current_app.send_task("core.run_job", kwargs={"job": str(job_id)}, queue=queue, retry=False)
    except (OperationalError, OSError, RedisError):
        logger.warning("broker did not answer; the sweep will ring", extra={"job": str(job_id)})


def sweep_and_ring() -> int:
    """One sweep; the number of bells rung."""
    waiting = lease.sweep()
    for job in waiting:
        ring(job.pk, job.queue)
    return len(waiting)
