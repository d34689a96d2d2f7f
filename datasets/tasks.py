"""Kinds of jobs of datasets. No logic: each names a service."""

import uuid
from typing import Any

from core.jobs.context import JobContext
from core.jobs.kinds import job_kind
from datasets.services.import_run import import_run


@job_kind("datasets.import", queue="import")
def datasets_import(ctx: JobContext) -> dict[str, Any]:
    """Import one batch of files."""
    return import_run(ctx, uuid.UUID(ctx.params["import"]))
