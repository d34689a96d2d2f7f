"""Celery entry points of core: the doorbell and the sweep."""

import logging
from uuid import UUID

from celery import shared_task

from core.jobs import dispatch, runner
from core.services.housekeeping import housekeep
from core.services.outbox import outbox_deliver

logger = logging.getLogger(__name__)


@shared_task(name="core.run_job", ignore_result=True)
def run_job(job: str) -> None:
    """Run a job, if it is still to be had. Safe to deliver any number of times."""
    runner.run(UUID(job))


@shared_task(name="core.sweep", ignore_result=True, expires=10)
def sweep() -> None:
    """Return orphaned jobs to the queue and ring for the unheard."""
    dispatch.sweep_and_ring()


@shared_task(name="core.deliver_outbox", ignore_result=True, expires=10)
def deliver_outbox() -> None:
    """Tell others what is due to be told."""
    outbox_deliver()


@shared_task(name="core.housekeeping", ignore_result=True, expires=3600)
def housekeeping() -> None:
    """Throw away what is no longer needed."""
    logger.info("housekeeping", extra=housekeep())
