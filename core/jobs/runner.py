"""Runs one job in this process, under its lease."""

import logging
import os
import platform
import threading
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection

from core.errors import DomainError
from core.jobs import lease
from core.jobs.context import JobContext
from core.jobs.garbage import rarely_collected
from core.jobs.kinds import JOB_KINDS
from core.models import Job
from core.storage.writer import full_disk_is_storage_full

logger = logging.getLogger(__name__)


def run(job_id: UUID) -> None:
    """Claim the job and work on it to an end; go away quietly when it is not to be had."""
    claim = lease.claim(job_id, f"{platform.node()}:{os.getpid()}")
    if claim is None:
        return
    context = JobContext(claim)
    heart = threading.Thread(target=_beat, args=(context, stop := threading.Event()), daemon=True)
    heart.start()
    try:
        _work(context)
    finally:
        stop.set()
        heart.join(timeout=10)


def _work(context: JobContext) -> None:
    try:
        with full_disk_is_storage_full(), rarely_collected():
            result = JOB_KINDS[context.kind].handler(context)
        if not context.finished:
            with context.fenced() as job:
                lease.finish(job, Job.State.SUCCEEDED, result=result)
    except lease.LeaseLost:
        logger.warning("lease lost", extra={"job": str(context.job_id)})
    except lease.JobCancelled:
        _fail(context, Job.State.CANCELLED, "", "")
    except DomainError as exc:
        _fail(context, Job.State.FAILED, exc.code, exc.detail)
    except Exception as exc:
        logger.exception("job failed", extra={"job": str(context.job_id), "kind": context.kind})
        if _is_database_away(exc) and context.deaths + 1 < lease.MAX_DEATHS:
            # As if the worker had died: the lease runs out and the next attempt goes on.
            return
        detail = "something went wrong here; the log of the worker has it"
        _fail(context, Job.State.FAILED, "internal_error", detail)


def _is_database_away(exc: Exception) -> bool:
    return isinstance(exc, OperationalError | InterfaceError)


def _fail(context: JobContext, state: Job.State, code: str, detail: str) -> None:
    try:
        with context.fenced() as job:
            lease.finish(job, state, error_code=code, error_detail=detail)
    except lease.LeaseLost:
        logger.warning("lease lost", extra={"job": str(context.job_id)})


def _beat(context: JobContext, stop: threading.Event) -> None:
    """Renew the lease until told to stop; a database that is away for a moment is not the end."""
    misses = 0
    while not stop.wait(lease.HEARTBEAT_S):
        try:
            if lease.renew(context.job_id, context.attempt):
                context.cancelled.set()
            misses = 0
        except lease.LeaseLost:
            context.lost.set()
            break
        except Exception:  # noqa: BLE001  a thread's edge; the count of misses decides
            misses += 1
            logger.warning("heartbeat failed", extra={"job": str(context.job_id), "misses": misses})
            if misses * lease.HEARTBEAT_S >= lease.TTL.total_seconds():
                context.lost.set()
                break
            connection.close()
    connection.close()
