"""What the handler of a job may ask of the outside world."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import transaction

from core.clock import utc_now
from core.jobs import lease
from core.models import Job, JobEvent

PROGRESS_EVERY_S = 1.0


class JobContext:
    """The running job, as its handler sees it.

    `cancelled` and `lost` are set by the heartbeat within HEARTBEAT_S; `check()` turns them into
    exceptions. All effects belong inside `fenced()`.
    """

    def __init__(self, claim: lease.Claim) -> None:
        self.job_id: UUID = claim.job_id
        self.attempt = claim.attempt
        self.deaths = claim.deaths
        self.kind = claim.kind
        self.params = claim.params
        self.project_id = claim.project_id
        self.created_by_id = claim.created_by_id
        self.cancelled = threading.Event()
        self.lost = threading.Event()
        self.finished = False
        self._seq = 0
        self._done = 0
        self._progress_at = 0.0
        self._began_at = time.monotonic()

    def check(self) -> None:
        """Raises LeaseLost or JobCancelled; call it between steps."""
        if self.lost.is_set():
            raise lease.LeaseLost
        if self.cancelled.is_set():
            raise lease.JobCancelled

    @contextmanager
    def fenced(self) -> Iterator[Job]:
        """A transaction only the owner of the job gets. Raises LeaseLost."""
        with lease.fenced(self.job_id, self.attempt) as job:
            yield job

    def finish(self, job: Job, result: dict[str, Any] | None = None) -> None:
        """Succeed inside `fenced()`, so that the effect and the success are one transaction."""
        lease.finish(job, Job.State.SUCCEEDED, result=result)
        transaction.on_commit(self._mark_finished)

    def milestone(self) -> None:
        """Something was reached that the next attempt will not have to do again.

        A job is given up after so many deaths without one; a long job survives any number of restarts.
        """
        if self.deaths:
            lease.forgive(self.job_id, self.attempt)
            self.deaths = 0

    def progress(self, done: int, total: int, unit: str = "", *, eta_s: float | None = None) -> None:
        """Say how far it is; never runs backwards, written at most once a second."""
        self._done = max(self._done, done)
        now = time.monotonic()
        if now - self._progress_at < PROGRESS_EVERY_S and done < total:
            return
        self._progress_at = now
        eta = eta_s if eta_s is not None else self._eta_s(total)
        fields = {
            "progress_done": self._done,
            "progress_total": total,
            "progress_unit": unit,
            "progress_eta_s": eta,
        }
        mine = Job.objects.filter(pk=self.job_id, attempt=self.attempt, state=Job.State.RUNNING)
        mine.update(**fields)
        self.event("progress", {"done": self._done, "total": total, "unit": unit, "eta_s": eta})

    def log(self, text: str) -> None:
        """One line for the people who watch the job."""
        self.event("log", {"text": text[:4000]})

    def metric(self, key: str, step: int, value: float) -> None:
        """One point of a curve."""
        self.event("metric", {"key": key, "step": step, "value": value})

    def event(self, kind: str, payload: dict[str, Any]) -> None:
        """Append to the job's stream."""
        self._seq += 1
        row = JobEvent(
            job_id=self.job_id, attempt=self.attempt, seq=self._seq, type=kind, payload=payload, at=utc_now()
        )
        JobEvent.objects.bulk_create([row], ignore_conflicts=True)

    def _eta_s(self, total: int) -> float | None:
        if not self._done or total <= self._done:
            return None
        return round((time.monotonic() - self._began_at) / self._done * (total - self._done), 1)

    def _mark_finished(self) -> None:
        self.finished = True
