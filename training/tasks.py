"""Kinds of jobs of training. No logic: each names a service. What takes seconds does not wait behind a training."""

import uuid
from typing import Any

from core.jobs.context import JobContext
from core.jobs.kinds import job_kind
from training.services.embeddings import embeddings_run
from training.services.evaluations import evaluation_run
from training.services.execution import run_execute
from training.services.exports import export_run
from training.services.imports import import_run


@job_kind("training.run", queue="train")
def training_run(ctx: JobContext) -> dict[str, Any]:
    """Train, evaluate and register a model."""
    return run_execute(ctx, uuid.UUID(ctx.params["run"]))


@job_kind("training.evaluation", queue="train")
def training_evaluation(ctx: JobContext) -> dict[str, Any]:
    """Measure a model version."""
    return evaluation_run(ctx, uuid.UUID(ctx.params["evaluation"]))


@job_kind("training.import", queue="import")
def training_import(ctx: JobContext) -> dict[str, Any]:
    """Check an ONNX file and register it."""
    return import_run(ctx)


@job_kind("training.export", queue="import")
def training_export(ctx: JobContext) -> dict[str, Any]:
    """Make a file to take away."""
    return export_run(ctx)


@job_kind("training.embeddings", queue="import")
def training_embeddings(ctx: JobContext) -> dict[str, Any]:
    """Analyze what is in a data set."""
    return embeddings_run(ctx, uuid.UUID(ctx.params["dataset"]))
