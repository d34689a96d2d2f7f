"""Exports: a version as an archive, made by a job, downloaded by whoever may see the version."""

import uuid
from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction

from core.errors import InvalidInput
from core.faults import fault
from core.jobs.context import JobContext
from core.jobs.dispatch import job_submit
from core.models import Job, User
from core.services import audit
from core.services.blobs import blobs_register
from datasets.formats.registry import writers_of
from datasets.models import DatasetVersion, Modality, VersionExport
from datasets.models.dataset import TABLE_TASKS
from datasets.selectors.versions import export_render
from datasets.services.export_write import archive_forget, archive_write
from datasets.tables.writers import EXPORTS as TABLE_EXPORTS
from datasets.tables.writers import check_fits


class FormatUnfit(InvalidInput):
    """The chosen format could not hold what the version says."""

    code = "format_unfit"


def export_submit(*, actor: User, version: DatasetVersion, format: str, include_media: bool) -> Job:
    """Queue an export. Raises InvalidInput for an unknown format, FormatUnfit for one that would lose the labels, TableTooLong."""
    tasks = _export_tasks(version.dataset.modality)
    if not any(format in _export_tasks(modality) for modality in Modality.values):
        raise InvalidInput("unknown format", field="format", known=list(tasks))
    task = version.dataset.task
    fit = [key for key, known in tasks.items() if task in known]
    if format not in fit:
        raise FormatUnfit("this format has no place for the labels of this task", field="format", known=fit)
    if version.dataset.modality == Modality.TABULAR:
        check_fits(format, version.counts["samples"])
    params = {
        "version": str(version.pk),
        "format": format,
        "include_media": include_media,
        "export": str(uuid.uuid4()),
        "dataset": str(version.dataset_id),
    }
    with transaction.atomic():
        job = job_submit("datasets.export", project=version.dataset.project, actor=actor, params=params)
        audit.record(
            actor, "datasets.export.submitted", version, project=version.dataset.project_id, format=format,
            number=version.number,
        )  # fmt: skip
    return job


def _export_tasks(modality: str) -> Mapping[str, Collection[str]]:
    """The tasks that each format has a place for, of versions of a modality."""
    if modality == Modality.TABULAR:
        return dict.fromkeys(TABLE_EXPORTS, TABLE_TASKS)
    return {key: writer.tasks for key, writer in writers_of(modality).items()}


def export_run(ctx: JobContext) -> dict[str, Any]:
    """Write the archive; the result of the job: `{download_url, sha256, bytes, problems, …}`."""
    version = DatasetVersion.objects.select_related("dataset").get(pk=ctx.params["version"])
    ref, told = archive_write(ctx, version)
    fault("export.after-blob")
    with ctx.fenced() as job:
        blobs_register([ref])
        export = VersionExport(
            id=uuid.UUID(ctx.params["export"]),
            version=version,
            job=job,
            format=ctx.params["format"],
            include_media=ctx.params["include_media"],
            sha256=ref.sha256,
            size_bytes=ref.size_bytes,
            created_by_id=ctx.created_by_id or version.created_by_id,
        )
        export.save(force_insert=True)
        result = export_render(export) | {"problems": told}
        ctx.finish(job, result)
    archive_forget(ctx.job_id)
    return result
