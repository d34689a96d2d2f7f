"""Files to take a version away with: the ONNX file itself, or a folder that runs with plain Python."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any, Final

from django.db import transaction

from core.errors import InvalidInput
from core.jobs.context import JobContext
from core.jobs.dispatch import job_submit
from core.models import Job, User
from core.services import audit
from core.services.blobs import blob_location, blob_put, blobs_register
from training.models import ModelExport, ModelVersion

TARGETS: Final = ("onnx", "edge_python")
_EDGE: Final = Path(__file__).resolve().parents[1] / "export" / "edge"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


def export_submit(*, actor: User, version: ModelVersion, target: str) -> Job:
    """Queue an export. Raises InvalidInput."""
    if target not in TARGETS:
        raise InvalidInput("target is one of " + ", ".join(TARGETS), field="target", known=list(TARGETS))
    with transaction.atomic():
        params = {"version": str(version.pk), "target": target}
        job = job_submit("training.export", project=version.model.project, actor=actor, params=params)
        audit.record(
            actor, "training.export.submitted", version, project=version.model.project_id, target=target
        )
    return job


def export_run(ctx: JobContext) -> dict[str, Any]:
    """Make the file; `{download_url, sha256, bytes, target, metrics}`."""
    version = ModelVersion.objects.select_related("model").get(pk=ctx.params["version"])
    target: str = ctx.params["target"]
    facts = {"target": target, "metrics": version.metrics, "parity": version.parity}
    if target == "onnx":
        url = f"/api/v1/model-versions/{version.pk}/download/"
        return {"download_url": url, "sha256": version.sha256, "bytes": version.size_bytes, **facts}
    packed = blob_put(_edge_python(version), "application/zip")
    with ctx.fenced() as job:
        blobs_register([packed])
        export = ModelExport.objects.create(
            model_version=version, target=target, sha256=packed.sha256, size_bytes=packed.size_bytes
        )
        url = f"/api/v1/model-exports/{export.pk}/download/"
        result = {"download_url": url, "sha256": packed.sha256, "bytes": packed.size_bytes, **facts}
        ctx.finish(job, result)
    return result


def _edge_python(version: ModelVersion) -> bytes:
    """A ZIP with the model, the decode rule's own code, one script, its requirements and the card."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(_EDGE.glob("*.txt")):
            name = path.name.removesuffix(".txt") if path.name != "requirements.txt" else path.name
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), path.read_text(encoding="utf-8"))
        for path in sorted((_EDGE.parents[2] / "core" / "imaging").glob("*.py")):
            archive.writestr(zipfile.ZipInfo(f"core/imaging/{path.name}", _EPOCH), path.read_text("utf-8"))
        errors = (_EDGE.parents[2] / "core" / "errors.py").read_text(encoding="utf-8")
        archive.writestr(zipfile.ZipInfo("core/errors.py", _EPOCH), errors)
        archive.writestr(zipfile.ZipInfo("core/__init__.py", _EPOCH), "")
        archive.writestr(zipfile.ZipInfo("CARD.md", _EPOCH), version.card)
        archive.writestr(zipfile.ZipInfo("classes.json", _EPOCH), json.dumps(version.labels))
        path, offset, length = blob_location(version.sha256)
        with path.open("rb") as model:
            model.seek(offset)
            archive.writestr(zipfile.ZipInfo("model.onnx", _EPOCH), model.read(length))
    return out.getvalue()
