"""An ONNX file from outside: stored, passed through the gate in a limited child, registered."""

import json
import shutil
import uuid
from pathlib import Path
from typing import Any, Final

from django.db import transaction

from core.errors import InvalidInput
from core.jobs.context import JobContext
from core.jobs.dispatch import job_submit
from core.models import Job, User
from core.services import audit
from core.services.blobs import blob_location, blob_put_file, blobs_register
from training.models import RegisteredModel
from training.services.children import supervise
from training.services.directories import directory_of, directory_remove
from training.services.registry import version_insert

ONNX_TYPE: Final = "application/x-onnx"


def import_submit(*, actor: User, model: RegisteredModel, path: Path, licence: str) -> Job:
    """Keep the file and queue its examination. Raises InvalidInput, StorageFull."""
    if not path.stat().st_size:
        raise InvalidInput("the file is empty", field="file")
    ref = blob_put_file(path, ONNX_TYPE)
    with transaction.atomic():
        blobs_register([ref])
        params = {
            "model": str(model.pk),
            "sha256": ref.sha256,
            "licence": licence,
            "folder": str(uuid.uuid4()),
        }
        job = job_submit("training.import", project=model.project, actor=actor, params=params)
        audit.record(actor, "training.import.submitted", model, project=model.project_id, sha256=ref.sha256)
    return job


def import_run(ctx: JobContext) -> dict[str, Any]:
    """Examine and register; `{model_version, sha256}`. Raises ChildFailed with code model_refused."""
    model = RegisteredModel.objects.get(pk=ctx.params["model"])
    job_dir = directory_of(uuid.UUID(ctx.params["folder"]))
    target = job_dir / "model" / "model.onnx"
    target.parent.mkdir(exist_ok=True)
    path, offset, length = blob_location(ctx.params["sha256"])
    with path.open("rb") as source, target.open("wb") as copy:
        source.seek(offset)
        shutil.copyfileobj(source, copy)
        copy.truncate(length)
    (job_dir / "spec.json").write_text("{}", encoding="utf-8")
    try:
        supervise(ctx, "training.export.gate", job_dir, 1, lambda events: None)
        facts = json.loads((job_dir / "out" / "result.json").read_text(encoding="utf-8"))
        return _registered(ctx, model, facts)
    finally:
        directory_remove(uuid.UUID(ctx.params["folder"]))


def _registered(ctx: JobContext, model: RegisteredModel, facts: dict[str, Any]) -> dict[str, Any]:
    if facts["task"] != model.task:
        raise InvalidInput(f"the file answers {facts['task']}, the model is for {model.task}", field="file")
    # The file is the model: there is no trained network it could differ from.
    parity = {
        "split": None,
        "count": 0,
        "top1_agreement": 1.0,
        "max_score_diff": 0.0,
        "ok": True,
        "imported": True,
    }
    with ctx.fenced() as job:
        version = version_insert(
            model,
            run=None,
            dataset_version_id=None,
            facts={**facts, "parity": parity},
            card="",
            licence=ctx.params["licence"],
            lineage={"imported": True, "sha256": facts["sha256"]},
            created_by=User.objects.filter(pk=ctx.created_by_id).first() if ctx.created_by_id else None,
        )
        result = {"model_version": str(version.pk), "sha256": version.sha256}
        audit.record(job.created_by, "training.model_version.imported", version, project=model.project_id)
        ctx.finish(job, result)
    return result
