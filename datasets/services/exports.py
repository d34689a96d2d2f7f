"""Exports: a version as an archive, made by a job, downloaded by whoever may see the version."""

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import transaction

from core.errors import InvalidInput
from core.faults import fault
from core.jobs.context import JobContext
from core.jobs.dispatch import job_submit
from core.models import Job, User
from core.services import audit
from core.services.blobs import blob_put_file, blobs_locations, blobs_register
from core.services.scratch import scratch_dir
from datasets.formats import writers_of
from datasets.formats.writers.base import ZipSink, origins_told
from datasets.manifest import ManifestSample
from datasets.models import DatasetVersion, Modality, VersionExport
from datasets.models.dataset import TABLE_TASKS
from datasets.selectors.versions import export_render
from datasets.services.table_versions import table_export_write
from datasets.services.versions import version_opened
from datasets.tables.freeze import EXPORTS as TABLE_EXPORTS

ZIP_TYPE = "application/zip"
_AHEAD = 500


class FormatUnfit(InvalidInput):
    """The chosen format could not hold what the version says."""

    code = "format_unfit"


def export_submit(*, actor: User, version: DatasetVersion, format: str, include_media: bool) -> Job:
    """Queue an export. Raises InvalidInput for an unknown format, FormatUnfit for one that would lose the labels."""
    tasks = _export_tasks(version.dataset.modality)
    if not any(format in _export_tasks(modality) for modality in Modality.values):
        raise InvalidInput("unknown format", field="format", known=list(tasks))
    task = version.dataset.task
    fit = [key for key, known in tasks.items() if task in known]
    if format not in fit:
        raise FormatUnfit("this format has no place for the labels of this task", field="format", known=fit)
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
            actor, "datasets.export.submitted", version, project=version.dataset.project_id, format=format
        )
    return job


def _export_tasks(modality: str) -> Mapping[str, Collection[str]]:
    """The tasks that each format has a place for, of versions of a modality."""
    if modality == Modality.TABULAR:
        return dict.fromkeys(TABLE_EXPORTS, TABLE_TASKS)
    return {key: writer.tasks for key, writer in writers_of(modality).items()}


def export_run(ctx: JobContext) -> dict[str, Any]:
    """Write the archive; the result of the job: `{download_url, sha256, bytes, problems, …}`."""
    version = DatasetVersion.objects.select_related("dataset").get(pk=ctx.params["version"])
    with TemporaryDirectory(dir=scratch_dir(), prefix="export-") as folder:
        path = Path(folder) / "export.zip"
        told = _write(ctx, version, path)
        ref = blob_put_file(path, ZIP_TYPE)
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
    return result


def _write(ctx: JobContext, version: DatasetVersion, path: Path) -> dict[str, int]:
    """The codes of what the format had no place for, with how often."""
    if version.dataset.modality == Modality.TABULAR:
        table_export_write(ctx, version, path)
        return {}
    with version_opened(version) as (header, samples), path.open("wb") as out:
        media = _Media(ctx, header.counts["samples"])
        sink = ZipSink(out)
        # A text is what its labels are about, and lies in the same file: there is no export without it.
        is_wanted = ctx.params["include_media"] or header.modality == Modality.TEXT
        reader = media.read if is_wanted else None
        writer = writers_of(header.modality)[ctx.params["format"]]
        writer.write(header, origins_told(media.watched(samples), writer, sink), sink, reader)
        sink.close()
    return dict(sorted(sink.told.items()))


class _Media:
    """Bytes of samples, located many at a time and read from their segments."""

    def __init__(self, ctx: JobContext, total: int) -> None:
        self._ctx, self._total, self._done = ctx, total, 0
        self._places: dict[str, tuple[Path, int, int]] = {}

    def watched(self, samples: Iterable[ManifestSample]) -> Iterator[ManifestSample]:
        """The samples as they are, located in advance and counted as they pass."""
        chunk: list[ManifestSample] = []
        for sample in samples:
            chunk.append(sample)
            if len(chunk) == _AHEAD:
                yield from self._passed(chunk)
                chunk = []
        yield from self._passed(chunk)

    def read(self, sha256: str) -> bytes:
        """The bytes of a located sample."""
        path, offset, length = self._places[sha256]
        with path.open("rb") as file:
            file.seek(offset)
            return file.read(length)

    def _passed(self, chunk: list[ManifestSample]) -> Iterator[ManifestSample]:
        self._ctx.check()
        self._places = blobs_locations([sample.sha256 for sample in chunk]) if chunk else {}
        for sample in chunk:
            yield sample
            self._done += 1
        self._ctx.progress(self._done, self._total, "samples")
