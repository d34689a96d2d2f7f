"""The job behind pre-labels: whichever source a run names says something of every sample that waits."""

import uuid
from typing import Any

from core.faults import fault
from core.jobs.context import JobContext
from labeling.models import PrelabelRun
from labeling.selectors.prelabels import LANGUAGE, NEIGHBORS
from labeling.services.prelabel_language import LanguageSource
from labeling.services.prelabel_neighbors import NeighborsSource
from labeling.services.prelabel_source import Ledger, Source
from labeling.services.prelabels import ModelSource
from labeling.services.weak_rules import RulesSource


def prelabel_run(ctx: JobContext, run_id: uuid.UUID) -> dict[str, Any]:
    """Say something of every sample that waits; the job's result. Raises ChildFailed, LeaseLost, JobCancelled.

    What is kept is not looked at again, whichever attempt kept it.
    """
    run = PrelabelRun.objects.select_related("campaign__dataset").get(pk=run_id)
    source = _source_of(run)
    source.say(ctx, Ledger(ctx, run, source.unit))
    fault("prelabel.before-finish")
    result = {"prelabel": str(run.pk), "samples": run.prelabels.count()}
    with ctx.fenced() as job:
        ctx.finish(job, result)
    return result


def _source_of(run: PrelabelRun) -> Source:
    if run.rules:
        return RulesSource()
    sources: dict[str, type[Source]] = {NEIGHBORS: NeighborsSource, LANGUAGE: LanguageSource}
    return sources.get(run.detector, ModelSource)()
