"""Celery entry points of core: the doorbell and the sweep."""

from uuid import UUID

from celery import shared_task

from core.jobs import dispatch, runner


@shared_task(name="core.run_job", ignore_result=True)
def run_job(job: str) -> None:
    """Run a job, if it is still to be had. Safe to deliver any number of times."""
    runner.run(UUID(job))


@shared_task(name="core.sweep", ignore_result=True, expires=10)
def sweep() -> None:
    """Return orphaned jobs to the queue and ring for the unheard."""
    dispatch.sweep_and_ring()
