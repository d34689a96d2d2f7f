"""Measuring a version on another part or another dataset version, by its exported file."""

import json
import os
import uuid
from typing import Any, Final

from django.db import transaction

from core.errors import InvalidInput
from core.jobs.context import JobContext
from core.jobs.dispatch import job_submit
from core.models import Job, User
from core.services import audit
from core.services.blobs import blob_location
from datasets.services.versions import version_materialize
from training.models import Evaluation, ModelVersion
from training.services.children import Event, supervise, threads_granted
from training.services.directories import directory_of, directory_remove
from training.services.registry import samples_insert
from training.trainer.spec import EvaluationSpec

KIND: Final = "training.evaluation"
SPLITS: Final = ("train", "val", "test")


def evaluation_submit(
    *, actor: User, model_version: ModelVersion, dataset_version: Any, split: str
) -> tuple[Evaluation, Job]:
    """Queue an evaluation on `dataset_version`, a row of datasets. Raises InvalidInput."""
    if dataset_version.dataset.project_id != model_version.model.project_id:
        raise InvalidInput("no such version in this project", field="dataset_version")
    if dataset_version.dataset.task != model_version.task:
        raise InvalidInput(f"this model answers {model_version.task}", field="dataset_version")
    if split not in SPLITS:
        raise InvalidInput("split is train, val or test", field="split")
    if not dataset_version.counts.get(split):
        raise InvalidInput(f"the {split} part of this version is empty", field="split")
    with transaction.atomic():
        project = model_version.model.project
        evaluation = Evaluation(
            model_version=model_version, dataset_version=dataset_version, split=split, created_by=actor
        )
        params = {"evaluation": str(evaluation.pk)}
        evaluation.job = job_submit(KIND, project=project, actor=actor, params=params)
        evaluation.save(force_insert=True)
        audit.record(actor, "training.evaluation.submitted", model_version, project=project, split=split)
    return evaluation, evaluation.job


def evaluation_run(ctx: JobContext, evaluation_id: uuid.UUID) -> dict[str, Any]:
    """Score every sample and write the report; the job's result. Raises ChildFailed, LeaseLost, JobCancelled."""
    evaluation = Evaluation.objects.select_related("model_version").get(pk=evaluation_id)
    job_dir = directory_of(evaluation.pk)
    path, offset, _length = blob_location(evaluation.model_version.sha256)
    if offset:
        raise InvalidInput("the model file is not stored on its own")
    manifest = version_materialize(evaluation.dataset_version_id, job_dir)
    EvaluationSpec(
        model=str(path),
        manifest=str(manifest),
        split=evaluation.split,
        threads=threads_granted(),
        parent_pid=os.getpid(),
    ).write(job_dir)

    def hear(events: list[Event]) -> None:
        for event in events:
            if event["type"] == "progress":
                ctx.progress(event["done"], event["total"], event["unit"])

    supervise(ctx, "training.trainer.evaluate", job_dir, threads_granted(), hear)
    report = json.loads((job_dir / "out" / "report.json").read_text(encoding="utf-8"))
    with ctx.fenced() as job:
        evaluation.report, evaluation.count = (
            {**report, "parity": evaluation.model_version.parity},
            report["count"],
        )
        evaluation.save(update_fields=["report", "count"])
        samples_insert(job_dir / "out" / "predictions.jsonl", {evaluation.split: evaluation})
        result = {"evaluation": str(evaluation.pk), "metrics": report["metrics"]}
        ctx.finish(job, result)
    directory_remove(evaluation.pk)
    return result
