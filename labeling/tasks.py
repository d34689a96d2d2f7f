"""Celery entry points of labeling."""

import logging
import time
import uuid
from typing import Any

from celery import shared_task

from core.jobs.context import JobContext
from core.jobs.kinds import job_kind
from labeling.services.active import round_make, rounds_due
from labeling.services.consensus import consensus_due, consensus_learned, consensus_settle
from labeling.services.learning import learning_step, learnings_on
from labeling.services.prelabel_run import prelabel_run

WITHIN_S = 5.0
logger = logging.getLogger(__name__)


@shared_task(name="labeling.settle", ignore_result=True, expires=10)
def settle() -> None:
    """Settle the samples that all their people have answered, for five seconds at most.

    Each is a transaction of its own; one that cannot be settled does not hold up the others.
    """
    ends, at = time.monotonic() + WITHIN_S, uuid.UUID(int=0)
    while time.monotonic() < ends and (due := consensus_due(at)):
        for at in due:
            try:
                consensus_settle(at)
            except Exception:
                logger.exception("a consensus was not settled", extra={"consensus": str(at)})
        consensus_learned(due)


@shared_task(name="labeling.order", ignore_result=True, expires=30)
def order() -> None:
    """Put the queues in order whose answers tell something new, for five seconds at most."""
    ends = time.monotonic() + WITHIN_S
    for campaign_id in rounds_due():
        if time.monotonic() > ends:
            break
        try:
            round_make(campaign_id)
        except Exception:
            logger.exception("a queue was not put in order", extra={"campaign": str(campaign_id)})


@shared_task(name="labeling.learn", ignore_result=True, expires=10)
def learn() -> None:
    """Carry on what the campaigns that learn are at; one that cannot be carried on does not hold up the others."""
    for campaign_id in learnings_on():
        try:
            learning_step(campaign_id)
        except Exception:
            logger.exception("a round was not carried on", extra={"campaign": str(campaign_id)})


@job_kind("labeling.prelabel", queue="train")
def labeling_prelabel(ctx: JobContext) -> dict[str, Any]:
    """Have a model, or rules, say something of the samples nobody has answered."""
    return prelabel_run(ctx, uuid.UUID(ctx.params["prelabel"]))
