"""The archive of an export, written so that the next attempt goes on where one died.

The pieces lie on the disk of the data under the name of the job (`datasets/formats/writers/parts.py`). An attempt
goes through the version again, which costs its labels, and reads and writes the media behind the last whole piece
only. A worker that does not find the pieces begins anew. The archive of a table is one call of the engine: it has
no pieces.
"""

import shutil
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from core.errors import DomainError
from core.jobs.context import JobContext
from core.jobs.lease import JobCancelled
from core.services.blobs import BlobRef, blob_put_file, blob_put_files, blob_read, blobs_locations
from core.services.scratch import scratch_dir
from datasets.formats.registry import writers_of
from datasets.formats.writers.base import ZipSink, losses_told
from datasets.formats.writers.parts import ArchiveDiffers, ArchiveParts
from datasets.manifest import ManifestSample
from datasets.models import DatasetVersion, Modality
from datasets.services.table_versions import table_export_write
from datasets.services.versions import version_opened

ZIP_TYPE: Final = "application/zip"
_AHEAD: Final = 500

Told = dict[str, int]


def archive_write(ctx: JobContext, version: DatasetVersion) -> tuple[BlobRef, Told]:
    """The durable archive, and the codes of what the format had no place for with how often.

    What was written so far is kept for the next attempt unless there will be none.
    """
    if version.dataset.modality == Modality.TABULAR:
        return _table(ctx, version), {}
    try:
        try:
            return _pieced(ctx, version)
        except ArchiveDiffers:
            # Another release began it, and would have written it otherwise.
            _mine(ctx)
            archive_forget(ctx.job_id)
            return _pieced(ctx, version)
    except (JobCancelled, DomainError, OSError):
        _mine(ctx)
        archive_forget(ctx.job_id)
        raise


def archive_forget(job_id: uuid.UUID) -> None:
    """Nobody goes on any more."""
    shutil.rmtree(_folder(job_id), ignore_errors=True)


def _folder(job_id: uuid.UUID) -> Path:
    return scratch_dir() / f"export-{job_id}"


def _mine(ctx: JobContext) -> None:
    """Raises LeaseLost: the pieces are another attempt's by now."""
    with ctx.fenced():
        pass


def _table(ctx: JobContext, version: DatasetVersion) -> BlobRef:
    with TemporaryDirectory(dir=scratch_dir(), prefix="export-") as folder:
        path = Path(folder) / "export.zip"
        table_export_write(ctx, version, path)
        return blob_put_file(path, ZIP_TYPE)


def _pieced(ctx: JobContext, version: DatasetVersion) -> tuple[BlobRef, Told]:
    with (
        version_opened(version) as (header, samples),
        ArchiveParts(_folder(ctx.job_id), ctx.milestone) as parts,
    ):
        media = _Media(ctx, header.counts["samples"])
        sink = ZipSink(parts)
        # A text is what its labels are about, and lies in the same file: there is no export without it.
        is_wanted = ctx.params["include_media"] or header.modality == Modality.TEXT
        reader = media.read if is_wanted else None
        writer = writers_of(header.modality)[ctx.params["format"]]
        writer.write(header, losses_told(media.watched(samples), writer, sink), sink, reader)
        sink.close()
        return blob_put_files(parts.whole(), ZIP_TYPE), dict(sorted(sink.told.items()))


class _Media:
    """Bytes of samples, located many at a time when the first of them is wanted, and read from their segments."""

    def __init__(self, ctx: JobContext, total: int) -> None:
        self._ctx, self._total, self._done = ctx, total, 0
        self._near: list[str] = []
        self._places: dict[str, tuple[Path, int, int]] = {}
        self._outside: frozenset[str] = frozenset()

    def watched(self, samples: Iterable[ManifestSample]) -> Iterator[ManifestSample]:
        """The samples as they are, counted as they pass."""
        chunk: list[ManifestSample] = []
        for sample in samples:
            chunk.append(sample)
            if len(chunk) == _AHEAD:
                yield from self._passed(chunk)
                chunk = []
        yield from self._passed(chunk)

    def read(self, sha256: str) -> bytes:
        """The bytes of a sample that passes. Raises BlobMissing, BytesOutside."""
        if sha256 not in self._places and sha256 not in self._outside:
            # A writer that keeps samples back asks for some that passed long ago.
            near = self._near if sha256 in self._near else [sha256]
            self._places |= blobs_locations(near)
            self._outside |= frozenset(near) - self._places.keys()
        if sha256 in self._outside:
            return blob_read(sha256)
        path, offset, length = self._places[sha256]
        with path.open("rb") as file:
            file.seek(offset)
            return file.read(length)

    def _passed(self, chunk: list[ManifestSample]) -> Iterator[ManifestSample]:
        self._ctx.check()
        self._near, self._places = [sample.sha256 for sample in chunk], {}
        self._outside = frozenset()
        for sample in chunk:
            yield sample
            self._done += 1
        self._ctx.progress(self._done, self._total, "samples")
